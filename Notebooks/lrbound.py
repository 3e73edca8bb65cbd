"""Asks the command line, and gives back what it answers.

    from lrbound import ask, multipliers

    ask("transfer", from_="wsd20", to="linear", lr=1e-3, steps=50_000)["base_lr"]
    multipliers("wsd20:decay=1-sqrt", steps=1000)

The command is $LRBOUND, or .build/release/lrbound of the package that this folder is in.
"""

import csv
import io
import json
import os
import pathlib
import subprocess
from collections.abc import Iterable

import numpy as np


class Refused(Exception):
    """The command's own line about what is wrong, and its exit code."""

    def __init__(self, message: str, code: int):
        super().__init__(message)
        self.code = code


def command() -> pathlib.Path:
    """The binary that answers."""
    built = pathlib.Path(__file__).resolve().parent.parent / ".build" / "release" / "lrbound"
    binary = pathlib.Path(os.environ.get("LRBOUND", built))
    if not binary.is_file():
        raise FileNotFoundError(f"{binary} is not there; run swift build -c release, or set LRBOUND")
    return binary


def ask(subcommand: str, *values: object, input: str | None = None, **options: object) -> dict:
    """The JSON object that the subcommand prints.

    `ask("model loss", "wsd20", steps=1000, task=(2, 4, 1))` runs
    `lrbound model loss wsd20 --steps 1000 --task 2,4,1 --json`: True is a flag, a sequence is joined by
    commas, an underscore is a hyphen, and one at the end (`from_`) keeps clear of Python's own words.
    """
    return json.loads(_output(subcommand, *values, "--json", input=input, **options))


def ask_table(subcommand: str, *values: object, input: str | None = None, **options: object) -> dict[str, np.ndarray]:
    """The columns of the CSV table that the subcommand prints, as numbers."""
    rows = list(csv.DictReader(io.StringIO(_output(subcommand, *values, "--csv", input=input, **options))))
    return {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}


def multipliers(spec: str, steps: int) -> np.ndarray:
    """The multipliers η_1 … η_T of a schedule; their maximum is 1."""
    return ask_table("schedule", spec, steps=steps)["multiplier"]


def as_csv(**columns: Iterable[object]) -> str:
    """Columns as the text of a CSV file, for a command's standard input (`input=`, read as `-` or `@-`)."""
    rows = zip(*columns.values(), strict=True)
    return "\n".join([",".join(columns)] + [",".join(map(_written, row)) for row in rows]) + "\n"


def _output(subcommand: str, *values: object, input: str | None, **options: object) -> str:
    words = subcommand.split() + [_written(value) for value in values]
    for name, value in options.items():
        flag = "--" + name.strip("_").replace("_", "-")
        if value is True:
            words.append(flag)
        elif value is not None and value is not False:
            words += [flag, _written(value)]
    done = subprocess.run([command(), *words], input=input, capture_output=True, text=True)
    if done.returncode != 0:
        raise Refused(done.stderr.strip(), done.returncode)
    return done.stdout


def _written(value: object) -> str:
    if isinstance(value, str | os.PathLike):
        return os.fspath(value)
    if isinstance(value, Iterable):
        return ",".join(_written(part) for part in value)
    return repr(value.item() if isinstance(value, np.generic) else value)
