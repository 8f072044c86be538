#!/usr/bin/env python3
"""Writes images.json beside it: small PNG and JPEG files, and what Pillow makes of them.

Run once, with Pillow 11.3 and numpy 2; the tests read the file. Files and values are in base64; a case's file is a
place in the list of files.
"""
import base64
import io
import json
import os
import struct
import zlib

import numpy as np
from PIL import Image, ImageOps

random = np.random.default_rng(3)
files, cases = [], []


def picture(height, width, channels):
    """Smooth shapes with some noise, bytes that differ in every channel."""
    small = random.integers(0, 256, (max(2, height // 6), max(2, width // 6), 3), dtype=np.uint8)
    smooth = np.asarray(Image.fromarray(small).resize((width, height), Image.BICUBIC), dtype=float)
    noisy = np.clip(smooth + random.normal(0, 12, smooth.shape), 0, 255).astype(np.uint8)
    return noisy if channels == 3 else noisy[:, :, 0]


def png(rows, depth, kind, interlaced=False, before=()):
    """A PNG file of `rows` [height, width, samples of a pixel]; Pillow does not write all of its forms."""

    def packed(part):
        flat = part.reshape(part.shape[0], -1)
        if depth == 16:
            return [row.astype(">u2").tobytes() for row in flat]
        if depth == 8:
            return [row.astype(np.uint8).tobytes() for row in flat]
        bits = (flat[:, :, None] >> np.arange(depth - 1, -1, -1)) & 1
        return [np.packbits(row).tobytes() for row in bits.reshape(len(flat), -1).astype(np.uint8)]

    def chunk(name, content):
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2), (1, 0, 2, 1)]
    lines = b""
    for y, x, down, right in passes:
        part = rows[y::down, x::right]
        if part.size:
            lines += b"".join(b"\0" + line for line in packed(part))
    header = struct.pack(">IIBBBBB", rows.shape[1], rows.shape[0], depth, kind, 0, 0, int(interlaced))
    chunks = [(b"IHDR", header), *before, (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*part) for part in chunks)


def saved(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def case(name, file, expected, fit=None, **config):
    """`config` has the size and the channels that are asked for."""
    expected = np.asarray(expected)
    assert expected.dtype == np.uint8
    shape = list(expected.shape) + [1] * (3 - expected.ndim)
    if file not in files:
        files.append(file)
    entry = {"name": name, "file": files.index(file), "shape": shape,
             "values": base64.b64encode(expected.tobytes()).decode(), **config}
    cases.append(entry | ({"fit": fit} if fit else {}))


def opened(file, mode):
    return np.asarray(Image.open(io.BytesIO(file)).convert(mode))


# PNG's forms.
grey, colour = picture(13, 19, 1), picture(13, 19, 3)
file = saved(Image.fromarray(grey), "PNG")
case("grey PNG", file, grey)
case("grey PNG as colour", file, opened(file, "RGB"), channels=3)
file = saved(Image.fromarray(colour), "PNG")
case("RGB PNG", file, colour)
case("RGB PNG as grey", file, opened(file, "L"), channels=1)
alpha = random.integers(0, 256, grey.shape, dtype=np.uint8)
case("grey PNG with alpha", png(np.dstack([grey, alpha]), 8, 4), grey)
case("RGBA PNG", png(np.dstack([colour, alpha]), 8, 6), colour)
for depth in 1, 2, 4:
    few = grey.astype(int)[:, :, None] >> (8 - depth)
    file = png(few, depth, 0, interlaced=depth == 4)
    case(f"grey PNG of {depth} bits", file, opened(file, "L"))
palette = random.integers(0, 256, (16, 3), dtype=np.uint8)
places = (grey.astype(int) >> 4)[:, :, None]
entries = [(b"PLTE", palette.tobytes())]
case("palette PNG", png(places, 8, 3, before=entries), palette[places[:, :, 0]])
file = png(places, 4, 3, interlaced=True, before=entries + [(b"tRNS", bytes([0, 128, 255, 7]))])
case("palette PNG of 4 bits with transparency, interlaced", file, palette[places[:, :, 0]])
case("palette PNG as grey", file, np.asarray(Image.fromarray(palette[places[:, :, 0]]).convert("L")), channels=1)
case("RGB PNG with a transparent colour", png(colour, 8, 2, before=[(b"tRNS", b"\0\1\0\2\0\3")]), colour)
for name, kind, samples, kept in ("grey", 0, 1, 1), ("grey with alpha", 4, 2, 1), ("RGB", 2, 3, 3), ("RGBA", 6, 4, 3):
    deep = random.integers(0, 65536, (11, 7, samples))
    deep[0, 0, 0], deep[0, 1, 0] = 65535, 128  # the highest value, and the highest of those that become 0
    case(f"16-bit {name} PNG", png(deep, 16, kind), np.round(deep[:, :, :kept] / 257).astype(np.uint8))
case("interlaced RGB PNG", png(colour, 8, 2, interlaced=True), colour)
case("interlaced RGB PNG as grey", png(colour, 8, 2, interlaced=True), Image.fromarray(colour).convert("L"), channels=1)
case("interlaced PNG of one pixel", png(colour[:1, :1], 8, 2, interlaced=True), colour[:1, :1])
frames = [(b"acTL", struct.pack(">II", 2, 0)), (b"fcTL", struct.pack(">IIIIIHHBB", 0, 19, 13, 0, 0, 1, 1, 0, 0))]
case("animated PNG", png(colour, 8, 2, before=frames), colour)

# JPEG's forms.
large = picture(37, 53, 3)
image = Image.fromarray(large)
for name, options in (
    ("4:4:4", {"subsampling": 0}), ("4:2:2", {"subsampling": 1}), ("4:2:0", {"subsampling": 2}),
    ("progressive", {"progressive": True}), ("RGB", {"keep_rgb": True}),
    ("with restarts", {"restart_marker_blocks": 3}),
):
    file = saved(image, "JPEG", quality=85, **options)
    case(f"{name} JPEG", file, opened(file, "RGB"))
file = saved(Image.fromarray(large[:, :, 1]), "JPEG", quality=70)
case("grey JPEG", file, opened(file, "L"))
case("grey JPEG as colour", file, opened(file, "RGB"), channels=3)
file = saved(image, "JPEG", quality=85)
draft = Image.open(io.BytesIO(file))
draft.draft("L", draft.size)
case("JPEG as grey", file, draft, channels=1)
file = saved(Image.fromarray(np.dstack([large, large[::-1, :, 0]]), "CMYK"), "JPEG", quality=90)
case("CMYK JPEG", file, opened(file, "RGB"))
case("CMYK JPEG as grey", file, Image.fromarray(opened(file, "RGB")).convert("L"), channels=1)

# Other sizes.
FITS = {
    "stretch": lambda image, size: image.resize(size, Image.BILINEAR),
    "crop": lambda image, size: ImageOps.fit(image, size, Image.BILINEAR),
    "pad": lambda image, size: ImageOps.pad(image, size, Image.BILINEAR),
}
tall = Image.fromarray(picture(83, 45, 3))
for name, source in ("wide", image), ("tall", tall), ("grey", Image.fromarray(large[:, :, 2])):
    file = saved(source, "PNG")
    for fit, placed in FITS.items():
        for height, width in (16, 24), (31, 17), (40, 64), (37, 20), (20, 53), (1, 1), (5, 90):
            if (fit != "stretch" or name == "tall") and height * width > 1000:
                continue
            case(f"{name} PNG, {fit} to {height} × {width}", file, placed(source, (width, height)), fit=fit,
                 size=[height, width])
thin = Image.fromarray(picture(1, 40, 3))
case("row of pixels", saved(thin, "PNG"), FITS["stretch"](thin, (9, 21)), fit="stretch", size=[21, 9])
shades = Image.fromarray((np.add.outer(np.arange(300), 2 * np.arange(400)) % 256).astype(np.uint8))
case("large PNG", saved(shades, "PNG", optimize=True), FITS["stretch"](shades, (11, 14)), fit="stretch", size=[14, 11])
file = saved(image, "JPEG", quality=85)
case("JPEG, crop to 16 × 16", file, FITS["crop"](Image.open(io.BytesIO(file)), (16, 16)), fit="crop", size=[16, 16])

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "images.json"), "w") as file:
    lists = [[base64.b64encode(content).decode() for content in files], cases]
    lines = [",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) for entries in lists]
    file.write('{"files": [\n' + lines[0] + '\n], "cases": [\n' + lines[1] + "\n]}\n")
