"""The peers of the noise benchmarks, one thread: noise.py LIBRARY NOISE SIZE…

LIBRARY is numpy, torch or albumentations, NOISE gaussian or salt_and_pepper, SIZE… the array's shape, samples first.
Prints values a second, the median of seven rounds."""
import os
import statistics
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

library, noise, *sizes = sys.argv[1:]
shape = tuple(int(size) for size in sizes)
generator = np.random.default_rng(0)
x = generator.random(shape, dtype=np.float32)


def numpy_noise():
    if noise == "gaussian":
        return lambda: x + generator.standard_normal(shape, dtype=np.float32) * np.float32(0.1)

    def salt_and_pepper():
        u = generator.random(shape[:-1] + (1,), dtype=np.float32)
        return np.where(u < 0.025, np.float32(1), np.where(u < 0.05, np.float32(0), x))

    return salt_and_pepper


def torch_noise():
    import torch

    torch.set_num_threads(1)
    t = torch.from_numpy(x)
    if noise == "gaussian":
        return lambda: t + torch.randn_like(t) * 0.1

    def salt_and_pepper():
        u = torch.rand(shape[:-1] + (1,))
        return torch.where(u < 0.025, 1.0, torch.where(u < 0.05, 0.0, t))

    return salt_and_pepper


def albumentations_noise():
    import albumentations
    import cv2

    cv2.setNumThreads(1)
    options = {"p": 1}
    transform = (albumentations.GaussNoise if noise == "gaussian" else albumentations.SaltAndPepper)(**options)
    # Single channels need no axis of their own there.
    samples = [sample if sample.shape[-1] > 1 else sample[..., 0] for sample in x]
    return lambda: [transform(image=sample) for sample in samples]


run = {"numpy": numpy_noise, "torch": torch_noise, "albumentations": albumentations_noise}[library]()


def one_round(seconds=0.2):
    runs, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        run()
        runs += 1
    return runs * x.size / (time.perf_counter() - start)


one_round(0.05)
print(statistics.median(one_round() for _ in range(7)))
