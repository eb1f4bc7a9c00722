#!/usr/bin/env python3
"""The digits beside scikit-learn's MLP of the same size, on the same rows: bench/.venv/bin/python tests/oracle/digits_mlp.py [--synfire build/synfire]

Synfire trains examples/digits.toml with five seeds (the split has a seed of its own and stays); MLPClassifier gets the same training rows,
the same hidden layers and inputs scaled to 0 … 1, and trains to its own convergence with the same seeds. Means over the seeds are compared.
The closing line is 'N passed, N failed'.
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

from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SEEDS = range(5)


def ours(program, seed, folder):
    command = [program, "train", os.path.join(REPOSITORY, "examples", "digits.toml"), "--seed", str(seed), "--runs", folder, "--json", "--progress", "none"]
    result = json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])
    with open(os.path.join(result["run"], "split.csv"), encoding="utf-8") as file:
        rows = {"train": [], "validation": [], "test": []}
        for line in csv.DictReader(file):
            rows[line["split"]].append(int(line["row"]))
    return result["metrics"]["test"]["accuracy"], rows


def theirs(rows, seed):
    data = load_digits()
    x, y = data.data / 16, data.target
    net = MLPClassifier(hidden_layer_sizes=(64, 64), random_state=seed, max_iter=400)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        net.fit(x[rows["train"]], y[rows["train"]])
    return net.score(x[rows["test"]], y[rows["test"]])


def main():
    arguments = argparse.ArgumentParser(prog="digits_mlp.py")
    arguments.add_argument("--synfire", default=os.path.join(REPOSITORY, "build", "synfire"))
    a = arguments.parse_args()
    mine, other = [], []
    with tempfile.TemporaryDirectory() as folder:
        for seed in SEEDS:
            accuracy, rows = ours(a.synfire, seed, folder)
            mine.append(accuracy)
            other.append(theirs(rows, seed))
    print(f"Synfire {[f'{v:.4f}' for v in mine]}, mean {statistics.mean(mine):.4f}")
    print(f"scikit-learn {[f'{v:.4f}' for v in other]}, mean {statistics.mean(other):.4f}")
    good = statistics.mean(mine) >= statistics.mean(other)
    print("1 passed, 0 failed" if good else "0 passed, 1 failed")
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
