#!/usr/bin/env python3
"""Makes clips of spoken digits with espeak-ng: FOLDER/train/3/… and FOLDER/test/3/…, 0.74 s each, 16 bits, 11,025 Hz.

The same clips every time: a voice is spoken by a process of its own, and speeds, pitches, loudnesses and places in the
clip follow from its name.
"""

import array
import ctypes
import multiprocessing
import operator
import os
import random
import sys
import wave
import zlib

WORDS = "zero one two three four five six seven eight nine".split()

# A voice is an accent and a speaker, espeak-ng's voices and variants. No test voice has an accent or a speaker of training.
TRAIN_ACCENTS = "en en-us en-gb-x-rp en-029 en-us-nyc".split()
TEST_ACCENTS = "en-gb-scotland en-gb-x-gbcwmd en-gb-x-gbclan".split()
TRAIN_SPEAKERS = (
    "m1 m2 m3 m4 m5 m6 f1 f2 f3 klatt klatt2 klatt3 whisper croak Alex Alicia Andrea Andy Denis Diogo Gene Henrique Hugo "
    "Jacky Lee Marco Mario Michael adam anika antonio aunty belinda benjamin boris gustave david ed edward grandma"
).split()
TEST_SPEAKERS = (
    "m7 m8 f4 f5 klatt4 whisperf grandpa linda marcelo max michel miguel norbert pablo paul quincy rob robert shelby steph"
).split()
TRAIN_TURNS, TEST_TURNS = 5, 3  # clips of each word and voice

RATE = 22050  # espeak-ng's, of which every second sample is kept
LENGTH = 8192  # samples of a clip; a power of two, whose Fourier transforms are quick

# A microphone's noise, of which each clip gets a piece, at −62 dB of full scale: no recording is silent.
DRAWS = random.Random(0)
HISS = array.array("h", [round(DRAWS.gauss(0, 25)) for _ in range(8 * LENGTH)])


def load():
    """espeak-ng's library, ready to give samples to a function of ours, and the list that they go to."""
    espeak = ctypes.CDLL("libespeak-ng.so.1")
    synchronous, samples = 2, array.array("h")
    if espeak.espeak_Initialize(synchronous, 0, None, 0) != RATE:
        raise RuntimeError(f"espeak-ng's rate is not {RATE} Hz")

    @ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)
    def take(values, count, events):
        if values:
            samples.frombytes(ctypes.string_at(values, 2 * count))
        return 0

    espeak.espeak_SetSynthCallback(take)
    espeak.take = take  # must live as long as the library calls it
    return espeak, samples


def halve(samples):
    """Every second sample, behind a half-band filter that keeps most of what lies above the new rate's half out.

    A fifth quieter, so that nothing exceeds 16 bits.
    """
    x = [0] * 5 + list(samples) + [0] * 6
    taps = zip(x[0::2], x[2::2], x[4::2], x[5::2], x[6::2], x[8::2], x[10::2])
    return array.array("h", [
        (256 * m + 150 * (c + d) - 25 * (b + e) + 3 * (a + f)) // 640 for a, b, c, m, d, e, f in taps
    ])


def speak(espeak, samples, word, name):
    """A clip with a word at some place in it."""
    def number(of, low, high):
        return low + zlib.crc32(f"{name} {of}".encode()) % (high - low + 1)

    rate, volume, pitch, spread = 1, 2, 3, 4  # espeak_PARAMETER
    espeak.espeak_SetParameter(rate, number("rate", 130, 230), 0)
    espeak.espeak_SetParameter(volume, number("volume", 30, 110), 0)
    espeak.espeak_SetParameter(pitch, number("pitch", 20, 80), 0)
    espeak.espeak_SetParameter(spread, number("spread", 20, 80), 0)
    del samples[:]
    text = word.encode() + b"\0"
    utf8 = 1
    espeak.espeak_Synth(text, ctypes.c_size_t(len(text)), 0, 1, 0, utf8, None, None)
    # Silence before and behind the word, which espeak-ng adds, goes.
    quiet = max(map(abs, samples)) // 100
    first = next(place for place, value in enumerate(samples) if abs(value) > quiet)
    last = next(place for place, value in enumerate(reversed(samples)) if abs(value) > quiet)
    spoken = halve(samples[first:len(samples) - last])[:LENGTH]
    free = LENGTH - len(spoken)
    start = number("start", 0, free)
    clip = array.array("h", bytes(2 * start)) + spoken + array.array("h", bytes(2 * (free - start)))
    hiss = number("hiss", 0, len(HISS) - LENGTH)
    return array.array("h", map(operator.add, clip, HISS[hiss:hiss + LENGTH]))


def make_voice(job):
    folder, voice, turns = job
    espeak, samples = load()
    if espeak.espeak_SetVoiceByName(voice.encode()) != 0:
        raise RuntimeError(f"espeak-ng has no voice '{voice}'")
    for digit, word in enumerate(WORDS):
        for turn in range(turns):
            name = f"{voice}-{turn}"
            clip = speak(espeak, samples, word, f"{digit} {name}")
            with wave.open(f"{folder}/{digit}/{name}.wav", "wb") as file:
                file.setparams((1, 2, RATE // 2, 0, "NONE", None))
                file.writeframes(clip.tobytes())
    return len(WORDS) * turns


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit("usage: make_clips.py FOLDER [EVERY]\n\nEVERY n takes only each n-th voice.")
    out, every = sys.argv[1], int(sys.argv[2]) if len(sys.argv) == 3 else 1
    jobs = []
    for half, accents, speakers, turns in (
        ("train", TRAIN_ACCENTS, TRAIN_SPEAKERS, TRAIN_TURNS), ("test", TEST_ACCENTS, TEST_SPEAKERS, TEST_TURNS),
    ):
        for digit in range(len(WORDS)):
            os.makedirs(f"{out}/{half}/{digit}", exist_ok=True)
        voices = [f"{accent}+{speaker}" for speaker in speakers for accent in accents]
        jobs += [(f"{out}/{half}", voice, turns) for voice in voices[::every]]
    with multiprocessing.Pool(len(os.sched_getaffinity(0)), maxtasksperchild=1) as pool:
        count = sum(pool.imap_unordered(make_voice, jobs))
    print(f"{count} clips of {len(jobs)} voices")


if __name__ == "__main__":
    main()
