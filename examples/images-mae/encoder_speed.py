"""Prints how long the encoder's part of a step takes with the visible patches and with all, from two of mottle bench train's results."""

import json
import sys


def milliseconds(path):
    """Of all layers before the decoder, which begins with the first dense layer outside a block."""
    with open(path, encoding="utf-8") as file:
        layers = json.load(file)["layers"]
    names = [layer["name"] for layer in layers]
    encoder = layers[: names.index("dense5")]
    return 1000 * sum(layer[way]["seconds"] for layer in encoder for way in ("forward", "backward"))


visible, everything = milliseconds(sys.argv[1]), milliseconds(sys.argv[2])
print(f"encoder's step: {visible:.2f} ms with visible patches, {everything:.2f} ms with all: {everything / visible:.1f} times")
