#!/usr/bin/env python3
"""Writes operations.json beside it: what NumPy, SciPy and PyTorch make of a picture and of a row of values.

Run once, with numpy 2, scipy 1.13 or later and torch 2; the tests read the file. Values are in float64, rounded to 7 digits.
"""
import json
import math
import os

import numpy as np
import scipy.ndimage as ndimage
import scipy.signal as signal
import torch
import torch.nn.functional as functional

random = np.random.default_rng(20)
picture = np.round(random.normal(size=(6, 9)) * 2, 4)
row = np.round(random.normal(size=40), 4)
cases = []
BORDERS = {'"edge"': ("nearest", 0), '"wrap"': ("grid-wrap", 0), '"reflect"': ("mirror", 0), "-1.5": ("grid-constant", -1.5)}


def case(body, expected, x=picture):
    """`body` is the Lua of a generator; what is smaller than x is repeated at its ends, what is larger is cut off."""
    expected = np.asarray(expected, dtype=np.float64)
    padding = [(0, max(0, wanted - size)) for wanted, size in zip(x.shape, expected.shape)]
    expected = np.pad(expected, padding, mode="edge")[tuple(slice(size) for size in x.shape)]
    name = "picture" if x is picture else "row"
    cases.append({"body": body, "input": name, "expected": [float(f"{value:.7g}") for value in expected.flat]})


CUT = ':take("H", mottle.index("H")):take("W", mottle.index("W"))'


def resized(height, width, mode):
    options = {} if mode == "nearest-exact" else {"align_corners": False}
    return functional.interpolate(torch.tensor(picture)[None, None], size=(height, width), mode=mode, **options)[0, 0]


for height, width in [(9, 13), (4, 5), (6, 20), (2, 9)]:
    case(f"return x:resize({{ H = {height}, W = {width} }})" + CUT, resized(height, width, "bilinear"))
    case(f'return x:resize({{ H = {height}, W = {width} }}, "nearest")' + CUT, resized(height, width, "nearest-exact"))

rows, columns = np.mgrid[0:6, 0:9].astype(np.float64)
# Positions from 0, far beyond all edges, none halfway between two elements.
down = 1.3 * rows + 0.21 * columns - 2.11
right = 0.83 * columns - 0.37 * rows + 1.31
for border, (mode, value) in BORDERS.items():
    positions = 'H = 1.3 * (mottle.index("H") - 1) + 0.21 * (mottle.index("W") - 1) - 1.11, ' \
        'W = 0.83 * (mottle.index("W") - 1) - 0.37 * (mottle.index("H") - 1) + 2.31'
    for name, order in [("bilinear", 1), ("nearest", 0)]:
        case(f'return x:warp({{ {positions} }}, "{name}", {border})',
             ndimage.map_coordinates(picture, [down, right], order=order, mode=mode, cval=value))
    case(f'return x:rotate(33, "bilinear", {border})', ndimage.rotate(picture, 33, reshape=False, order=1, mode=mode, cval=value))
    matrix = np.array([[1.1, 0.2], [-0.3, 0.9]])
    centre = np.array([2.5, 4.0])
    case(f'return x:affine({{ {{ 1.1, 0.2, 0.7 }}, {{ -0.3, 0.9, -1.2 }} }}, "bilinear", {border})',
         ndimage.affine_transform(picture, matrix, centre + [0.7, -1.2] - matrix @ centre, order=1, mode=mode, cval=value))
    kernel = np.array([[0.5, -1, 2], [0.25, 3, -0.75], [1, 0, 1.5]])
    lua = "mottle.constant({ { 0.5, -1, 2 }, { 0.25, 3, -0.75 }, { 1, 0, 1.5 } })"
    filter_mode = {"grid-wrap": "wrap", "grid-constant": "constant"}.get(mode, mode)
    case(f'return x:convolve({lua}, "HW", {border})', ndimage.correlate(picture, kernel, mode=filter_mode, cval=value))
    case(f'return x:convolve({lua} * x:amax(), "HW", {border})',
         ndimage.correlate(picture, kernel * picture.max(), mode=filter_mode, cval=value))
    case(f'return x:convolve(mottle.constant({{ 1, -2, 0.5, 4, 3 }}, "W"), "W", {border})',
         ndimage.correlate1d(picture, [1, -2, 0.5, 4, 3], axis=1, mode=filter_mode, cval=value))
    case(f'return x:blur(1.3, "HW", 4, {border})',
         ndimage.gaussian_filter(picture, 1.3, mode=filter_mode, cval=value, radius=4))
    shifted = ndimage.shift(picture, (0, 2), order=0, mode=mode, cval=value)
    case(f'return x:shift("W", 2, {border})', shifted)

case("return x:blur(0.8)", ndimage.gaussian_filter(picture, 0.8, mode="nearest", radius=math.ceil(3.2)))
case("return x:dilate(3)", ndimage.grey_dilation(picture, size=(3, 3), mode="nearest"))
case('return x:erode(5, "W")', ndimage.grey_erosion(picture, size=(1, 5), mode="nearest"))
case('return x:roll("H", -2)', np.roll(picture, -2, axis=0))
case('return x:cumsum("W")', np.cumsum(picture, axis=1))
case('return x:cummax("H")', np.maximum.accumulate(picture, axis=0))
case('return x:order("W")', np.argsort(picture, axis=1) + 1)
case('return x:std("H") + mottle.zeros(x)', np.broadcast_to(picture.std(axis=0), picture.shape))
case('return x:downsample(3, "W"):upsample(3, "W")', picture.reshape(6, 3, 3).mean(axis=2).repeat(3, axis=1))
case('return (x:fft("W"))', np.fft.fft(picture, axis=1).real)
case('return select(2, x:fft("H"))', np.fft.fft(picture, axis=0).imag)
case('local re, im = x:fft("W") return (mottle.ifft(re * 0.5, im * mottle.index("W"), "W"))',
     np.fft.ifft(np.fft.fft(picture, axis=1).real * 0.5 + 1j * np.fft.fft(picture, axis=1).imag * np.arange(1, 10), axis=1).real)
case('return x:filter("W", mottle.frequency("W") ^ 2 + 0.1)',
     np.fft.irfft(np.fft.rfft(picture, axis=1) * (np.fft.rfftfreq(9) ** 2 + 0.1), n=9, axis=1))
window = signal.get_window("hann", 16)
frames = np.stack([np.abs(np.fft.rfft(row[start:start + 16] * window)) for start in range(0, 25, 4)])
case('return x:stft("L", 16, 4):reshape { "N", 63 }:take("L", mottle.index("L", 40))', frames.reshape(-1), row)
case('return (x:fft("L"))', np.fft.fft(row).real, row)

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "operations.json"), "w") as file:
    entries = ",\n".join("  " + json.dumps(entry) for entry in cases)
    file.write(f'{{"picture": {json.dumps(picture.ravel().tolist())},\n "row": {json.dumps(row.tolist())},\n "cases": [\n{entries}\n]}}\n')
print(len(cases), "cases")
