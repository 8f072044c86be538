"""The peer of the transformer benchmark: a small vision transformer in PyTorch, fresh Gaussian noise for every batch.

Usage: torch_vit.py STEPS BATCH [compile]. THREADS in the environment (2). Prints samples a second, and the share of the
attention in a step; pictures of 28 × 28 become 49 patches of 4 × 4, then 4 blocks of width 64 with 4 heads."""
import gzip
import os
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

FOLDER = "/usr/share/datasets/fashion-mnist/"
STEPS, BATCH = int(sys.argv[1]), int(sys.argv[2])
WIDTH, HEADS, BLOCKS = 64, 4, 4
torch.set_num_threads(int(os.environ.get("THREADS", "2")))
torch.manual_seed(0)


def idx(name, header):
    with gzip.open(FOLDER + name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


images = torch.from_numpy(idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 28, 28).astype(np.float32) / 255)
labels = torch.from_numpy(idx("train-labels-idx1-ubyte.gz", 8).astype(np.int64))


class Block(nn.Module):
    """Pre-norm: x + attention(norm(x)), then x + mlp(norm(x))."""

    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.up, self.down = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x):
        batch, tokens, _ = x.shape
        heads = self.qkv(self.norm1(x)).view(batch, tokens, 3, HEADS, WIDTH // HEADS).permute(2, 0, 3, 1, 4)
        found = F.scaled_dot_product_attention(*heads).transpose(1, 2).reshape(batch, tokens, WIDTH)
        x = x + self.out(found)
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.patches = nn.Linear(16, WIDTH)
        self.positions = nn.Parameter(torch.randn(49, WIDTH) * 0.02)
        self.blocks = nn.Sequential(*(Block() for _ in range(BLOCKS)))
        self.norm, self.head = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, 10)

    def forward(self, x):
        rows = x.view(-1, 7, 4, 7, 4).transpose(2, 3).reshape(-1, 49, 16)
        x = self.blocks(self.patches(rows) + self.positions)
        return self.head(self.norm(x).mean(1))


model = Transformer()
optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)


def loss(x, y):
    return F.cross_entropy(model(x + torch.randn_like(x) * 0.1), y)


if sys.argv[3:] == ["compile"]:
    loss = torch.compile(loss)


def run(steps):
    begin = time.perf_counter()
    for _ in range(steps):
        places = torch.randint(len(labels), (BATCH,))
        optimizer.zero_grad(set_to_none=True)
        loss(images[places], labels[places]).backward()
        optimizer.step()
    return (time.perf_counter() - begin) / steps


def attention(steps):
    """Seconds of one block's scaled_dot_product_attention, forward and backward."""
    heads = [torch.randn(BATCH, HEADS, 49, WIDTH // HEADS, requires_grad=True) for _ in range(3)]
    upstream = torch.randn(BATCH, HEADS, 49, WIDTH // HEADS)
    begin = time.perf_counter()
    for _ in range(steps):
        F.scaled_dot_product_attention(*heads).backward(upstream)
    return (time.perf_counter() - begin) / steps


run(10), attention(10)
seconds = sorted(run(STEPS) for _ in range(5))[2]
print(f"torch vit batch {BATCH}: {BATCH / seconds:.0f} samples/s, {seconds * 1e3:.2f} ms a step")
print(f"attention of one block: {sorted(attention(STEPS) for _ in range(5))[2] * 1e3:.2f} ms")
