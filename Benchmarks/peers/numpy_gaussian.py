"""The peer of the noise benchmark: NumPy's x + standard_normal * 0.1 on [256, 28, 28, 1] floats, one thread.

Prints values a second, the median of seven rounds."""
import statistics
import time

import numpy as np

generator = np.random.default_rng(0)
x = generator.random((256, 28, 28, 1), dtype=np.float32)


def one_round(seconds=0.2):
    runs, start = 0, time.perf_counter()
    while time.perf_counter() - start < seconds:
        x + generator.standard_normal(x.shape, dtype=np.float32) * np.float32(0.1)
        runs += 1
    return runs * x.size / (time.perf_counter() - start)


one_round(0.05)
print(statistics.median(one_round() for _ in range(7)))
