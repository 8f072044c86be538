#!/usr/bin/env python3
"""Prints the tables of the README from what the sweeps left in a folder; with --check also looks whether they make sense.

  summary.py FOLDER [--check]
"""
import csv
import json
import os
import statistics
import sys

LINE = "| {} |".format


def rows(file):
    with open(file, encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def spread(row):
    low, high = float(row["lowest"]), float(row["highest"])
    return f"{float(row['median']):.4f} ({low:.4f}…{high:.4f})"


def difference(row):
    if not row["difference"]:
        return ""
    low, high = float(row["interval from"]), float(row["interval to"])
    return f"{float(row['difference']):+.4f} ({low:+.4f}…{high:+.4f})"


def table(head, body):
    print(LINE(" | ".join(head)))
    print(LINE(" | ".join(["---"] + ["---:"] * (len(head) - 1))))
    for cells in body:
        print(LINE(" | ".join(cells)))
    print()


def misspelt(folder, runs):
    """Accuracies on misspelt texts, by what a model was trained on and by seed."""
    found = {}
    for run in runs:
        with open(os.path.join(folder, run["folder"], "misspelt.json"), encoding="utf-8") as file:
            found.setdefault(run["choices"][0], {})[run["seed"]] = json.load(file)[0]["accuracy"]
    return found


def signed(values):
    return f"{statistics.mean(values):+.4f} ({min(values):+.4f}…{max(values):+.4f})"


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        sys.exit(__doc__)
    folder = sys.argv[1]
    labels = [row for row in rows(f"{folder}/labels/table.csv") if row["test set"] == "clean"]
    starts = list(dict.fromkeys(row["start"] for row in labels))
    cells = {(row["start"], row["labels"]): row for row in labels}
    shares = list(dict.fromkeys(row["labels"] for row in labels))
    print("Median accuracy, with the lowest and the highest of the seeds:\n")
    table(["labels", *starts], [[share, *(spread(cells[start, share]) for start in starts)] for share in shares])
    print("Mean difference to 'none' with its 95 % interval:\n")
    table(["labels", *starts[1:]],
          [[share, *(difference(cells[start, share]) for start in starts[1:])] for share in shares])

    robust = {}
    for row in rows(f"{folder}/robust/table.csv"):
        test = f"{row['test set']} {row['parameters'].split(',')[0]}".strip()
        if test != "mean corruption error":
            robust.setdefault(test, {})[row["trained"]] = row
    with open(f"{folder}/robust/sweep.json", encoding="utf-8") as file:
        wrong = misspelt(f"{folder}/robust", json.load(file)["runs"])
    trained = list(wrong)
    medians = [[test, *(spread(cell[name]) for name in trained)] for test, cell in robust.items()]
    medians.append(["misspelt", *(f"{statistics.median(wrong[name].values()):.4f} "
                                  f"({min(wrong[name].values()):.4f}…{max(wrong[name].values()):.4f})"
                                  for name in trained)])
    differences = [[test, *(difference(cell[name]) for name in trained[1:])] for test, cell in robust.items()]
    differences.append(["misspelt", *(signed([wrong[name][seed] - wrong["clean"][seed] for seed in wrong["clean"]])
                                      for name in trained[1:])])
    print("Median accuracy of what was trained with noise, with the lowest and the highest of the seeds:\n")
    table(["test set", *trained], medians)
    print("Mean difference to 'clean' with its 95 % interval; of misspelt texts with the lowest and the highest of the seeds:\n")
    table(["test set", *trained[1:]], differences)

    if "--check" in sys.argv:
        problems = [f"{start} with 100 % of the labels: accuracy {cells[start, '100 %']['median']}, at least 0.25 is expected"
                    for start in starts if float(cells[start, "100 %"]["median"]) < 0.25]
        clean, noise = (float(robust["token_dropout rate 0.3"][name]["median"]) for name in ("clean", "dropout"))
        if noise < clean - 0.02:
            problems.append(f"tokens lost: trained with noise {noise:.4f}, trained clean {clean:.4f}; noise should help")
        if problems:
            sys.exit("\n".join(problems))
        print("The numbers make sense.")


main()
