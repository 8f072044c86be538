"""The peer of the training benchmarks: PyTorch written for speed, the data in memory, fresh Gaussian noise for every batch.

Usage: torch_train.py NET BATCH STEPS. THREADS in the environment (2). Prints samples a second, the median of five runs."""
import gzip
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = "/usr/share/datasets/fashion-mnist/"
NET, BATCH, STEPS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.manual_seed(0)


def idx(name, header):
    with gzip.open(FOLDER + name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


def convolution(inputs, outputs, stride=1, size=3):
    return nn.Conv2d(inputs, outputs, size, stride=stride, padding=size // 2)


class Residual(nn.Module):
    """Two convolutions with batch norm beside x, or beside a convolution where sizes change."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.path = nn.Sequential(
            convolution(inputs, outputs, stride), nn.BatchNorm2d(outputs), nn.ReLU(),
            convolution(outputs, outputs), nn.BatchNorm2d(outputs))
        same = stride == 1 and inputs == outputs
        self.around = nn.Identity() if same else nn.Sequential(
            convolution(inputs, outputs, stride, 1), nn.BatchNorm2d(outputs))

    def forward(self, x):
        return F.relu(self.path(x) + self.around(x))


# By name the shape of a picture and the model.
NETS = {
    "mlp": ((1, 28, 28), lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))),
    "convnet": ((1, 28, 28), lambda: nn.Sequential(
        convolution(1, 32), nn.ReLU(), nn.MaxPool2d(2), convolution(32, 64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10))),
    "strided": ((3, 32, 32), lambda: nn.Sequential(
        convolution(3, 16), nn.ReLU(), convolution(16, 32, 2), nn.ReLU(), convolution(32, 32), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(32, 10))),
    "resnet8": ((1, 28, 28), lambda: nn.Sequential(
        convolution(1, 16), nn.BatchNorm2d(16), nn.ReLU(),
        Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10))),
}
shape, make = NETS[NET]
if shape == (1, 28, 28):
    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, *shape).astype(np.float32) / 255
    labels = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8).astype(np.int64))
else:
    images = np.random.default_rng(0).random((10000, *shape), np.float32)
    labels = torch.arange(10000) % 10
images = torch.from_numpy(images)
model = make()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


def run(steps):
    begin = time.perf_counter()
    for _ in range(steps):
        places = torch.randint(len(labels), (BATCH,))
        x = images[places]
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x + torch.randn_like(x) * 0.1), labels[places]).backward()
        optimizer.step()
    return BATCH * steps / (time.perf_counter() - begin)


run(max(2, STEPS // 5))
print(sorted(run(STEPS) for _ in range(5))[2])
