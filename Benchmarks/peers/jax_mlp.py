"""The peer of the training benchmark: JAX, one compiled scan an epoch, fresh Gaussian noise for every batch.

Usage: jax_mlp.py EPOCHS BATCH. Prints samples a second, compilation left out."""
import gzip
import sys
import time

import jax
import jax.numpy as jnp
import numpy as np

FOLDER = "/usr/share/datasets/fashion-mnist/"
EPOCHS, BATCH = int(sys.argv[1]), int(sys.argv[2])
SIGMA, DROPOUT, RATE = 0.1, 0.2, 1e-3


def idx(name, header):
    with gzip.open(FOLDER + name) as file:
        return np.frombuffer(file.read(), np.uint8, offset=header)


images = jnp.asarray(idx("train-images-idx3-ubyte.gz", 16).reshape(-1, 784).astype(np.float32) / 255)
labels = jnp.asarray(idx("train-labels-idx1-ubyte.gz", 8).astype(np.int32))
count, steps = len(labels), len(labels) // BATCH


def glorot(key, inputs, outputs):
    limit = (6 / (inputs + outputs)) ** 0.5
    return jax.random.uniform(key, (inputs, outputs), minval=-limit, maxval=limit)


def loss(weights, x, y, key):
    noise_key, dropout_key = jax.random.split(key)
    x = x + SIGMA * jax.random.normal(noise_key, x.shape)
    hidden = jax.nn.relu(x @ weights["w1"] + weights["b1"])
    hidden = hidden * jax.random.bernoulli(dropout_key, 1 - DROPOUT, hidden.shape) / (1 - DROPOUT)
    logits = jax.nn.log_softmax(hidden @ weights["w2"] + weights["b2"])
    return -jnp.take_along_axis(logits, y[:, None], 1).mean()


def adam(weights, mean, square, gradient, step):
    mean = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, mean, gradient)
    square = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, square, gradient)
    first, second = 1 - 0.9**step, 1 - 0.999**step
    update = lambda w, m, v: w - RATE * (m / first) / (jnp.sqrt(v / second) + 1e-8)
    return jax.tree.map(update, weights, mean, square), mean, square


@jax.jit
def epoch(state, key):
    order_key, noise_key = jax.random.split(key)
    order = jax.random.permutation(order_key, count)[: steps * BATCH].reshape(steps, BATCH)

    def step(state, places):
        weights, mean, square, number = state
        gradient = jax.grad(loss)(weights, images[places], labels[places], jax.random.fold_in(noise_key, number))
        return (*adam(weights, mean, square, gradient, number + 1), number + 1), None

    return jax.lax.scan(step, state, order)[0]


keys = jax.random.split(jax.random.key(0), 3)
weights = dict(w1=glorot(keys[0], 784, 128), b1=jnp.zeros(128), w2=glorot(keys[1], 128, 10), b2=jnp.zeros(10))
zeros = jax.tree.map(jnp.zeros_like, weights)
state = (weights, zeros, zeros, jnp.zeros((), jnp.int32))
run = epoch.lower(state, keys[2]).compile()
start = time.perf_counter()
for number in range(EPOCHS):
    state = run(state, jax.random.fold_in(keys[2], number))
jax.block_until_ready(state)
print(EPOCHS * steps * BATCH / (time.perf_counter() - start))
