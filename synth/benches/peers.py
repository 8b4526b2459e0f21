#!/usr/bin/env python3
"""Fitting and sampling against SDV's Gaussian copula, in one run: seconds of processor time and peak memory.

    peers.py --synthbook BIN --train TRAIN.parquet [--rows 1000000] [--no-sdv]

Ours are whole processes of the command line, reading and writing files included; SDV's are its `fit` and `sample` calls
alone, without its import. Needs sdv 2.0, pandas and pyarrow in this Python.
"""

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SDV = """
import resource, sys, warnings
warnings.filterwarnings("ignore")
import pandas
from sdv.metadata import Metadata
from sdv.single_table import GaussianCopulaSynthesizer
table = pandas.read_parquet(sys.argv[1])
for name in table.select_dtypes(["object", "string", "category"]):
    table[name] = table[name].astype(object).where(table[name].notna(), None)
used = lambda: sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
metadata = Metadata.detect_from_dataframes({"t": table})
start = used()
synthesizer = GaussianCopulaSynthesizer(metadata)
synthesizer.fit({"t": table})
fitted = used()
synthesizer.sample(int(sys.argv[2]))
print(fitted - start, used() - fitted, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


def run(*words):
    """Seconds of processor time and peak MiB of a process."""
    process = subprocess.Popen(list(map(str, words)), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"failed: {words}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synthbook", required=True)
    parser.add_argument("--train", required=True)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--no-sdv", action="store_true")
    options = parser.parse_args()
    print("method | fit, CPU s | sample, CPU s | peak of fit and of sample, MiB")
    with tempfile.TemporaryDirectory() as folder:
        for method in ("gaussian_copula", "trees", "mixture", "bayesian_network"):
            model, sample = pathlib.Path(folder, "m.synth"), pathlib.Path(folder, "s.parquet")
            fit = run(options.synthbook, "synth", "fit", options.train, "-o", model, "--method", method)
            made = run(options.synthbook, "synth", "sample", model, "-n", options.rows, "-o", sample)
            print(f"{method} | {fit[0]:.2f} | {made[0]:.2f} | {fit[1]:.0f}, {made[1]:.0f}", flush=True)
    if not options.no_sdv:
        words = [sys.executable, "-c", SDV, options.train, str(options.rows)]
        fit, made, peak = subprocess.run(words, check=True, capture_output=True, text=True).stdout.split()[-3:]
        print(f"SDV Gaussian copula | {float(fit):.2f} | {float(made):.2f} | {float(peak):.0f}")


if __name__ == "__main__":
    main()
