"""A network of one hidden layer on scikit-learn's handwritten digits, in numpy: a third of a second a trial.

    train='python Notebooks/training/tiny.py'
    lrbound search tps cos-gen --steps 60 --shapes 4 --grid 0.03,3,4 --seeds 1 --fresh-seeds 3 --finalists 1 \\
      --refine 1 --state digits --jobs 2 \\
      --command "$train --base-lr {base_lr} --schedule-file {schedule_file} --seed {seed}"

SGD with momentum on 1,347 of the 1,797 images; the loss is the cross-entropy on the other 450, in nats.
"""

import importlib.util
import pathlib

import numpy as np

import trial

HIDDEN = 32
BATCH = 64
MOMENTUM = 0.9


def digits() -> tuple[np.ndarray, np.ndarray]:
    """The images, 64 pixels of 0 to 1, and their digits; the file of the package without its slow import."""
    package = importlib.util.find_spec("sklearn")
    if package is None:
        raise SystemExit("scikit-learn is not installed; pip install scikit-learn")
    file = pathlib.Path(package.submodule_search_locations[0]) / "datasets" / "data" / "digits.csv.gz"
    table = np.loadtxt(file, delimiter=",")
    return table[:, :64] / 16, table[:, 64].astype(int)


def forward(weights: list[np.ndarray], images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The hidden layer and the logarithms of the probabilities."""
    hidden = np.maximum(images @ weights[0] + weights[1], 0)
    scores = hidden @ weights[2] + weights[3]
    scores = scores - scores.max(axis=1, keepdims=True)
    return hidden, scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))


def cross_entropy(log_probabilities: np.ndarray, labels: np.ndarray) -> float:
    return float(-log_probabilities[np.arange(len(labels)), labels].mean())


def train(run: trial.Trial) -> dict[str, float]:
    images, labels = digits()
    # The split is the same for every seed.
    order = np.random.default_rng(0).permutation(len(labels))
    held, kept = order[:450], order[450:]
    generator = np.random.default_rng(run.seed)
    weights = [
        generator.normal(size=(64, HIDDEN)) * np.sqrt(2 / 64), np.zeros(HIDDEN),
        generator.normal(size=(HIDDEN, 10)) * np.sqrt(1 / HIDDEN), np.zeros(10),
    ]
    velocities = [np.zeros_like(weight) for weight in weights]
    for rate in run.learning_rates:
        batch = generator.choice(kept, BATCH, replace=False)
        # A run that diverges overflows on its way, and is told by its loss.
        with np.errstate(all="ignore"):
            hidden, log_probabilities = forward(weights, images[batch])
            run.check(cross_entropy(log_probabilities, labels[batch]))
            slope = np.exp(log_probabilities)
            slope[np.arange(BATCH), labels[batch]] -= 1
            slope /= BATCH
            back = (slope @ weights[2].T) * (hidden > 0)
            gradients = [images[batch].T @ back, back.sum(axis=0), hidden.T @ slope, slope.sum(axis=0)]
            for weight, velocity, gradient in zip(weights, velocities, gradients):
                velocity *= MOMENTUM
                velocity += gradient
                weight -= rate * velocity
    with np.errstate(all="ignore"):
        _, log_probabilities = forward(weights, images[held])
    error = float((log_probabilities.argmax(axis=1) != labels[held]).mean())
    return {"loss": cross_entropy(log_probabilities, labels[held]), "error": error}


if __name__ == "__main__":
    trial.from_options(trial.parser(__doc__).parse_args()).run(train)
