"""One trial of `lrbound search`: its learning rates go in, its result.json comes out.

The training scripts beside this file share it. A script of your own needs no more than this: read the
column lr of the schedule file, train one step a row, write result.json into the schedule file's folder.
"""

import argparse
import csv
import json
import math
import os
import pathlib
from collections.abc import Callable


class Diverged(Exception):
    """The loss has grown out of bounds: a result, not a failure."""


class Trial:
    """The learning rates and the seed of a trial, and the place of its result."""

    LARGEST_LOSS = 1e4

    def __init__(self, base_lr: float, schedule_file: pathlib.Path, seed: int):
        self.base_lr = base_lr
        self.seed = seed
        self.folder = schedule_file.parent
        with open(schedule_file, newline="") as file:
            rows = list(csv.DictReader(file))
        self.learning_rates = [float(row["lr"]) for row in rows]
        if not rows:
            raise ValueError(f"{schedule_file} holds no steps")
        for row, rate in zip(rows, self.learning_rates):
            if not math.isclose(rate, base_lr * float(row["multiplier"]), rel_tol=1e-9, abs_tol=1e-300):
                raise ValueError(f"{schedule_file} was written for another base learning rate than {base_lr}")

    @property
    def steps(self) -> int:
        return len(self.learning_rates)

    def check(self, loss: float) -> float:
        """The loss, unless the trial has diverged."""
        if not loss <= self.LARGEST_LOSS:
            raise Diverged
        return loss

    def run(self, train: Callable[["Trial"], dict[str, float]]) -> None:
        """Trains, and writes what came of it: `train` returns the loss and whatever else is worth keeping."""
        try:
            measured = train(self)
            self.check(measured["loss"])
            self.write({"status": "ok"} | measured)
        except Diverged:
            self.write({"status": "diverged", "loss": None})

    def write(self, result: dict) -> None:
        """Writes result.json, whole or not at all."""
        part = self.folder / "result.json.part"
        with open(part, "w") as file:
            json.dump(result, file, allow_nan=False)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, self.folder / "result.json")


def parser(description: str) -> argparse.ArgumentParser:
    """The options of a trial, to which a script adds its own."""
    options = argparse.ArgumentParser(
        description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--base-lr", type=float, required=True, metavar="{base_lr}")
    options.add_argument("--schedule-file", type=pathlib.Path, required=True, metavar="{schedule_file}")
    options.add_argument("--seed", type=int, default=0, metavar="{seed}")
    return options


def from_options(options: argparse.Namespace) -> Trial:
    """The trial that the options describe."""
    return Trial(options.base_lr, options.schedule_file, options.seed)
