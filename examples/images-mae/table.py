"""Prints what run's sweep found: accuracies by start and share of labels, and how well each pre-training draws what is hidden."""

import csv
import json
import pathlib
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
with open(folder / "table.csv", encoding="utf-8") as file:
    rows = [row for row in csv.DictReader(file) if row["test set"] == "clean"]


def line(cells):
    print("| " + " | ".join(cells) + " |")


def cell(row):
    text = f"{float(row['median']):.4f} ({float(row['lowest']):.4f}–{float(row['highest']):.4f})"
    if not row["difference"]:
        return text
    difference, low, high = (100 * float(row[key]) for key in ("difference", "interval from", "interval to"))
    return f"{text}, {difference:+.1f} [{low:+.1f}, {high:+.1f}]"


labels = list(dict.fromkeys(row["labels"] for row in rows))
for training in dict.fromkeys(row["training"] for row in rows):
    line([training] + [f"{share} of the labels" for share in labels])
    line(["---"] * (len(labels) + 1))
    for start in dict.fromkeys(row["start"] for row in rows):
        found = {row["labels"]: row for row in rows if (row["training"], row["start"]) == (training, start)}
        line([start] + [cell(found[share]) for share in labels])
    print()

# By pre-training and mask of the test set: the loss of each seed.
losses = {}
for path in sorted(folder.glob("pretrain-*-seed*/robustness.json")):
    start = path.parent.name.removeprefix("pretrain-").rsplit("-seed", 1)[0]
    for row in json.loads(path.read_text(encoding="utf-8")):
        if row["name"] != "clean":
            losses.setdefault(start, {}).setdefault(row["name"], []).append(row["loss"])
masks = list(dict.fromkeys(mask for found in losses.values() for mask in found))
line(["pre-trained with ↓, tested with →"] + masks)
line(["---"] + ["---:"] * len(masks))
for start, found in losses.items():
    line([start] + [f"{statistics.median(found[mask]):.4f}" for mask in masks])
