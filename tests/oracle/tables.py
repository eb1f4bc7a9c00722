#!/usr/bin/env python3
"""Five tables beside scikit-learn's MLP of the same size, on the same rows:

    bench/.venv/bin/python tests/oracle/tables.py [--synfire build/synfire] [--splits 30] [NAME…]

Needs data/ (tests/oracle/fetch_tables.py). Each split of the rows, and the seed of both networks with it, is another one. scikit-learn gets the
same training rows, encoded as ours are (standardized numbers, one-hot categories, missing values filled by the training part), and trains
to its own convergence. Ours must have at least its mean over the splits: of accuracy, or of R² where numbers are learned. The closing line is 'N passed, N failed'.
"""
import argparse
import csv
import json
import os
import statistics
import subprocess
import sys
import tempfile
import warnings

import numpy
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier, MLPRegressor

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TABLES = {"iris": ("species", (32, 32)), "wine": ("cultivar", (32, 32)), "breast_cancer": ("diagnosis", (32, 32)), "penguins": ("species", (32, 32)),
          "concrete": ("compressive_strength", (64, 64))}
MISSING = ("", "NA")


def ours(program, name, seed, folder, settings):
    command = [program, "train", os.path.join(REPOSITORY, "examples", name + ".toml"), "--seed", str(seed), f"data.split={{seed = {seed}}}", "--runs", folder, "--json", "--progress", "none"] + settings
    result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])
    with open(os.path.join(result["run"], "split.csv"), encoding="utf-8") as file:
        rows = {"train": [], "validation": [], "test": []}
        for line in csv.DictReader(file):
            rows[line["split"]].append(int(line["row"]))
    test = result["metrics"]["test"]
    return test.get("accuracy", test.get("r2")), rows


def encoded(table, target, train):
    """Standardized numbers and one-hot categories, fitted on the rows in train."""
    columns = []
    for name in table[0]:
        if name == target:
            continue
        cells = [row[name] for row in table]
        known = [cells[r] for r in train if cells[r] not in MISSING]
        try:
            numbers = [float(v) for v in known]
        except ValueError:
            levels = sorted(set(known))
            fill = max(levels, key=known.count)
            columns += [[float((fill if c in MISSING else c) == level) for c in cells] for level in levels]
        else:
            columns.append([statistics.mean(numbers) if c in MISSING else float(c) for c in cells])
    x = numpy.array(columns).T
    deviation = x[train].std(axis=0)
    return (x - x[train].mean(axis=0)) / numpy.where(deviation > 0, deviation, 1)


def theirs(name, rows, seed):
    target, hidden = TABLES[name]
    with open(os.path.join(REPOSITORY, "examples" if name == "penguins" else "data", name + ".csv"), encoding="utf-8") as file:
        table = list(csv.DictReader(file))
    x = encoded(table, target, rows["train"])
    y = numpy.array([row[target] for row in table])
    numbers = name == "concrete"
    net = (MLPRegressor if numbers else MLPClassifier)(hidden_layer_sizes=hidden, random_state=seed, max_iter=2000)
    y = y.astype(float) if numbers else y
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(x[rows["train"]], y[rows["train"]])
    return net.score(x[rows["test"]], y[rows["test"]])


def main():
    arguments = argparse.ArgumentParser(prog="tables.py")
    arguments.add_argument("--synfire", default=os.path.join(REPOSITORY, "build", "synfire"))
    arguments.add_argument("--splits", type=int, default=30)
    arguments.add_argument("--set", action="append", default=[])
    arguments.add_argument("names", nargs="*")
    a = arguments.parse_args()
    passed = failed = 0
    for name in a.names or TABLES:
        mine, other = [], []
        with tempfile.TemporaryDirectory() as folder:
            for seed in range(a.splits):
                score, rows = ours(a.synfire, name, seed, folder, a.set)
                mine.append(score)
                other.append(theirs(name, rows, seed))
        error = statistics.stdev(m - o for m, o in zip(mine, other)) / len(mine) ** 0.5
        good = statistics.mean(mine) >= statistics.mean(other)
        passed, failed = passed + good, failed + (not good)
        print(f"{name:<14} Synfire {statistics.mean(mine):.4f}  scikit-learn {statistics.mean(other):.4f}  (standard error of the difference {error:.4f}){'' if good else '  BELOW'}", flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
