"""What the PyTorch scripts share: a device, an optimiser, the order of the data."""

import argparse
from collections.abc import Iterator

import torch
from torch import nn


def add_options(parser: argparse.ArgumentParser, batch: int) -> None:
    parser.add_argument("--batch", type=int, default=batch, help=f"examples of a step ({batch})")
    parser.add_argument("--optimizer", choices=["adam", "sgd", "momentum"], default="adam", help="(adam)")
    parser.add_argument("--weight-decay", type=float, default=0.0, help="decoupled, times the learning rate (0)")
    parser.add_argument("--threads", type=int, default=1, help="processors of a trial (1)")


def prepare(seed: int, threads: int) -> torch.device:
    """The device to train on, with its random numbers set."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def optimizer(model: nn.Module, options: argparse.Namespace) -> torch.optim.Optimizer:
    """The optimiser; its learning rate is set anew at every step, and the weight decay is that of `step`."""
    if options.optimizer == "adam":
        return torch.optim.Adam(model.parameters(), lr=0.0)
    return torch.optim.SGD(model.parameters(), lr=0.0, momentum=0.9 if options.optimizer == "momentum" else 0.0)


def step(
    optimizer: torch.optim.Optimizer, loss: torch.Tensor, rate: float, weight_decay: float, clip: float | None = None
) -> None:
    """One step at a learning rate, with decoupled weight decay: all weights shrink by rate * weight_decay."""
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    for group in optimizer.param_groups:
        group["lr"] = rate
        if clip is not None:
            nn.utils.clip_grad_norm_(group["params"], clip)
        with torch.no_grad():
            for weights in group["params"]:
                weights.mul_(1 - rate * weight_decay)
    optimizer.step()


def batches(count: int, batch: int, seed: int) -> Iterator[torch.Tensor]:
    """Indices of batches without end: every example once, in a new order each time; a last part batch is left out."""
    generator = torch.Generator().manual_seed(seed)
    while True:
        order = torch.randperm(count, generator=generator)
        for first in range(0, count - batch + 1, batch):
            yield order[first:first + batch]
