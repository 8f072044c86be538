"""What Python makes of Mottle's files: python_checks.py RUN SCRATCH, with `mottle` in the PATH."""
import json
import os
import subprocess
import sys

import numpy as np
from safetensors.numpy import load_file
from scipy import stats

run, scratch = sys.argv[1:]

weights = load_file(os.path.join(run, "model.safetensors"))
shapes = {name: value.shape for name, value in weights.items()}
assert shapes == {"dense1.weight": (784, 128), "dense1.bias": (128,), "dense2.weight": (128, 10), "dense2.bias": (10,)}, shapes
assert all(np.isfinite(value).all() and value.dtype == np.float32 for value in weights.values())

# The model's clean accuracy, by NumPy from the saved weights, is what Mottle reported.
import gzip
folder = "/usr/share/datasets/fashion-mnist/"
with gzip.open(folder + "t10k-images-idx3-ubyte.gz") as file:
    images = np.frombuffer(file.read(), np.uint8, offset=16).reshape(-1, 784).astype(np.float32) / 255
with gzip.open(folder + "t10k-labels-idx1-ubyte.gz") as file:
    labels = np.frombuffer(file.read(), np.uint8, offset=8)
hidden = np.maximum(images @ weights["dense1.weight"] + weights["dense1.bias"], 0)
accuracy = (np.argmax(hidden @ weights["dense2.weight"] + weights["dense2.bias"], axis=1) == labels).mean()
rows = json.load(open(os.path.join(run, "robustness.json")))
assert rows[0]["name"] == "clean" and abs(rows[0]["accuracy"] - accuracy) <= 0.0003, (rows[0], accuracy)
events = [json.loads(line) for line in open(os.path.join(run, "metrics.jsonl"))]
assert sum(event["event"] == "epoch" for event in events) == 1, events


def apply(chain, x, *options):
    np.save(os.path.join(scratch, "x.npy"), x)
    with open(os.path.join(scratch, "chain.yaml"), "w") as file:
        file.write(chain)
    paths = [os.path.join(scratch, name) for name in ("chain.yaml", "x.npy", "y.npy", "m.npy")]
    subprocess.run(
        ["mottle", "apply", paths[0], "--input", paths[1], "--output", paths[2], "--quiet", *options], check=True)
    return np.load(paths[2])


# Gaussian noise against the normal distribution: 1,003,520 values.
zeros = np.zeros((1280, 28, 28, 1), np.float32)
noise = apply("seed: 3\nchain: [gaussian: {sigma: 0.25}]", zeros).ravel().astype(np.float64) / 0.25
assert abs(noise.mean()) < 5 / np.sqrt(noise.size) and abs(noise.var() - 1) < 5 * np.sqrt(2 / noise.size)
assert abs(stats.kurtosis(noise)) < 5 * np.sqrt(24 / noise.size)
assert stats.kstest(noise, "norm").pvalue > 1e-4

# Salt and pepper: rates within binomial bounds, bytes decoded as NumPy divides them.
mask = os.path.join(scratch, "m.npy")
grey = np.tile(np.arange(256, dtype=np.uint8).reshape(16, 16, 1), (400, 1, 1, 1))
result = apply("chain: [salt_and_pepper: {amount: 0.2, salt: 0.25}]", grey, "--mask-output", mask)
hit = np.load(mask).astype(bool)
assert hit.shape == grey.shape and stats.binomtest(int(hit.sum()), hit.size, 0.2).pvalue > 1e-4
assert stats.binomtest(int((result[hit] == 1).sum()), int(hit.sum()), 0.25).pvalue > 1e-4
assert set(np.unique(result[hit])) == {0, 1} and (result[~hit] == (grey / np.float32(255))[~hit]).all()
print("safetensors, NumPy and SciPy agree")
