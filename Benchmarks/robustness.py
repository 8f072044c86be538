#!/usr/bin/env python3
"""Trains the example without noise, with its own noise and with a range of noise, for seeds 0, 1 and 2, and prints the
median accuracies as a table.

Usage: Benchmarks/robustness.py. Wants a release build and Debian's dataset-fashion-mnist."""
import json
import os
import statistics
import subprocess
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
MOTTLE = os.path.join(FOLDER, "..", ".build", "release", "mottle")
EXAMPLE = os.path.join(FOLDER, "..", "examples", "fashion-mnist.yaml")
TRAININGS = {
    "clean": "chain=[]",
    "σ = 0.1": "chain=[{gaussian: {sigma: 0.1}}]",
    "σ ~ U(0, 0.4)": "chain=[{gaussian: {sigma: {uniform: [0, 0.4]}}}]",
}


def train(change, seed):
    with tempfile.TemporaryDirectory() as folder:
        result = subprocess.run(
            [MOTTLE, "train", EXAMPLE, "--quiet", "--json", "--out", os.path.join(folder, "run"),
             "--seed", str(seed), "--set", change], check=True, capture_output=True, text=True).stdout
    rows = json.loads(result.splitlines()[-1])["robustness"]
    # The first parameter of each row is the strength that the example varies.
    return {" ".join([row["name"], *map(str, list(row["parameters"].values())[:1])]): row["accuracy"] for row in rows}


columns = {}
for name, change in TRAININGS.items():
    runs = [train(change, seed) for seed in (0, 1, 2)]
    columns[name] = {test: statistics.median(run[test] for run in runs) for test in runs[0]}
print("| test set | " + " | ".join(f"trained {name}" for name in columns) + " |")
print("| --- |" + " ---: |" * len(columns))
for test in columns["clean"]:
    print(f"| {test} | " + " | ".join(f"{column[test]:.4f}" for column in columns.values()) + " |")
