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


class Block(nn.Module):
    """A transformer's, norm first: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)

    def forward(self, x):
        batch, tokens, width = x.shape
        heads = self.qkv(self.norm1(x)).view(batch, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        found = F.scaled_dot_product_attention(*heads).transpose(1, 2).reshape(batch, tokens, width)
        x = x + self.out(found)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    """Four blocks of width 64 with four heads over 49 patches of 4 x 4, as examples/fashion-mnist-vit.yaml."""

    def __init__(self):
        super().__init__()
        self.patches = nn.Linear(16, 64)
        self.positions = nn.Parameter(torch.randn(49, 64) * 0.02)
        self.blocks = nn.Sequential(*(Block(64, 4) for _ in range(4)))
        self.norm, self.head = nn.LayerNorm(64), nn.Linear(64, 10)

    def forward(self, x):
        rows = x.view(-1, 7, 4, 7, 4).transpose(2, 3).reshape(-1, 49, 16)
        x = self.blocks(self.patches(rows) + self.positions)
        return self.head(self.norm(x).mean(1))


NETS = {
    "mlp": lambda: nn.Sequential(
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
    "convnet": lambda: nn.Sequential(
        convolution(1, 32), nn.ReLU(), nn.MaxPool2d(2), convolution(32, 64), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(3136, 128), nn.ReLU(), nn.Dropout(0.2), nn.Linear(128, 10)),
    "resnet8": lambda: nn.Sequential(
        convolution(1, 16), nn.BatchNorm2d(16), nn.ReLU(),
        Residual(16, 16, 1), Residual(16, 32, 2), Residual(32, 64, 2),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)),
    "vit": Transformer,
    "strided": lambda: nn.Sequential(
        convolution(3, 16, 2), nn.ReLU(), convolution(16, 32, 2), nn.ReLU(), convolution(32, 32, 2), nn.ReLU(),
        nn.Flatten(), nn.Linear(512, 10)),
}
if NET == "strided":
    # As compare.py makes them: what is in colour pictures does not matter here.
    images = torch.randint(256, (4096, 3, 32, 32)) / 255
    labels = torch.arange(4096) % 10
else:
    images = idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 1, 28, 28).astype(np.float32) / 255
    images = torch.from_numpy(images)
    labels = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8).astype(np.int64))
model = NETS[NET]()
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
