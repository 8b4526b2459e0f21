#!/usr/bin/env python3
"""The frontier of detection against privacy: fits, samples and evaluates a table by several methods and settings.

    frontier.py --synthbook BIN --train TRAIN --holdout HOLDOUT --target COL --json OUT.json --svg OUT.svg

Every figure is `synthbook synth evaluate`'s, on the same hold-out: C2STBoostedHoldout against the larger of
ClosestRecordShare and MembershipByDistance. Peers' points were measured beforehand on Adult, with the same definitions by
SDMetrics, LightGBM and the judge that the metrics agree with; their own synthesizers are not run here.
"""

import argparse
import json
import pathlib
import subprocess
import tempfile

METHODS = [
    ("trees", {}),
    ("trees", {"shrinkage": "0", "floor": "0"}),
    ("trees", {"shrinkage": "0.1", "floor": "8"}),
    ("trees", {"shrinkage": "0.25", "floor": "16"}),
    ("trees", {"shrinkage": "1"}),
    ("trees", {"shrinkage": "2", "floor": "64"}),
    ("mixture", {}),
    ("bayesian_network", {}),
    ("gaussian_copula", {}),
]
# On Adult: C2ST by boosted trees, closest-record share, membership inference, TSTR.
PEERS = {
    "MOSTLY AI": (0.605, 0.525, 0.531, 0.915),
    "SDV Gaussian copula": (0.999, 0.510, 0.509, 0.833),
    "SDV CTGAN": (0.977, 0.499, 0.504, 0.865),
    "SDV TVAE": (0.984, 0.543, 0.533, 0.868),
}


def measure(options, method, settings):
    """One point: what `synth evaluate` says of a sample as large as the table."""
    def run(*words):
        return subprocess.run([options.synthbook, "synth", *map(str, words)], check=True, capture_output=True, text=True).stdout

    with tempfile.TemporaryDirectory() as folder:
        model, sample = pathlib.Path(folder, "model.synth"), pathlib.Path(folder, "sample.parquet")
        given = [word for name, value in settings.items() for word in ("--set", f"{name}={value}")]
        fitted = json.loads(run("fit", options.train, "-o", model, "--method", method, "--seed", 1, "--json", *given))
        run("sample", model, "-n", fitted["rows"], "-o", sample, "--seed", 2)
        report = json.loads(run("evaluate", "--real", options.train, "--synthetic", sample, "--holdout", options.holdout,
                                "--target", options.target, "--json"))
    scores = {metric["name"]: metric["mean"] for metric in report["metrics"]}
    label = " ".join([method, *(f"{name}={value}" for name, value in settings.items())])
    return {
        "label": label, "quality": report["quality"]["score"]["score"], "shapes": report["quality"]["shapes"]["score"],
        "pairs": report["quality"]["pairs"]["score"], "c2st": scores["C2STBoostedHoldout"],
        "closest": scores["ClosestRecordShare"], "membership": scores["MembershipByDistance"],
        "tstr": scores["TSTRBoosted"], "copies": scores["CopyRate"], "violations": scores.get("RuleViolations"),
    }


def draw(points):
    """The figure as SVG: down and to the left is better."""
    width, height, left, top, right, bottom = 760, 470, 60, 30, 190, 50
    (x0, x1), (y0, y1) = (0.495, 0.60), (0.5, 1.0)
    across = lambda value: left + (min(max(value, x0), x1) - x0) / (x1 - x0) * (width - left - right)
    down = lambda value: height - bottom - (min(max(value, y0), y1) - y0) / (y1 - y0) * (height - top - bottom)
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="12">',
             "<title>Detection against privacy on Adult</title>", f'<rect width="{width}" height="{height}" fill="#ffffff"/>']
    for tick in (0.5, 0.52, 0.54, 0.56, 0.58, 0.6):
        lines.append(f'<line x1="{across(tick):.1f}" x2="{across(tick):.1f}" y1="{top}" y2="{height - bottom}" stroke="#e4e4e4"/>'
                     f'<text x="{across(tick):.1f}" y="{height - bottom + 18}" text-anchor="middle" fill="#444">{tick:g}</text>')
    for tick in (0.5, 0.6, 0.7, 0.8, 0.9, 1.0):
        lines.append(f'<line x1="{left}" x2="{width - right}" y1="{down(tick):.1f}" y2="{down(tick):.1f}" stroke="#e4e4e4"/>'
                     f'<text x="{left - 8}" y="{down(tick) + 4:.1f}" text-anchor="end" fill="#444">{tick:g}</text>')
    lines.append(f'<text x="{(left + width - right) / 2}" y="{height - 10}" text-anchor="middle" fill="#222">'
                 "privacy: the larger of closest-record share and membership inference (0.5 is chance)</text>")
    lines.append(f'<text transform="translate(16 {height / 2}) rotate(-90)" text-anchor="middle" fill="#222">'
                 "detection: C2ST by boosted trees, against the hold-out</text>")
    marks = [(point["label"], max(point["closest"], point["membership"]), point["c2st"], "#1f6fb2") for point in points]
    marks += [(name, max(closest, member), c2st, "#c2571a") for name, (c2st, closest, member, _) in PEERS.items()]
    taken = []
    for label, x, y, colour in sorted(marks, key=lambda mark: -mark[2]):
        at = down(y)
        while any(abs(at - other) < 13 for other in taken):
            at += 2
        taken.append(at)
        lines.append(f'<circle cx="{across(x):.1f}" cy="{down(y):.1f}" r="5" fill="{colour}"><title>{label}: {x:.3f}, {y:.3f}</title></circle>'
                     f'<line x1="{across(x) + 6:.1f}" y1="{down(y):.1f}" x2="{width - right + 4}" y2="{at:.1f}" stroke="{colour}" stroke-opacity="0.3"/>'
                     f'<text x="{width - right + 8}" y="{at + 4:.1f}" fill="{colour}" font-size="11">{label}</text>')
    return "\n".join([*lines, "</svg>", ""])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("synthbook", "train", "holdout", "target", "json", "svg"):
        parser.add_argument(f"--{name}", required=True)
    options = parser.parse_args()
    points = [measure(options, method, settings) for method, settings in METHODS]
    pathlib.Path(options.json).write_text(json.dumps(points, indent=1) + "\n")
    pathlib.Path(options.svg).write_text(draw(points))
    for point in points:
        print(" | ".join([point["label"], *(f"{point[key]:.3f}" for key in
              ("quality", "shapes", "pairs", "c2st", "tstr", "closest", "membership"))]))


if __name__ == "__main__":
    main()
