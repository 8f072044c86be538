#!/usr/bin/env python3
"""Writes log_mel.json beside it: librosa's definition of a mel spectrogram, htk=True and norm=None, in plain NumPy.

librosa.power_to_db(librosa.feature.melspectrogram(y=sound, sr=rate, n_fft=window, hop_length=hop, n_mels=bins, fmin=low,
fmax=high, htk=True, norm=None, pad_mode="constant"), ref=(window / 4) ** 2, amin=1e-20, top_db=None), not below -80.
Run once, with numpy 2; the tests read the file.
"""
import json
import os

import numpy as np

rate, window, hop, bins, low, high = 2000, 101, 40, 6, 60.0, 900.0
random = np.random.default_rng(4)
time = np.arange(650) / rate
sound = 0.7 * np.sin(2 * np.pi * 300 * time) * np.exp(-8 * time) + 0.05 * random.normal(size=time.size)
sound[500:] = 0
sound = np.round(sound, 5).astype(np.float32)

padded = np.pad(sound.astype(np.float64), window // 2)
hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / window)
frames = 1 + sound.size // hop
rows = np.stack([np.append(padded, np.zeros(window))[hop * t : hop * t + window] * hann for t in range(frames)])
power = np.abs(np.fft.rfft(rows)) ** 2

mel = np.linspace(2595 * np.log10(1 + low / 700), 2595 * np.log10(1 + high / 700), bins + 2)
corners = 700 * (10 ** (mel / 2595) - 1)
frequencies = np.fft.rfftfreq(window, 1 / rate)
rising = (frequencies - corners[:-2, None]) / np.diff(corners)[:-1, None]
falling = (corners[2:, None] - frequencies) / np.diff(corners)[1:, None]
filters = np.maximum(0, np.minimum(rising, falling))
decibels = 10 * np.log10(np.maximum(1e-20, power @ filters.T / (hann.sum() / 2) ** 2))

golden = {
    "rate": rate, "window": window, "hop": hop, "bins": bins, "low": low, "high": high,
    "sound": [float(f"{value:.9g}") for value in sound],
    "expected": [float(f"{value:.7g}") for value in np.maximum(-80, decibels).flat],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "log_mel.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
