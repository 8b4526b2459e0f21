"""Writes privacy_values.json: what peers say of slices of the census that the tests hold.

usage: make_privacy_values.py EVALUATE_CSV.py      (needs lightgbm, pandas, scikit-learn, sdmetrics 0.32)

EVALUATE_CSV.py is a judge with `Gower`, `c2st`, `copies` and `efficacy`; distances are taken on whole slices, in order, so
that nothing is left to chance. The classifiers draw their own folds: theirs are figures to come near to.
"""

import importlib.util
import json
import pathlib
import sys
import warnings

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

warnings.filterwarnings("ignore")
spec = importlib.util.spec_from_file_location("judge", sys.argv[1])
judge = importlib.util.module_from_spec(spec)
spec.loader.exec_module(judge)

here = pathlib.Path(__file__).parent
adult = pd.read_parquet(here.parent / "data" / "adult.parquet")
schema = judge.infer_schema(adult)
rows = lambda a, b: adult.iloc[a:b].reset_index(drop=True)
coerce = lambda frame: judge.coerce(frame, schema)

train, holdout = rows(0, 1500), rows(1500, 3000)
synthetic = pd.concat([rows(3000, 4400), rows(0, 100)], ignore_index=True)
T, H, S = coerce(train), coerce(holdout), coerce(synthetic)
gower = judge.Gower(T, schema)
t, h, s = gower.enc(T), gower.enc(H), gower.enc(S)
part = lambda e, a, b: (e[0][a:b], e[1][a:b])
st, sh, ht = gower.knn(s, t, 2), gower.knn(s, h, 2), gower.knn(h, t, 2)
a, b = st[:, 0], sh[:, 0]
neighbour = lambda d: float(np.median(d[:, 0] / np.maximum(d[:, 1], 1e-9)))
half = 750
members, others, reference = part(t, 0, half), part(h, 0, half), part(h, half, 1500)
ms, os_ = gower.knn(members, s, 3), gower.knn(others, s, 3)
mr, or_ = gower.knn(members, reference, 3), gower.knn(others, reference, 3)
y = np.r_[np.ones(half), np.zeros(half)]
ratio = lambda r, q: np.log((r.mean(1) + 1e-3) / (q.mean(1) + 1e-3))
values = {
    "share": float(np.mean((a < b) + 0.5 * (a == b))),
    "median_ratio": float(np.median(a) / np.median(ht[:, 0])),
    "twentieth_ratio": float(np.quantile(a, 0.05) / max(np.quantile(ht[:, 0], 0.05), 1e-9)),
    "neighbour_ratio": neighbour(st),
    "holdout_neighbour_ratio": neighbour(ht),
    "distance": float(roc_auc_score(y, -np.r_[ms[:, 0], os_[:, 0]])),
    "density": float(roc_auc_score(y, np.r_[ratio(mr, ms), ratio(or_, os_)])),
    **{key: value for key, value in judge.copies(T, H, S, schema).items() if key.startswith("copy")},
}

from sdmetrics.single_table import DCRBaselineProtection, DCROverfittingProtection  # noqa: E402

metadata = {"columns": {c: {"sdtype": k} for c, k in schema.items()}}
tables = {"tables": {"t": metadata}, "relationships": []}
values["overfitting"] = DCROverfittingProtection.compute({"t": train}, {"t": synthetic}, holdout, tables, "t")
scores = [DCRBaselineProtection.compute({"t": train}, {"t": synthetic}, tables, "t") for _ in range(5)]
values["baseline"], values["baseline_noise"] = float(np.mean(scores)), float(np.std(scores))

# A table whose hours a week have slipped by a row.
one, other = rows(0, 4000), rows(4000, 8000)
other["hours_per_week"] = np.roll(other["hours_per_week"].to_numpy(), 1)
values["c2st_logistic"], values["c2st_boosted"] = judge.c2st(coerce(one), coerce(other), schema, 10000)
taught, asked = coerce(rows(0, 8000)), coerce(rows(20000, 26049))
for target, task in (("income", "binary"), ("hours_per_week", "regression"), ("relationship", "multiclass")):
    values["efficacy_" + target] = judge.efficacy(taught, asked, schema, target, task, ())

(here / "privacy_values.json").write_text(json.dumps(values, indent=1) + "\n")
print(json.dumps(values, indent=1))
