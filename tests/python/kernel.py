"""A short way to drive a Synthbook kernel as a notebook front-end does: run a cell, read what it gave."""

import os
import re
import signal
import time
from contextlib import contextmanager
from queue import Empty

import psutil
from jupyter_client.manager import KernelManager

NAME = "synthbook"
READY_SECONDS = float(os.environ.get("READY_TIMEOUT", "60"))
CELL_SECONDS = float(os.environ.get("CHECK_TIMEOUT", "60"))

ANSI = re.compile(r"\x1b\[[0-9;]*m")


class NoAnswer(AssertionError):
    """The kernel did not say what was waited for in time."""


class Result:
    """What one cell gave: its reply and every message on iopub up to its idle."""

    def __init__(self, reply, messages):
        self.reply = reply["content"]
        self.messages = messages

    @property
    def status(self):
        return self.reply["status"]

    @property
    def code(self):
        """The error's stable code, such as `data::empty`."""
        return self.reply.get("ename", "")

    @property
    def error(self):
        """The error as a person reads it: value and traceback without colours."""
        return ANSI.sub("", "\n".join([self.reply.get("evalue", ""), *self.reply.get("traceback", [])]))

    @property
    def stdout(self):
        return self._stream("stdout")

    @property
    def stderr(self):
        return self._stream("stderr")

    @property
    def bundles(self):
        """The MIME bundles of all displays and of the result, in order."""
        kinds = ("display_data", "execute_result", "update_display_data")
        return [message["content"]["data"] for message in self.messages if message["msg_type"] in kinds]

    @property
    def text(self):
        return "\n".join(bundle.get("text/plain", "") for bundle in self.bundles)

    @property
    def html(self):
        return "\n".join(bundle.get("text/html", "") for bundle in self.bundles)

    @property
    def everything(self):
        """All that a person would see, as plain text."""
        return "\n".join([self.stdout, self.stderr, self.text, self.error])

    def ok(self):
        assert self.status == "ok", self.error
        return self

    def failed(self, *words):
        """The cell is an error with a code and with each of `words` in its text."""
        assert self.status == "error", f"expected an error, got {self.status}:\n{self.everything[:2000]}"
        assert self.code, "the error has no code"
        for word in words:
            assert word.lower() in self.error.lower(), f"{word!r} is not in:\n{self.error[:3000]}"
        return self

    def _stream(self, name):
        streams = (message["content"] for message in self.messages if message["msg_type"] == "stream")
        return "".join(stream["text"] for stream in streams if stream["name"] == name)


class Running:
    """A cell that was sent and may still run."""

    def __init__(self, kernel, message_id):
        self.kernel = kernel
        self.message_id = message_id
        self.messages = []

    def wait_until(self, condition, timeout=CELL_SECONDS):
        """Read this cell's messages until `condition(Running)` holds."""
        deadline = time.monotonic() + timeout
        while not condition(self):
            self._read(deadline)
        return self

    def wait_for_output(self, text, timeout=CELL_SECONDS):
        return self.wait_until(lambda cell: text in cell.stdout, timeout)

    @property
    def stdout(self):
        streams = (message["content"] for message in self.messages if message["msg_type"] == "stream")
        return "".join(stream["text"] for stream in streams if stream["name"] == "stdout")

    def finish(self, timeout=CELL_SECONDS):
        """Wait for the reply and for idle."""
        deadline = time.monotonic() + timeout
        while not any(is_idle(message) for message in self.messages):
            self._read(deadline)
        return Result(self.kernel.reply(self.message_id, timeout=max(1.0, deadline - time.monotonic())), self.messages)

    def _read(self, deadline):
        while True:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoAnswer(f"waited in vain; the cell printed {self.stdout[-500:]!r}")
            try:
                message = self.kernel.client.get_iopub_msg(timeout=left)
            except Empty:
                continue
            if message["parent_header"].get("msg_id") == self.message_id:
                self.messages.append(message)
                return


class Kernel:
    """One running kernel and one client of it."""

    def __init__(self, cwd=None, env=None):
        self.manager = KernelManager(kernel_name=NAME)
        self.manager.start_kernel(cwd=str(cwd) if cwd else None, env={**os.environ, **(env or {})})
        self._replies = {}
        self.connect()

    def connect(self):
        """Make a client and wait until the kernel answers it."""
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=READY_SECONDS)

    def start(self, code, **content):
        """Send a cell without waiting for it."""
        request = dict(code=code, silent=False, store_history=True, user_expressions={}, allow_stdin=False, stop_on_error=True)
        message = self.client.session.msg("execute_request", {**request, **content})
        self.client.shell_channel.send(message)
        return Running(self, message["header"]["msg_id"])

    def run(self, code, timeout=CELL_SECONDS, **content):
        """Run a cell and wait for all that it gives."""
        return self.start(code, **content).finish(timeout)

    def ask(self, kind, timeout=10, **content):
        """Send any other request on shell and return its reply's content."""
        message = self.client.session.msg(f"{kind}_request", content)
        self.client.shell_channel.send(message)
        return self.reply(message["header"]["msg_id"], timeout)["content"]

    def complete(self, code, timeout=10):
        """The completions at the end of `code`."""
        return self.ask("complete", timeout, code=code, cursor_pos=len(code))["matches"]

    def reply(self, message_id, timeout=CELL_SECONDS):
        deadline = time.monotonic() + timeout
        while message_id not in self._replies:
            left = deadline - time.monotonic()
            if left <= 0:
                raise NoAnswer("no reply on the shell channel")
            try:
                message = self.client.get_shell_msg(timeout=left)
            except Empty:
                continue
            self._replies[message["parent_header"].get("msg_id")] = message
        return self._replies.pop(message_id)

    def interrupt(self):
        self.manager.interrupt_kernel()

    @property
    def pid(self):
        return self.manager.provisioner.pid

    def kill(self):
        """End the kernel's process as a power cut would."""
        process = psutil.Process(self.pid)
        os.kill(self.pid, signal.SIGKILL)
        try:
            process.wait(10)
        except psutil.TimeoutExpired as late:
            raise NoAnswer("the killed kernel is still there") from late
        except psutil.NoSuchProcess:
            pass

    def restart(self):
        """Start the kernel again on the same connection, as a front-end does after a death."""
        self.client.stop_channels()
        self.manager.restart_kernel(now=True, newports=False)
        self._replies.clear()
        self.connect()

    def close(self, now=True):
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=now)


@contextmanager
def running(**options):
    """A kernel for the length of a `with` block."""
    kernel = Kernel(**options)
    try:
        yield kernel
    finally:
        kernel.close()


def is_idle(message):
    return message["msg_type"] == "status" and message["content"]["execution_state"] == "idle"
