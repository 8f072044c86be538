#!/usr/bin/env python3
"""Writes the definitions of WordNet with their lexicographer files: train.csv, test.csv and misspelt.csv.

  glosses.py FOLDER [--every N]

A gloss is a definition and, behind it, examples in quotes, which are left out. Of synsets with the same definition the first
one counts. A tenth of the synsets, by a hash of the definition, is the test set; misspelt.csv is the same with a letter of about
every third word of four letters or more swapped, lost, doubled or replaced. With --every, only each N-th definition is taken.
"""
import csv
import hashlib
import itertools
import os
import random
import sys

SOURCE = "/usr/share/wordnet"
# lexnames(5WN), in the order of the numbers in the data files
FILES = """adj.all adj.pert adv.all noun.Tops noun.act noun.animal noun.artifact noun.attribute noun.body noun.cognition
noun.communication noun.event noun.feeling noun.food noun.group noun.location noun.motive noun.object noun.person
noun.phenomenon noun.plant noun.possession noun.process noun.quantity noun.relation noun.shape noun.state noun.substance
noun.time verb.body verb.change verb.cognition verb.communication verb.competition verb.consumption verb.contact
verb.creation verb.emotion verb.motion verb.perception verb.possession verb.social verb.stative verb.weather
adj.ppl""".split()
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def definitions():
    """Pairs of a definition and the name of a lexicographer file, in the order of the synsets."""
    seen = set()
    for part in ["noun", "verb", "adj", "adv"]:
        with open(os.path.join(SOURCE, "data." + part), encoding="utf-8") as lines:
            for line in lines:
                if line.startswith(" "):  # the licence
                    continue
                synset, gloss = line.split(" | ", 1)
                definition = gloss.split('; "')[0].strip().rstrip(";").strip()
                if definition and definition not in seen:
                    seen.add(definition)
                    yield definition, FILES[int(synset.split()[1])]


def misspelt(word, draw):
    """A word with one letter wrong."""
    place = draw.randrange(1, len(word) - 1)
    kind = draw.randrange(4)
    if kind == 0:
        return word[:place] + word[place + 1] + word[place] + word[place + 2:]
    if kind == 1:
        return word[:place] + word[place + 1:]
    if kind == 2:
        return word[:place] + word[place] + word[place:]
    return word[:place] + draw.choice(LETTERS) + word[place + 1:]


def main():
    if len(sys.argv) not in (2, 4) or sys.argv[2:3] not in ([], ["--every"]):
        sys.exit(__doc__)
    every = int(sys.argv[3]) if len(sys.argv) == 4 else 1
    os.makedirs(sys.argv[1], exist_ok=True)
    if not os.path.exists(os.path.join(SOURCE, "data.noun")):
        sys.exit(f"{SOURCE}/data.noun is not there; install it with: apt-get install wordnet-base")
    train, test = [], []
    for definition, label in itertools.islice(definitions(), 0, None, every):
        digest = hashlib.sha256(definition.encode()).digest()
        (test if digest[0] * 10 < 256 else train).append((definition, label))
    draw = random.Random(0)
    wrong = []
    for definition, label in test:
        words = [misspelt(word, draw) if len(word) > 3 and word.isalpha() and draw.random() < 1 / 3 else word
                 for word in definition.split(" ")]
        wrong.append((" ".join(words), label))
    for name, rows in [("train", train), ("test", test), ("misspelt", wrong)]:
        with open(os.path.join(sys.argv[1], name + ".csv"), "w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["text", "label"])
            writer.writerows(rows)
    print(f"{len(train)} definitions to learn from, {len(test)} to test with")


main()
