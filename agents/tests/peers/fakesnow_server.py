"""Snowflake's stand-in for the tests: fakesnow, with answers as complete as the real server's.

fakesnow leaves out what Python's connector does not read. Here answers say how many rows they return, logins and errors
have all their fields, and a large result comes in chunks from addresses of its own, as from Snowflake.

It listens on a free port of 127.0.0.1, prints that port on its first line, and ends when its standard input does, so
that it never outlives the test that started it.
"""

import asyncio
import base64
import json
import logging
import os
import socket
import sys
import threading
import uuid
import warnings

import pyarrow as pa
import uvicorn
from fakesnow.server import app as fakesnow

# Refused statements are what the tests ask for.
logging.getLogger("fakesnow").setLevel(logging.ERROR)
logging.getLogger("fakesnow.server").setLevel(logging.ERROR)
warnings.simplefilter("ignore")

# More rows than this are given in chunks of as many.
CHUNK_ROWS = int(os.environ.get("PEER_CHUNK_ROWS", "50000"))

LOGIN = {"sessionId": 1, "masterToken": "master", "masterValidityInSeconds": 14400, "validityInSeconds": 3600}
QUERY = {"finalRoleName": "SYSADMIN", "version": 1, "parameters": []}
ERROR = {"age": 0, "internalError": False, "queryId": "", "sqlState": "42000"}

chunks: dict[str, bytes] = {}


def stream(table: pa.Table) -> bytes:
    """The table as an Arrow stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def in_chunks(data: dict, origin: str) -> None:
    """Leaves the first rows in the answer and puts the others behind addresses."""
    if data.get("total", 0) <= CHUNK_ROWS or not data.get("rowsetBase64"):
        return
    table = pa.ipc.open_stream(base64.b64decode(data["rowsetBase64"])).read_all()
    data["rowsetBase64"] = base64.b64encode(stream(table.slice(0, CHUNK_ROWS))).decode()
    data["chunks"] = []
    for start in range(CHUNK_ROWS, table.num_rows, CHUNK_ROWS):
        part = table.slice(start, CHUNK_ROWS)
        body, name = stream(part), uuid.uuid4().hex
        chunks[name] = body
        data["chunks"].append(
            {"url": f"{origin}/chunks/{name}", "rowCount": part.num_rows, "uncompressedSize": len(body)}
        )


def complete(path: str, answer: dict, origin: str) -> dict:
    """Adds what fakesnow leaves out of an answer."""
    data = answer.get("data")
    if path.endswith("/login-request") and isinstance(data, dict):
        answer["data"] = {**LOGIN, **data}
        answer["data"]["sessionInfo"].setdefault("roleName", "SYSADMIN")
    elif path.endswith("/query-request"):
        if answer.get("success"):
            answer["data"] = {**QUERY, "returned": data.get("total", 0), **data}
            in_chunks(answer["data"], origin)
        else:
            given = {key: value for key, value in (data or {}).items() if value is not None}
            answer["data"] = {**ERROR, "errorCode": answer.get("code"), **given}
    return answer


async def respond(send, status: int, body: bytes, kind: bytes) -> None:
    headers = [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def peer(scope, receive, send):
    """fakesnow behind a look at what it answers."""
    if scope["type"] != "http":
        return await fakesnow(scope, receive, send)
    path = scope["path"]
    if path.startswith("/chunks/"):
        body = chunks.pop(path.removeprefix("/chunks/"), None)
        return await respond(send, 404 if body is None else 200, body or b"", b"application/octet-stream")
    start, answer = {}, bytearray()

    async def gather(message):
        if message["type"] == "http.response.start":
            start.update(message)
        else:
            answer.extend(message.get("body", b""))

    await fakesnow(scope, receive, gather)
    host, port = scope["server"]
    try:
        completed = complete(path, json.loads(bytes(answer)), f"http://{host}:{port}")
    except ValueError:
        return await respond(send, start["status"], bytes(answer), b"text/plain")
    # Written in a thread: other requests go on meanwhile.
    body = await asyncio.to_thread(lambda: json.dumps(completed).encode())
    await respond(send, start["status"], body, b"application/json")


def main() -> None:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    server = uvicorn.Server(uvicorn.Config(peer, log_level="error"))

    def end_with_parent() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=end_with_parent, daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    server.run(sockets=[listener])


if __name__ == "__main__":
    main()
