"""Prints what a sweep found: trained × test noise, the mean over severities, from the folder's runs and its table.csv."""

import csv
import json
import pathlib
import re
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
runs = json.loads((folder / "sweep.json").read_text())["runs"]
columns = list(dict.fromkeys(run["choices"][0] for run in runs))
# By column a list with an element for each seed: accuracy by test noise, the mean over its severities.
found = {column: [] for column in columns}
seen = {}
for run in runs:
    [column] = run["choices"]
    rows = json.loads((folder / run["folder"] / "robustness.json").read_text())
    noises = dict.fromkeys(row["name"] for row in rows)
    found[column].append(
        {noise: statistics.mean(row["accuracy"] for row in rows if row["name"] == noise) for noise in noises}
    )
    lock = (folder / run["folder"] / "config.lock.yaml").read_text()
    chain = re.search(r"^chain:(.*?)^\w", lock, re.DOTALL | re.MULTILINE).group(1)
    seen[column] = set(re.findall(r"- (\w+):", chain))


def line(cells):
    print("| " + " | ".join(cells) + " |")


line(["test noise"] + columns)
line(["---"] + ["---:"] * len(columns))
spreads = []
for noise in found[columns[0]][0]:
    cells = []
    for column in columns:
        values = [seed[noise] for seed in found[column]]
        spreads.append(max(values) - min(values))
        text = f"{statistics.median(values):.4f}"
        cells.append(f"**{text}**" if noise in seen[column] else text)
    line([noise] + cells)
with open(folder / "table.csv", encoding="utf-8") as file:
    summaries = [row for row in csv.DictReader(file) if row["test set"].startswith("mean")]
for name in dict.fromkeys(row["test set"] for row in summaries):
    medians = {row["trained"]: float(row["median"]) for row in summaries if row["test set"] == name}
    spreads += [float(row["highest"]) - float(row["lowest"]) for row in summaries if row["test set"] == name]
    line([name] + [f"{medians[column]:.4f}" for column in columns])
print(f"\nBold: seen in training. Highest less lowest of the seeds: {statistics.median(spreads):.4f}", end="")
print(f" in the middle, {max(spreads):.4f} at most.")
