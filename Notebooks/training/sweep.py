"""A sweep of real training runs: schedules x horizons x base learning rates x seeds, one row a run.

    cd Notebooks && python -m training.sweep --jobs 2 > own-sweep.csv
    cd Notebooks && python -m training.sweep --batches 512,4096 --jobs 2 > own-batches.csv

A small language model reads the Python source of scikit-learn, 13 MB that pip installs, byte by byte: the
next byte from the 16 before it. A batch is 64 places drawn at random, of which the longest run sees 4 %:
hardly anything is seen twice, as in pretraining. The larger batches have wsd20 only, and learning rates and
horizons of their own; the longest of them see a third (512) or two thirds (4096) of the text.
AdamW (0.9, 0.95), weight decay 0.1, gradients clipped to norm 1, in float32. The final loss is the mean
over 8,192 places of files that no run trains on, in nats a byte.
"""

import argparse
import csv
import functools
import importlib.util
import itertools
import multiprocessing
import os
import pathlib
import sys

# A run is too small for more than one thread; many runs go side by side.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np

from lrbound import multipliers

# By the places in a batch: schedules, horizons and base learning rates.
PLANS = {
    64: (["constant", "wsd10", "wsd20", "wsd40", "linear", "cosine"], [500, 2000, 8000], range(0, 6)),
    512: (["wsd20"], [500, 2000, 8000], range(1, 7)),
    4096: (["wsd20"], [125, 500, 2000], range(2, 8)),
}
SEEDS = [0, 1, 2]

CONTEXT = 16
SYMBOLS = 97
EMBEDDING = 16
HIDDEN = 64
HELD_OUT_PLACES = 8192


@functools.cache
def text() -> tuple[np.ndarray, np.ndarray]:
    """The symbols of the training files and of every twentieth file, which is held out.

    A symbol is one of the 95 printable ASCII characters, the end of a line, or anything else.
    """
    package = importlib.util.find_spec("sklearn")
    if package is None:
        raise SystemExit("scikit-learn is not installed; pip install -r requirements.txt")
    folder = pathlib.Path(package.submodule_search_locations[0])
    files = sorted(folder.rglob("*.py"), key=lambda file: file.relative_to(folder).as_posix())
    kept = b"".join(file.read_bytes() for number, file in enumerate(files) if number % 20 != 0)
    held = b"".join(file.read_bytes() for number, file in enumerate(files) if number % 20 == 0)
    symbol_of_byte = np.full(256, SYMBOLS - 1, dtype=np.uint8)
    symbol_of_byte[32:127] = np.arange(95)
    symbol_of_byte[10] = 95
    return symbol_of_byte[np.frombuffer(kept, np.uint8)], symbol_of_byte[np.frombuffer(held, np.uint8)]


def examples(symbols: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 16 symbols before each place, and the one that is there."""
    return symbols[places[:, None] + np.arange(-CONTEXT, 0)], symbols[places]


def forward(weights: list[np.ndarray], context: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The embedded context, the hidden layer and the logarithms of the probabilities."""
    embedding, first, first_bias, second, second_bias = weights
    embedded = embedding[context].reshape(len(context), CONTEXT * EMBEDDING)
    hidden = np.maximum(embedded @ first + first_bias, 0)
    scores = hidden @ second + second_bias
    scores -= scores.max(axis=1, keepdims=True)
    return embedded, hidden, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def gradients(weights: list[np.ndarray], context: np.ndarray, target: np.ndarray) -> list[np.ndarray]:
    """The gradients of the mean cross-entropy."""
    embedded, hidden, log_probabilities = forward(weights, context)
    slope = np.exp(log_probabilities)
    slope[np.arange(len(target)), target] -= 1
    slope /= len(target)
    back = (slope @ weights[3].T) * (hidden > 0)
    places = (back @ weights[1].T).reshape(-1, EMBEDDING)
    one_hot = np.zeros((SYMBOLS, context.size), dtype=np.float32)
    one_hot[context.ravel(), np.arange(context.size)] = 1
    return [one_hot @ places, embedded.T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)]


def final_loss(batch: int, spec: str, steps: int, base_lr: float, seed: int) -> float:
    """Trains one model and returns its loss on the held-out files; NaN if it diverged."""
    kept, held = text()
    generator = np.random.default_rng(seed)
    scales = [
        ((SYMBOLS, EMBEDDING), 1),
        ((CONTEXT * EMBEDDING, HIDDEN), (2 / (CONTEXT * EMBEDDING)) ** 0.5),
        ((HIDDEN,), 0),
        ((HIDDEN, SYMBOLS), HIDDEN**-0.5),
        ((SYMBOLS,), 0),
    ]
    weights = [(scale * generator.standard_normal(shape)).astype(np.float32) for shape, scale in scales]
    means = [np.zeros_like(weight) for weight in weights]
    squares = [np.zeros_like(weight) for weight in weights]
    for step, multiplier in enumerate(multipliers(spec, steps), start=1):
        context, target = examples(kept, generator.integers(CONTEXT, len(kept), batch))
        slopes = gradients(weights, context, target)
        norm = sum(float(np.vdot(slope, slope)) for slope in slopes) ** 0.5
        if not np.isfinite(norm):
            return float("nan")
        rate = np.float32(base_lr * multiplier)
        for weight, mean, square, slope in zip(weights, means, squares, slopes):
            slope *= np.float32(1 / max(norm, 1))
            mean += np.float32(0.1) * (slope - mean)
            square += np.float32(0.05) * (slope * slope - square)
            weight *= 1 - rate * np.float32(0.1)
            weight -= (
                rate
                / np.float32(1 - 0.9**step)
                * mean
                / (np.sqrt(square / np.float32(1 - 0.95**step)) + np.float32(1e-8))
            )
    places = np.random.default_rng(0).integers(CONTEXT, len(held), HELD_OUT_PLACES)
    context, target = examples(held, places)
    log_probabilities = forward(weights, context)[2]
    return float(-log_probabilities[np.arange(len(target)), target].mean())


def row(run: tuple[int, str, int, float, int]) -> list[str]:
    batch, spec, steps, base_lr, seed = run
    return [str(batch), spec, str(steps), f"{base_lr:g}", str(seed), f"{final_loss(*run):.5f}"]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--jobs", type=int, default=1, help="runs side by side")
    options.add_argument("--batches", default="64", help="places a batch, separated by commas")
    given = options.parse_args()
    runs = [
        (batch, f"{name}:warmup=40steps", steps, 2**exponent * 1e-3, seed)
        for batch in map(int, given.batches.split(","))
        for steps, name, exponent, seed in itertools.product(PLANS[batch][1], PLANS[batch][0], PLANS[batch][2], SEEDS)
    ]
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["batch_tokens", "spec", "steps", "base_lr", "seed", "final_loss"])
    with multiprocessing.Pool(given.jobs) as pool:
        for number, finished in enumerate(pool.imap(row, runs), start=1):
            table.writerow(finished)
            sys.stdout.flush()
            print(f"{number} of {len(runs)} runs", file=sys.stderr)


if __name__ == "__main__":
    main()
