"""What a validator makes of `mottle schema`: schema_checks.py FOLDER..., with `mottle` in the PATH.

Configs of the examples and of their pages and the lock files in FOLDERs must be valid, and broken ones must not.
"""
import copy
import glob
import json
import re
import subprocess
import sys

import yaml
from jsonschema import Draft202012Validator


class Loader(yaml.SafeLoader):
    """YAML 1.2's core schema, as editors and Mottle read it: `1e-8` is a number, `on` a string."""


Loader.yaml_implicit_resolvers = {}
for tag, pattern in {
    "null": r"~|null|Null|NULL|",
    "bool": r"true|false",
    "int": r"[-+]?[0-9]+",
    "float": r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?",
}.items():
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{pattern})$"), None)
Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: float(node.value))


def read(text):
    # Keys of JSON are strings.
    return json.loads(json.dumps(yaml.load(text, Loader)))


def validator(*options):
    schema = json.loads(subprocess.run(["mottle", "schema", *options], check=True, capture_output=True).stdout)
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


configs, chains, sweeps = validator(), validator("--chain"), validator("--sweep")


def check(name, value):
    schema = sweeps if "vary" in value else configs if isinstance(value, dict) and "model" in value else chains
    for error in schema.iter_errors(value):
        sys.exit(f"{name}: {error.json_path}: {error.message}")


files = sorted(glob.glob("examples/**/*.yaml", recursive=True))
locks = [lock for folder in sys.argv[1:] for lock in glob.glob(f"{folder}/**/config.lock.yaml", recursive=True)]
assert files and locks, (files, locks)
for path in files + locks:
    check(path, read(open(path).read()))

# Parts of configs, as the page shows them.
whole = read("data: fashion-mnist\nmodel: [flatten, dense: 10]\ntrain: {epochs: 1}")
pages = "".join(open(page).read() for page in sorted(glob.glob("examples/*.md")))
parts = [read(block) for block in re.findall(r"^```yaml\n(.*?)^```$", pages, re.S | re.M)]
assert len(parts) > 3
for part in parts:
    check(f"examples/*.md, {part}", part if "vary" in part else whole | part)

broken = """
seed: {a: 1}
data: {images: {train: a, sise: 3}}
data: {train: {images: a}}
train: {epochs: 0}
train: {}
train: {epochs: 1, optimizer: {adam: {beta1: 2}}}
model: [softplus]
chain: [gaussian: {sigma: -1}]
chain: [gaussian: {sigma: {uniform: [0]}}]
chain: [{gaussian: , probability: 1.5}]
chain: [{sequence: [shot], fill: mean}]
evaluate: [{chain: []}]
extra: 1
"""
for line in broken.strip().splitlines():
    assert not configs.is_valid(copy.deepcopy(whole) | read(line)), line
sweep = read("config: a.yaml\nvary: {chain: {none: {chain: []}}}")
assert sweeps.is_valid(sweep)
for line in ["seeds: []", "vary: {a: {b: {train.epoch: 1}}}", "set: {train.epochs: 0}", "baseline: clean", "vary: {}"]:
    assert not sweeps.is_valid(copy.deepcopy(sweep) | read(line)), line
print(f"{len(files)} examples, {len(parts)} parts of the pages and {len(locks)} lock files are valid")
