"""Embedding and vector search: Synthbook against Python's fastembed and qdrant-client's local mode, in one run.

    python -m venv VENV && VENV/bin/pip install fastembed qdrant-client numpy
    VENV/bin/python agents/benches/vectors.py --program PATH/search --data DATA_DIR --texts TEXTS --count 10000

PROGRAM is the compiled benchmark (`cargo bench --bench search --no-run` prints its path), DATA_DIR the data folder with
the models, TEXTS a file with a text a line. The vectors lie around 1,000 centres, as embeddings of real texts do; all
sides get the same. Prints a line for each figure: side, what, value, unit.
"""

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

DIMENSION = 384
NEIGHBOURS = 10


def report(side, what, value, unit):
    print(f"{side}\t{what}\t{value:.4f}\t{unit}", flush=True)


def make(folder, count, queries, seed=7):
    random = np.random.default_rng(seed)
    centres = random.standard_normal((1000, DIMENSION), dtype=np.float32)

    def around(rows):
        noise = random.standard_normal((rows, DIMENSION), dtype=np.float32)
        return (centres[random.integers(0, len(centres), rows)] + 0.7 * noise).astype("<f4")

    with open(folder / "vectors.f32", "wb") as out:
        for start in range(0, count, 100_000):
            out.write(around(min(100_000, count - start)).tobytes())
    (folder / "queries.f32").write_bytes(around(queries).tobytes())


def embed(models, texts):
    from fastembed import TextEmbedding
    from fastembed.common.model_description import ModelSource, PoolingType

    TextEmbedding.add_custom_model(
        model="local/minilm", pooling=PoolingType.MEAN, normalization=True, sources=ModelSource(hf="local/minilm"),
        dim=DIMENSION, model_file="model.onnx",
    )
    start = time.perf_counter()
    model = TextEmbedding("local/minilm", specific_model_path=str(models / "all-minilm-l6-v2"))
    report("fastembed", "load the sentence model", (time.perf_counter() - start) * 1e3, "ms")
    list(model.embed(texts[:50]))
    for batch in (1, 256):
        start = time.perf_counter()
        list(model.embed(texts, batch_size=batch))
        report("fastembed", f"embed, batches of {batch}", len(texts) / (time.perf_counter() - start), "texts/s")
    times = []
    for text in texts[:100]:
        start = time.perf_counter()
        list(model.embed([text]))
        times.append((time.perf_counter() - start) * 1e3)
    report("fastembed", "embed one text, median", statistics.median(times), "ms")


def search(folder):
    from qdrant_client import QdrantClient, models

    vectors = np.fromfile(folder / "vectors.f32", dtype="<f4").reshape(-1, DIMENSION)
    queries = np.fromfile(folder / "queries.f32", dtype="<f4").reshape(-1, DIMENSION)
    client = QdrantClient(":memory:")
    params = models.VectorParams(size=DIMENSION, distance=models.Distance.COSINE)
    client.create_collection("bench", vectors_config=params)
    start = time.perf_counter()
    for first in range(0, len(vectors), 1000):
        batch = vectors[first:first + 1000]
        ids = list(range(first, first + len(batch)))
        client.upsert("bench", models.Batch(ids=ids, vectors=batch.tolist()))
    report("qdrant-client local", "put in, in memory", len(vectors) / (time.perf_counter() - start), "vectors/s")
    lengths = np.linalg.norm(vectors, axis=1)
    times, found = [], 0
    for query in queries:
        scores = vectors @ query / lengths
        truth = set(np.argpartition(-scores, NEIGHBOURS)[:NEIGHBOURS].tolist())
        start = time.perf_counter()
        hits = client.query_points("bench", query=query.tolist(), limit=NEIGHBOURS).points
        times.append((time.perf_counter() - start) * 1e3)
        found += len(truth & {hit.id for hit in hits})
    report("qdrant-client local", "search: recall@10", found / (len(queries) * NEIGHBOURS), "")
    report("qdrant-client local", "search: median", statistics.median(times), "ms")
    report("qdrant-client local", "search: 95 of 100 within", sorted(times)[len(times) * 95 // 100], "ms")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", required=True, help="the compiled benchmark `search`")
    parser.add_argument("--data", required=True, type=Path, help="Synthbook's data folder")
    parser.add_argument("--texts", required=True, type=Path, help="a text a line")
    parser.add_argument("--count", type=int, default=10_000, help="how many vectors")
    parser.add_argument("--queries", type=int, default=100, help="how many queries")
    parser.add_argument("--work", type=Path, help="where the vectors are written")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.work) as folder:
        folder = Path(folder)
        make(folder, arguments.count, arguments.queries)
        (folder / "texts.txt").write_bytes(arguments.texts.read_bytes())
        subprocess.run([arguments.program, str(folder), str(arguments.data)], check=True)
        embed(arguments.data / "models", arguments.texts.read_text().splitlines())
        search(folder)


if __name__ == "__main__":
    main()
