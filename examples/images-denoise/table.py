"""Prints the peak signal-to-noise ratios that a sweep found, with those of the noisy pictures themselves."""

import json
import pathlib
import statistics
import sys

folder = pathlib.Path(sys.argv[1])
runs = json.loads((folder / "sweep.json").read_text())["runs"]
columns = list(dict.fromkeys(run["choices"][0] for run in runs))
# By column and test noise a ratio for each seed.
found = {column: {} for column in columns}
noisy = {}
for run in runs:
    for row in json.loads((folder / run["folder"] / "robustness.json").read_text()):
        found[run["choices"][0]].setdefault(row["name"], []).append(row["psnr"])
        noisy[row["name"]] = row["psnr_in"]


def line(cells):
    print("| " + " | ".join(cells) + " |")


line(["test noise", "noisy"] + columns)
line(["---"] + ["---:"] * (len(columns) + 1))
spreads = []
for noise, ratio in noisy.items():
    cells = []
    for column in columns:
        values = found[column][noise]
        spreads.append(max(values) - min(values))
        cells.append(f"{statistics.median(values):.2f}")
    # The clean pictures have no noise: their ratio is infinite, which JSON does not have.
    line([noise, "∞" if ratio is None else f"{ratio:.2f}"] + cells)
print(f"\nHighest less lowest of the seeds: {statistics.median(spreads):.2f} in the middle, {max(spreads):.2f} at most.")
