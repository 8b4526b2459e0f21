"""Scores of the evaluation fixtures by SDMetrics, scipy and plain numpy, for the tests to agree with.

usage: python make_values.py          (in an environment with sdmetrics 0.32, scipy, pandas, pyarrow)
Writes ../data/evaluation_real.parquet, evaluation_twin.parquet and evaluation_values.json beside the other test data.
"""
import json
import pathlib
import warnings

import numpy as np
import pandas as pd
from scipy.spatial.distance import jensenshannon
from scipy.stats import entropy, wasserstein_distance

warnings.filterwarnings("ignore")
DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
ROWS = 1500
KINDS = {
    "key": "id", "age": "numerical", "workclass": "categorical", "education": "categorical",
    "education_num": "numerical", "sex": "categorical", "capital_gain": "numerical", "hours_per_week": "numerical",
    "income": "categorical", "ratio": "numerical", "day": "datetime", "married": "boolean",
}
MEASURED = [name for name, kind in KINDS.items() if kind in ("numerical", "datetime")]
CATEGORIES = [name for name, kind in KINDS.items() if kind in ("categorical", "boolean")]


def tables():
    adult = pd.read_parquet(DATA / "adult.parquet").iloc[:ROWS].reset_index(drop=True)
    real = adult[[name for name in KINDS if name in adult]].copy()
    real.insert(0, "key", np.arange(ROWS, dtype="int64"))
    ratio = adult["fnlwgt"] / adult["hours_per_week"]
    real["ratio"] = ratio.where(adult["age"] >= 20)
    real["day"] = pd.to_datetime("2000-01-01") + pd.to_timedelta(90 * adult["age"] + adult["fnlwgt"] % 500, unit="D")
    real["married"] = adult["marital_status"].str.startswith("Married")
    rng = np.random.default_rng(7)
    twin = real.sample(ROWS, replace=True, random_state=7).reset_index(drop=True)
    for name in list(KINDS)[1:]:
        rows = rng.random(ROWS) < 0.25
        twin.loc[rows, name] = twin[name].to_numpy()[rng.integers(0, ROWS, rows.sum())]
    twin["key"] = np.where(rng.random(ROWS) < 0.02, 0, np.arange(ROWS)).astype("int64")
    twin.loc[:9, "age"] = 120
    twin.loc[10:14, "workclass"] = "Astronaut"
    twin["ratio"] = twin["ratio"] * (1 + 0.01 * rng.standard_normal(ROWS))
    for name in ("age", "education_num", "capital_gain", "hours_per_week"):
        real[name], twin[name] = real[name].astype("int64"), twin[name].astype("int64")
    for table in (real, twin):
        table["day"] = table["day"].astype("datetime64[us]")
        table["married"] = table["married"].astype(bool)
    return real[list(KINDS)], twin[list(KINDS)]


def sdmetrics(real, twin):
    from sdmetrics.reports import DiagnosticReport, QualityReport
    from sdmetrics.single_column import MissingValueSimilarity

    columns = {name: {"sdtype": kind} for name, kind in KINDS.items()}
    columns["day"]["datetime_format"] = "%Y-%m-%d"
    metadata = {"tables": {"t": {"columns": columns, "primary_key": "key"}}, "relationships": [],
                "METADATA_SPEC_VERSION": "V1"}
    found = {}
    for suffix, threshold in (("", None), ("_all", 0)):
        report = QualityReport()
        if threshold is not None:
            report.real_correlation_threshold = report.real_association_threshold = threshold
        report.generate({"t": real}, {"t": twin}, metadata, verbose=False)
        properties = report.get_properties().set_index("Property")["Score"]
        found["quality" + suffix] = report.get_score()
        found["shapes"] = properties["Column Shapes"]
        found["pairs" + suffix] = properties["Column Pair Trends"]
        pairs = report.get_details("Column Pair Trends")
        counted = pairs[pairs["Meets Threshold?"].fillna(False).astype(bool)]
        found["pair_scores" + suffix] = [
            [row["Column 1"], row["Column 2"], row["Metric"], row["Score"]] for _, row in counted.iterrows()
        ]
        shapes = report.get_details("Column Shapes")
        found["column_scores"] = [[row["Metric"], row["Column"], row["Score"]] for _, row in shapes.iterrows()]
    report = DiagnosticReport()
    report.generate({"t": real}, {"t": twin}, metadata, verbose=False)
    details = report.get_details("Data Validity")
    wanted = details[details["Metric"].isin(["BoundaryAdherence", "CategoryAdherence", "KeyUniqueness"])]
    found["column_scores"] += [[row["Metric"], row["Column"], row["Score"]] for _, row in wanted.iterrows()]
    for name in KINDS:
        if real[name].isna().any() or twin[name].isna().any():
            found["column_scores"].append(
                ["MissingValueSimilarity", name, MissingValueSimilarity.compute(real[name], twin[name])])
    found["structure"] = report.get_properties().set_index("Property")["Score"]["Data Structure"]
    return found


def number(column):
    if pd.api.types.is_datetime64_any_dtype(column):
        return np.where(column.isna(), np.nan, column.astype("int64"))
    return column.to_numpy(float)


def cells(real, twin, name, bins, commonest=None):
    """The cell of each row: real quantiles, or categories; the last one is of missing values."""
    if name in MEASURED:
        known = np.sort(number(real[name])[real[name].notna()])
        cut = lambda column: np.minimum(
            bins * np.searchsorted(known, number(column), side="left") // len(known), bins - 1)
        out, missing = [cut(table[name]) for table in (real, twin)], bins
    else:
        counts = real[name].value_counts()
        order = sorted(set(real[name].dropna()) | set(twin[name].dropna()))
        order.sort(key=lambda level: -counts.get(level, 0))
        kept = len(order) if commonest is None or commonest >= len(order) else commonest
        code = {level: min(place, kept) for place, level in enumerate(order)}
        missing = kept + (kept < len(order))
        out = [table[name].map(code).fillna(missing).to_numpy(int) for table in (real, twin)]
    return [np.where(table[name].isna(), missing, one) for table, one in zip((real, twin), out)], missing + 1


def columns(real, twin):
    found = []
    for name in MEASURED + CATEGORIES:
        (one, two), count = cells(real, twin, name, 20)
        p, q = np.bincount(one, minlength=count), np.bincount(two, minlength=count)
        found.append(["KLDivergence", name, entropy(p + 0.5, q + 0.5)])
        found.append(["JSDistance", name, jensenshannon(p, q, base=2)])
        (one, two), count = cells(real, twin, name, 10, 10)
        p, q = np.bincount(one, minlength=count) / len(one), np.bincount(two, minlength=count) / len(two)
        found.append(["UnivariateAccuracy", name, 1 - 0.5 * np.abs(p - q).sum()])
        if name in MEASURED:
            a, b = number(real[name]), number(twin[name])
            a, b = a[~np.isnan(a)], b[~np.isnan(b)]
            found.append(["WassersteinDistance", name, wasserstein_distance(a, b) / (a.max() - a.min())])
    return found


def whole(real, twin):
    frames = [pd.DataFrame({name: number(table[name]) for name in MEASURED}) for table in (real, twin)]
    r, s = [frame.corr().to_numpy() for frame in frames]
    upper = np.triu_indices(len(MEASURED), 1)
    found = {"CorrelationDifference": np.abs(r - s)[upper].mean()}
    filled = [((frame - frame.mean()) / frame.std()).fillna(0) for frame in frames]
    units = [(frame / np.sqrt((frame**2).sum())).to_numpy() for frame in filled]
    r, s = [unit.T @ unit for unit in units]
    weights, axes = np.linalg.eigh(r)
    found["PCAAlignment"] = 1 - np.abs(weights - np.diag(axes.T @ s @ axes)).sum() / (2 * len(MEASURED))
    cut = {name: cells(real, twin, name, 10, 10) for name in MEASURED + CATEGORIES}
    names, accuracies = [name for name in KINDS if name in cut], []
    for at, first in enumerate(names):
        for second in names[at + 1:]:
            (a, b), _ = cut[first]
            (c, d), width = cut[second]
            p, q = np.bincount(a * width + c), np.bincount(b * width + d)
            size = max(len(p), len(q))
            p, q = np.pad(p, (0, size - len(p))) / len(a), np.pad(q, (0, size - len(q))) / len(b)
            accuracies.append(1 - 0.5 * np.abs(p - q).sum())
    found["BivariateAccuracy"] = np.mean(accuracies)
    return found | manifold(real, twin)


def manifold(real, twin):
    def scaled(table):
        parts = []
        for name in MEASURED:
            base = number(real[name])
            parts.append((number(table[name]) - np.nanmin(base)) / (np.nanmax(base) - np.nanmin(base)))
        return np.stack(parts, 1).astype("float32")

    levels = {name: {v: i for i, v in enumerate(sorted(set(real[name].dropna()) | set(twin[name].dropna())))}
              for name in CATEGORIES}
    coded = lambda table: np.stack([table[name].map(levels[name]).fillna(-1).to_numpy(int) for name in CATEGORIES], 1)

    def distances(a, b):
        (an, ac), (bn, bc) = a, b
        total = np.zeros((len(an), len(bn)), "float32")
        for j in range(an.shape[1]):
            gap = np.minimum(np.abs(an[:, j][:, None] - bn[:, j][None, :]), np.float32(1))
            one, two = np.isnan(an[:, j])[:, None], np.isnan(bn[:, j])[None, :]
            gap[one != two] = 1
            gap[one & two] = 0
            total += gap
        for j in range(ac.shape[1]):
            total += (ac[:, j][:, None] != bc[:, j][None, :]).astype("float32")
        return total / np.float32(an.shape[1] + ac.shape[1])

    a, b = (scaled(real), coded(real)), (scaled(twin), coded(twin))
    between = distances(a, b)

    def radii(points):
        own = distances(points, points)
        np.fill_diagonal(own, np.inf)
        return np.sort(np.partition(own, 4, 1)[:, :5], 1)[:, -1]

    ra, rb = radii(a), radii(b)
    found = {
        "Precision": (between < ra[:, None]).any(0).mean(), "Recall": (between < rb[None, :]).any(1).mean(),
        "Density": (between < ra[:, None]).sum(0).mean() / 5, "Coverage": (between.min(1) < ra).mean(),
    }

    def placed(points):
        parts = [np.nan_to_num(points[0].astype(float), nan=-0.5).clip(-1, 2)]
        for j in range(len(CATEGORIES)):
            values, counts = np.unique(a[1][:, j], return_counts=True)
            top = values[np.argsort(-counts, kind="stable")][:30]
            parts.append(np.stack([points[1][:, j] == level for level in top], 1) * np.sqrt(0.5))
        return np.concatenate(parts, 1)

    ea, eb = placed(a), placed(b)
    steps = np.arange(1, 31) / 30
    centre = ea.mean(0)
    inner, outer = np.linalg.norm(ea - centre, axis=1), np.linalg.norm(eb - centre, axis=1)
    curve = np.array([(outer <= np.quantile(inner, step)).mean() for step in steps])
    found["AlphaPrecision"] = 1 - 2 * np.abs(curve - steps).mean()
    own = np.linalg.norm(eb - eb.mean(0), axis=1)
    nearest, near = between.argmin(1), between.min(1) <= ra
    curve = np.array([((own[nearest] <= np.quantile(own, step)) & near).mean() for step in steps])
    found["BetaRecall"] = 1 - 2 * np.abs(curve - steps).mean()
    return found


def main():
    real, twin = tables()
    for name, table in (("real", real), ("twin", twin)):
        table.to_parquet(DATA / f"evaluation_{name}.parquet", compression="zstd", index=False)
    values = sdmetrics(real, twin)
    values["column_scores"] += columns(real, twin)
    values["table_scores"] = whole(real, twin)
    plain = lambda value: value.item() if hasattr(value, "item") else str(value)
    (DATA / "evaluation_values.json").write_text(json.dumps(values, default=plain, indent=1) + "\n")


if __name__ == "__main__":
    main()
