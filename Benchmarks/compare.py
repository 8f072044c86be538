#!/usr/bin/env python3
"""Measures Mottle beside what one would use instead, in turns, and prints the medians and their ratio.

Usage: Benchmarks/compare.py [--rounds N] [--json]
Wants a release build (swift build -c release), Debian's dataset-fashion-mnist, and NumPy and JAX in the Python that
runs it: python3 -m venv peers && peers/bin/pip install numpy jax && peers/bin/python Benchmarks/compare.py
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
MOTTLE = os.path.join(FOLDER, "..", ".build", "release", "mottle")
EXAMPLE = os.path.join(FOLDER, "..", "examples", "fashion-mnist.yaml")


def output(*command):
    # OPENBLAS_* settings made for older libraries would slow NumPy down.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def peer(script, *arguments):
    return float(output(sys.executable, os.path.join(FOLDER, "peers", script), *arguments))


def mottle_training(epochs, batch):
    with tempfile.TemporaryDirectory() as folder:
        result = output(
            MOTTLE, "train", EXAMPLE, "--quiet", "--json", "--out", os.path.join(folder, "run"),
            "--set", f"train.epochs={epochs}", "--set", f"train.batch_size={batch}", "--set", "evaluate=[clean]")
    return json.loads(result.splitlines()[-1])["samples_per_second"]


def mottle_noise():
    result = output(
        MOTTLE, "bench", "noise", os.path.join(FOLDER, "gaussian.yaml"), "--shape", "256,28,28,1", "--threads", "1",
        "--json")
    return json.loads(result)["values_per_second"]


BENCHMARKS = [
    ("training with noise, batch 32, all processors", "samples/s", "JAX",
     lambda: mottle_training(10, 32), lambda: peer("jax_mlp.py", "5", "32")),
    ("gaussian.lua on [256, 28, 28, 1], one thread", "values/s", "NumPy",
     mottle_noise, lambda: peer("numpy_gaussian.py")),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for name, unit, peer_name, ours, theirs in BENCHMARKS:
        # In turns, so that a busy minute of the machine slows both.
        pairs = [(ours(), theirs()) for _ in range(options.rounds)]
        mine, other = (statistics.median(values) for values in zip(*pairs))
        rows.append({
            "benchmark": name, "unit": unit, "mottle": mine, "peer": peer_name, "peer_value": other,
            "ratio": statistics.median(a / b for a, b in pairs), "rounds": pairs})
    if options.json:
        print(json.dumps(rows))
        return
    for row in rows:
        print(f"{row['benchmark']}: {row['mottle']:,.0f} {row['unit']}, "
              f"{row['peer']} {row['peer_value']:,.0f}: {row['ratio']:.2f} times as fast")


main()
