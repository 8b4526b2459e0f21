"""Writes augment.json: what imbalanced-learn finds on the tables that the tests of augmentation go by.

    python make_augment_values.py CREDIT.parquet

`../data/adult.parquet` is the first table; the second, an extract of credit_data of the R package modeldata (MIT
licence), is written into the document. A row whose neighbours are not decided (its k-th and its next neighbour are
equally far away) has null for them. Needs imbalanced-learn, scikit-learn and pandas.
"""

import json
import pathlib
import sys
from collections import Counter

import imblearn
import numpy as np
import pandas as pd
from imblearn.over_sampling import ADASYN, SMOTE, SMOTENC, BorderlineSMOTE, RandomOverSampler
from imblearn.over_sampling import _adasyn
from imblearn.under_sampling import RandomUnderSampler
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

HERE = pathlib.Path(__file__).parent
K = 5


class Recorder:
    """numpy, with what rint gave."""

    def __init__(self):
        self.rounded = []

    def __getattr__(self, name):
        return getattr(np, name)

    def rint(self, values):
        self.rounded.append(np.rint(values))
        return self.rounded[-1]


def sets(finder, points, rows):
    """The K nearest of each point but itself, as rows of the table; None where they are not decided."""
    distances, places = finder.kneighbors(points, n_neighbors=K + 2)
    found = []
    for own, (far, near) in enumerate(zip(distances, places)):
        keep = near != own
        far, near = far[keep], near[keep]
        decided = far[K] - far[K - 1] > 1e-6 * max(far[K], 1e-9)
        found.append(sorted(int(rows[at]) for at in near[:K]) if decided else None)
    return found


def counts(sampler, x, y):
    return dict(sorted((str(label), int(n)) for label, n in Counter(sampler.fit_resample(x, y)[1]).items()))


def of(frame, target, numbers, categories, minority):
    y = frame[target].to_numpy(dtype=str)
    rows = np.flatnonzero(y == minority)
    raw = frame[numbers].to_numpy(dtype=float)
    values = {"minority": minority, "numbers": numbers, "categories": categories, "rows": len(frame)}
    samplers = {
        "smote": lambda **more: SMOTE(random_state=0, **more),
        "borderline_smote": lambda **more: BorderlineSMOTE(random_state=0, **more),
        "adasyn": lambda **more: ADASYN(random_state=0, **more),
        "random_over": lambda **more: RandomOverSampler(random_state=0, **more),
        "random_under": lambda **more: RandomUnderSampler(random_state=0, **more),
    }
    for scale, x in (("raw", raw), ("standard", StandardScaler().fit_transform(raw))):
        one = {"counts": {}}
        for name, make in samplers.items():
            one["counts"][name] = {"auto": counts(make(), x, y), "0.8": counts(make(sampling_strategy=0.8), x, y)}
        smote = SMOTE()
        smote.fit_resample(x, y)
        one["neighbours"] = sets(smote.nn_k_, x[rows], rows)
        border = BorderlineSMOTE()
        border.fit_resample(x, y)
        one["danger"] = [int(row) for row in border.in_danger_indices[minority]]
        _adasyn.np = recorder = Recorder()
        ADASYN().fit_resample(x, y)
        _adasyn.np = np
        one["allocation"] = [int(many) for many in recorder.rounded[0]]
        mixed = pd.concat([pd.DataFrame(x, columns=numbers), frame[categories].fillna("?").reset_index(drop=True)], axis=1)
        nc = SMOTENC(categorical_features=categories)
        one["counts"]["smote_nc"] = {"auto": counts(nc, mixed, y)}
        one["penalty"] = float(nc.median_std_[minority])
        plain = mixed.iloc[rows]
        coded = pd.get_dummies(plain[categories]).to_numpy(dtype=float) * one["penalty"] / np.sqrt(2)
        points = np.hstack([plain[numbers].to_numpy(dtype=float), coded])
        assert np.allclose(nc.nn_k_._fit_X.toarray()[:, : len(numbers)], points[:, : len(numbers)])
        one["mixed_neighbours"] = sets(nc.nn_k_, nc.nn_k_._fit_X, rows)
        values[scale] = one
    return values


def main():
    adult = pd.read_parquet(HERE.parent / "data/adult.parquet").head(1200)
    numbers = ["age", "fnlwgt", "education_num", "capital_gain", "capital_loss", "hours_per_week"]
    categories = ["workclass", "marital_status", "occupation", "sex"]
    document = {"imbalanced_learn": imblearn.__version__, "neighbours": K}
    document["adult"] = of(adult, "income", numbers, categories, ">50K")

    credit = pd.read_parquet(sys.argv[1]).head(450)
    numbers = ["Seniority", "Time", "Age", "Expenses", "Income", "Assets", "Debt", "Amount", "Price"]
    categories = ["Home", "Marital", "Records", "Job"]
    credit = credit[["Status"] + numbers + categories]
    whole = credit.dropna().reset_index(drop=True)
    document["credit"] = of(whole, "Status", numbers, categories, "bad")
    clean = credit.astype(object).where(credit.notna(), None)
    document["credit"]["table"] = {name: clean[name].tolist() for name in credit}

    # With gaps: the rows are measured on the distance that leaves a column out where either row has none.
    points = StandardScaler().fit_transform(credit[numbers].to_numpy(dtype=float))
    rows = np.arange(len(credit))
    finder = NearestNeighbors(metric="nan_euclidean").fit(points)
    document["credit"]["gap_neighbours"] = sets(finder, points, rows)
    (HERE / "augment.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")
    for name in ("adult", "credit"):
        one = document[name]
        undecided = {scale: one[scale]["neighbours"].count(None) for scale in ("raw", "standard")}
        print(name, len(one["standard"]["danger"]), sum(one["standard"]["allocation"]), one["standard"]["penalty"], undecided)
    print("gaps", int(credit.isna().to_numpy().sum()), document["credit"]["gap_neighbours"].count(None))


main()
