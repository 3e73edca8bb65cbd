"""Compares `lrbound schedule --dialect` with the real libraries, step for step, and exports with what
the real libraries make of them.

    python3 Tests/RealLibraries/compare.py .build/release/lrbound [--only hf,torch] [--seed 1]
    python3 Tests/RealLibraries/compare.py .build/release/lrbound --record Tests/RealLibraries/recorded.json

Libraries that are not installed (requirements.txt) or downloaded (sources.txt, into the folder given by
--sources) are skipped with a message. Exit code 1 where a learning rate differs by more than 1e-12 of the
largest of its run (1e-6 for libraries that compute in single precision).
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.dirname(__file__))
import libraries  # noqa: E402
import roundtrip  # noqa: E402

TOLERANCE = 1e-12

# Keras rounds some intermediate values to single precision, whatever its floatx.
SINGLE_PRECISION = {"keras": 1e-6}


def lrbound(command, *arguments):
    run = subprocess.run([command, *arguments], capture_output=True, text=True)
    if run.returncode != 0:
        raise RuntimeError(f"{' '.join(arguments)}: {run.stderr.strip()}")
    return run.stdout


def column(table, name):
    header, *rows = [line.split(",") for line in table.split()]
    index = header.index(name)
    return [float(row[index]) for row in rows]


def ours(command, dialect, name, kwargs, steps, lr):
    arguments = ["schedule", "--dialect", dialect, "--kwargs", json.dumps(kwargs)]
    arguments += ["--steps", str(steps), "--csv"] + ([name] if name else [])
    # Learning rates among the parameters leave the optimiser's without a say.
    own = ("OneCycle", "LRRangeTest", "WarmupDecayLR")
    if lr is not None and name not in own and "warmup_max_lr" not in kwargs:
        arguments += ["--lr", repr(lr)]
    return column(lrbound(command, *arguments), "lr")


def difference(values, expected):
    peak = max(expected)
    if len(values) != len(expected):
        return float("inf")
    return max(abs(a - b) for a, b in zip(values, expected)) / peak


def compare(command, dialect, cases):
    counts, worst = collections.Counter(), 0.0
    failures = []
    for name, kwargs, steps, lr, expected in cases:
        if max(expected) <= 0:
            continue
        counts[name] += 1
        try:
            error = difference(ours(command, dialect, name, kwargs, steps, lr), expected)
        except RuntimeError as problem:
            failures.append(f"{name} {kwargs} steps {steps} lr {lr}: {problem}")
            continue
        worst = max(worst, error)
        if error > SINGLE_PRECISION.get(dialect, TOLERANCE):
            failures.append(f"{name} {kwargs} steps {steps} lr {lr}: differs by {error:.3g}")
    total = sum(counts.values())
    print(f"{dialect:12} {len(counts):3} schedulers {total:5} cases  largest difference {worst:.2g}")
    for failure in failures[:5]:
        print(f"  {failure}")
    return len(failures), total


def recorded(command, path):
    """The values of a library that no registry has."""
    with open(path) as file:
        record = json.load(file)
    cases = [
        (case["name"], case["kwargs"], case["steps"], case["lr"], case["rates"])
        for case in record["cases"]]
    print(f"# {record['dialect']}: values recorded from {record['source']}")
    return compare(command, record["dialect"], cases)


def record(path, sources, seed):
    """Writes two short cases a scheduler, for the tests that run without the libraries."""
    lines = []
    for dialect, cases in libraries.LIBRARIES.items():
        kept = collections.Counter()
        for name, kwargs, steps, lr, rates in cases(random.Random(seed), sources):
            if steps <= 40 and kept[name] < 2 and max(rates) > 0:
                kept[name] += 1
                lines.append(json.dumps({
                    "dialect": dialect, "name": name, "kwargs": kwargs, "steps": steps, "lr": lr,
                    "rates": rates}))
    with open(path, "w") as file:
        file.write('{"source": ' + json.dumps(versions()) + ',\n"cases": [\n')
        file.write(",\n".join(lines) + "\n]}\n")


def versions():
    """The packages that the cases come from."""
    import importlib.metadata

    here = os.path.dirname(__file__)
    named = [f"{name} {importlib.metadata.version(name)}" for name in
             ["torch", "transformers", "optax", "keras"]]
    with open(os.path.join(here, "sources.txt")) as file:
        named += [line.strip().replace("==", " ") for line in file if "==" in line]
    return ", ".join(named)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("command")
    parser.add_argument("--sources", default=os.path.expanduser("~/.cache/lrbound-dialects"))
    parser.add_argument("--only", default="")
    parser.add_argument("--record")
    parser.add_argument("--seed", type=int, default=20261121)
    options = parser.parse_args()
    only = [name for name in options.only.split(",") if name]
    sources = libraries.Sources(options.sources)
    if options.record:
        return record(options.record, sources, options.seed)
    failed = passed = skipped = 0
    for dialect, cases in libraries.LIBRARIES.items():
        if only and dialect not in only:
            continue
        rng = random.Random(options.seed)
        try:
            failures, total = compare(options.command, dialect, cases(rng, sources))
        except (ImportError, OSError) as problem:
            print(f"{dialect:12} skipped: {problem}")
            skipped += 1
            continue
        failed, passed = failed + failures, passed + total - failures
    folder = os.path.dirname(__file__)
    if not only or "epfml" in only:
        failures, total = recorded(options.command, os.path.join(folder, "epfml.json"))
        failed, passed = failed + failures, passed + total - failures
    if not only or "export" in only:
        failures, total, missing = roundtrip.check(options.command, sources)
        failed, passed, skipped = failed + failures, passed + total - failures, skipped + missing
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
