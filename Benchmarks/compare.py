#!/usr/bin/env python3
"""Measures Mottle beside what one would use instead, in turns, and prints the medians and their ratio.

Usage: Benchmarks/compare.py [--rounds N] [--only WORD] [--json]
Wants a release build (swift build -c release), Debian's dataset-fashion-mnist, and the peers in the Python that runs it:
python3 -m venv peers && peers/bin/pip install numpy jax torch torchvision albumentations && peers/bin/python Benchmarks/compare.py
A peer that is not installed is left out.
"""
import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
BUILD = os.path.join(FOLDER, "..", ".build", "release")
MOTTLE = os.path.join(BUILD, "mottle")
EXAMPLE = os.path.join(FOLDER, "..", "examples", "fashion-mnist.yaml")
SMALL, LARGE = ["256", "28", "28", "1"], ["8", "512", "512", "3"]


def output(*command):
    # OPENBLAS_* settings made for older libraries would slow NumPy down.
    environment = {key: value for key, value in os.environ.items() if not key.startswith("OPENBLAS_")}
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def peer(script, *arguments):
    return float(output(sys.executable, os.path.join(FOLDER, "peers", script), *arguments))


def mottle_training(epochs, batch, *settings):
    with tempfile.TemporaryDirectory() as folder:
        result = output(
            MOTTLE, "train", EXAMPLE, "--quiet", "--json", "--out", os.path.join(folder, "run"),
            "--set", f"train.epochs={epochs}", "--set", f"train.batch_size={batch}", "--set", "evaluate=[clean]", *settings)
    return json.loads(result.splitlines()[-1])["samples_per_second"]


def mottle_steps(config, *settings):
    settings = [part for setting in settings for part in ("--set", setting)]
    result = output(
        MOTTLE, "bench", "train", os.path.join(FOLDER, "..", "examples", config), *settings, "--rounds", "3", "--json")
    return json.loads(result)["samples_per_second"]


def mottle_strided(*settings):
    """Three convolutions with stride 2 over colour pictures, made up."""
    import numpy as np

    pictures = np.random.default_rng(0).integers(0, 256, (4096, 32, 32, 3), np.uint8)
    with tempfile.TemporaryDirectory() as folder:
        file = os.path.join(folder, "pictures.npz")
        np.savez(file, x=pictures, y=np.arange(4096) % 10)
        part = f"{{file: {file}, images: x, labels: y}}"
        model = "".join(f"conv2d: {{outputs: {count}, stride: 2}}, relu, " for count in (16, 32, 32))
        return mottle_steps(
            "fashion-mnist.yaml", f"data={{train: {part}, test: {part}}}", f"model=[{model}flatten, dense: 10]",
            *settings)


def mottle_noise(chain, shape, value="values_per_second"):
    result = output(
        MOTTLE, "bench", "noise", os.path.join(FOLDER, f"{chain}.yaml"), "--shape", ",".join(shape), "--threads", "1",
        "--json")
    return json.loads(result)[value]


def mottle_stream(threads, *settings):
    result = output(
        MOTTLE, "bench", "stream", os.path.join(FOLDER, "stream.yaml"), "--threads", threads, "--json", *settings)
    return json.loads(result)["samples_per_second"]


def noise(chain, shape, library):
    return (
        f"{chain}.lua on [{', '.join(shape)}], one thread", "values/s", library,
        lambda: mottle_noise(chain, shape), lambda: peer("noise.py", library, chain, *shape))


BENCHMARKS = [
    ("training with noise, batch 32, all processors", "samples/s", "jax",
     lambda: mottle_training(10, 32), lambda: peer("jax_mlp.py", "5", "32")),
    *[(f"training {net} with noise, batch {batch}, two threads", "samples/s", "torch",
       lambda settings=settings, batch=batch: mottle_steps(*settings, f"train.batch_size={batch}"),
       lambda net=net, batch=batch, steps=steps: peer("torch_train.py", net, batch, steps))
      for net, batch, steps, settings in (
          ("mlp", "256", "500", ["fashion-mnist.yaml"]), ("convnet", "128", "30", ["fashion-mnist-cnn.yaml"]),
          ("resnet8", "64", "20", ["fashion-mnist.yaml", "model=resnet8"]),
          ("resnet8", "128", "10", ["fashion-mnist.yaml", "model=resnet8"]),
          ("vit", "64", "20", ["fashion-mnist-vit.yaml"]))],
    *[(f"training three strided convolutions over [32, 32, 3] with noise, batch {batch}, two threads", "samples/s", "torch",
       lambda batch=batch: mottle_strided(f"train.batch_size={batch}"),
       lambda batch=batch: peer("torch_train.py", "strided", batch, "200")) for batch in ("64", "128")],
    ("training mlp with noise, batch 256, beside JAX, two threads", "samples/s", "jax",
     lambda: mottle_training(10, 256), lambda: peer("jax_mlp.py", "5", "256")),
    *[noise(chain, shape, library) for chain in ("gaussian", "salt_and_pepper") for shape in (SMALL, LARGE)
      for library in ("numpy", "torch", "albumentations")],
    ("gaussian.lua on [256, 28, 28, 1] beside the same written in Swift", "values/s", "Swift",
     lambda: mottle_noise("gaussian", SMALL), lambda: float(output(os.path.join(BUILD, "HandwrittenNoise"), *SMALL))),
    ("gaussian.lua in batches of 32 beside 256", "values/s", "256",
     lambda: mottle_noise("gaussian", ["32", *SMALL[1:]]), lambda: mottle_noise("gaussian", SMALL)),
    *[("stream of Fashion-MNIST with gaussian and cutout, batch 256, one thread", "samples/s", library,
       lambda: mottle_stream("1"), lambda library=library: peer("stream.py", library))
      for library in ("numpy", "torch", "albumentations")],
    ("stream with two threads beside one", "samples/s", "one thread",
     lambda: mottle_stream("2"), lambda: mottle_stream("1")),
    ("training with gaussian and cutout beside training with no chain, batch 32", "samples/s", "no chain",
     lambda: mottle_training(5, 32, "--set", "chain=[gaussian: {sigma: 0.1}, cutout: {size: 8}]"),
     lambda: mottle_training(5, 32, "--set", "chain=[]")),
    ("a chain of four generators beside its draws, [256, 28, 28, 1]", "times the draws' time", None,
     lambda: mottle_noise("chain", SMALL, "times_draws"), None),
    ("a chain of four generators beside its draws, [8, 512, 512, 3]", "times the draws' time", None,
     lambda: mottle_noise("chain", LARGE, "times_draws"), None),
]


def is_missing(name):
    return name in ("numpy", "jax", "torch", "albumentations") and importlib.util.find_spec(name) is None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", help="only benchmarks whose name has this word")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    rows = []
    for name, unit, peer_name, ours, theirs in BENCHMARKS:
        if options.only not in name or is_missing(peer_name):
            continue
        row = {"benchmark": name, "unit": unit}
        if theirs is None:
            row["rounds"] = [ours() for _ in range(options.rounds)]
            row["mottle"] = statistics.median(row["rounds"])
        else:
            # In turns, so that a busy minute of the machine slows both.
            pairs = [(ours(), theirs()) for _ in range(options.rounds)]
            mine, other = (statistics.median(values) for values in zip(*pairs))
            row |= {"mottle": mine, "peer": peer_name, "peer_value": other,
                    "ratio": statistics.median(a / b for a, b in pairs), "rounds": pairs}
        rows.append(row)
        if options.json:
            continue
        if theirs is None:
            print(f"{name}: {row['mottle']:.2f} {unit}", flush=True)
        else:
            print(f"{name}: {mine:,.0f} {unit}, {peer_name} {other:,.0f}: {row['ratio']:.2f} times as fast", flush=True)
    if options.json:
        print(json.dumps(rows))


main()
