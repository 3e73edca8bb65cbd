"""A small convolutional network on CIFAR-10, in PyTorch.

    train='python Notebooks/training/cifar10.py --data cifar-10-batches-py'
    lrbound search tps cos-gen --steps 2000 --grid 1e-4,1e-2,7 --state cifar10 --jobs 4 \\
      --command "$train --base-lr {base_lr} --schedule-file {schedule_file} --seed {seed}"

--data is the folder that the data set's "python version" unpacks into: data_batch_1 to data_batch_5 and
test_batch. Two convolutions of 32 and 64 channels, each with a pooling, and two dense layers; pixels of 0 to 1,
no augmentation. The loss is the cross-entropy on the training set or, with --score test, on the test set.
"""

import argparse
import pathlib
import pickle

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import devices
import trial


class ArrayUnpickler(pickle.Unpickler):
    """Reads pickled arrays, and refuses all else that a pickle could run."""

    ALLOWED = {
        ("numpy", "ndarray"): np.ndarray,
        ("numpy", "dtype"): np.dtype,
        ("_codecs", "encode"): lambda text, encoding: text.encode(encoding),
    }

    def find_class(self, module: str, name: str):
        if name == "_reconstruct" and module in ("numpy.core.multiarray", "numpy._core.multiarray"):
            return np.ndarray.__reduce__(np.empty(0))[0]
        if (module, name) in self.ALLOWED:
            return self.ALLOWED[module, name]
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of CIFAR-10")


def read_batch(file: pathlib.Path) -> tuple[np.ndarray, np.ndarray]:
    """The images of a file, three rows of 1,024 bytes each, and their labels."""
    with open(file, "rb") as stream:
        batch = ArrayUnpickler(stream, encoding="bytes").load()
    images, labels = np.asarray(batch[b"data"], dtype=np.uint8), np.asarray(batch[b"labels"], dtype=np.int64)
    if images.shape != (len(labels), 3072) or labels.min() < 0 or labels.max() > 9:
        raise ValueError(f"{file} does not hold images of 3 x 32 x 32 with labels 0 to 9")
    return images.reshape(-1, 3, 32, 32), labels


def load(folder: pathlib.Path, test: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """The images of the training set or the test set, 0 to 1, and their labels."""
    files = [folder / "test_batch"] if test else sorted(folder.glob("data_batch_[1-5]"))
    if not files:
        raise FileNotFoundError(f"{folder} has no data_batch_1; give the folder cifar-10-batches-py")
    images, labels = zip(*(read_batch(file) for file in files))
    return torch.from_numpy(np.concatenate(images)).float() / 255, torch.from_numpy(np.concatenate(labels))


def network() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding="same"), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(64 * 8 * 8, 256), nn.ReLU(), nn.Linear(256, 10))


@torch.no_grad()
def evaluate(model: nn.Module, images: torch.Tensor, labels: torch.Tensor) -> tuple[float, float]:
    """The mean cross-entropy and the part of images that are taken for something else."""
    total, wrong = 0.0, 0
    for first in range(0, len(labels), 1000):
        scores = model(images[first:first + 1000])
        target = labels[first:first + 1000]
        total += functional.cross_entropy(scores, target, reduction="sum").item()
        wrong += (scores.argmax(dim=1) != target).sum().item()
    return total / len(labels), wrong / len(labels)


def train(run: trial.Trial, options: argparse.Namespace) -> dict[str, float]:
    device = devices.prepare(run.seed, options.threads)
    images, labels = (tensor.to(device) for tensor in load(options.data, test=False))
    batch = min(options.batch, len(labels))
    model = network().to(device)
    optimizer = devices.optimizer(model, options)
    batches = devices.batches(len(labels), batch, run.seed)
    for rate in run.learning_rates:
        chosen = next(batches).to(device)
        loss = functional.cross_entropy(model(images[chosen]), labels[chosen])
        run.check(loss.item())
        devices.step(optimizer, loss, rate, options.weight_decay)
    result = {}
    for name, test in (("train", False), ("test", True)):
        if test:
            images, labels = (tensor.to(device) for tensor in load(options.data, test=True))
        result[f"{name}_loss"], result[f"{name}_error"] = evaluate(model, images, labels)
    return {"loss": result[f"{options.score}_loss"]} | {
        key: value for key, value in result.items() if np.isfinite(value)}


if __name__ == "__main__":
    parser = trial.parser(__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder cifar-10-batches-py")
    parser.add_argument("--score", choices=["train", "test"], default="train", help="whose loss counts (train)")
    devices.add_options(parser, batch=256)
    arguments = parser.parse_args()
    trial.from_options(arguments).run(lambda run: train(run, arguments))
