"""Loads Fashion-MNIST through Gaussian noise and an 8 × 8 hole, shuffled, in batches of 256, on one thread, and prints samples a second.

Usage: stream.py numpy | torch | albumentations
"""
import gzip
import os
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"
import numpy as np

FILES = "/usr/share/datasets/fashion-mnist/train-%s.gz"
SECONDS = 3.0


def load(kind, header):
    with gzip.open(FILES % kind) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


images = load("images-idx3-ubyte", 16).reshape(-1, 28, 28).astype(np.float32) / 255
labels = load("labels-idx1-ubyte", 8).astype(np.int64)


def with_numpy():
    """Vectorised by hand."""
    generator = np.random.default_rng(0)
    rows, columns = np.arange(28)[None, :, None], np.arange(28)[None, None, :]
    while True:
        order = generator.permutation(len(images))
        for start in range(0, len(images), 256):
            batch = images[order[start:start + 256]]
            batch = batch + generator.standard_normal(batch.shape, dtype=np.float32) * np.float32(0.1)
            top, left = generator.integers(0, 20, (2, len(batch), 1, 1))
            hole = (rows >= top) & (rows < top + 8) & (columns >= left) & (columns < left + 8)
            batch[hole] = 0
            yield len(batch)


def with_torch():
    """A DataLoader without workers, torchvision's transforms for each sample."""
    import torch
    from torchvision.transforms import v2
    torch.set_num_threads(1)
    x, y = torch.from_numpy(images)[:, None], torch.from_numpy(labels)
    transform = v2.Compose([v2.GaussianNoise(0, 0.1), v2.RandomErasing(p=1, scale=(0.08, 0.08), ratio=(1, 1))])

    class Samples(torch.utils.data.Dataset):
        def __len__(self):
            return len(x)

        def __getitem__(self, index):
            return transform(x[index]), y[index]

    while True:
        for batch, _ in torch.utils.data.DataLoader(Samples(), 256, shuffle=True):
            yield len(batch)


def with_albumentations():
    """One sample after the other."""
    import albumentations
    import cv2
    cv2.setNumThreads(1)
    transform = albumentations.Compose([
        albumentations.GaussNoise(std_range=(0.1, 0.1), p=1),
        albumentations.CoarseDropout(num_holes_range=(1, 1), hole_height_range=(8, 8), hole_width_range=(8, 8), p=1)])
    batch = np.empty((256, 28, 28), np.float32)
    while True:
        order = np.random.permutation(len(images))
        for start in range(0, len(images), 256):
            for place, index in enumerate(order[start:start + 256]):
                batch[place] = transform(image=images[index])["image"]
            yield 256


stream = {"numpy": with_numpy, "torch": with_torch, "albumentations": with_albumentations}[sys.argv[1]]()
next(stream)
start, count = time.perf_counter(), 0
while (elapsed := time.perf_counter() - start) < SECONDS:
    count += next(stream)
print(count / elapsed)
