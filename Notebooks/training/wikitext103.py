"""A small decoder-only transformer on WikiText-103, in PyTorch.

    train='python Notebooks/training/wikitext103.py --data wikitext-103'
    lrbound search tps cos-gen --steps 5000 --grid 1e-4,1e-2,7 --state wikitext \\
      --command "$train --base-lr {base_lr} --schedule-file {schedule_file} --seed {seed}"

--data is the folder with the plain text of the data set, words and punctuation separated by blanks:
wiki.train.tokens and wiki.valid.tokens. The vocabulary is the most frequent words; the rest are <unk>. The
words are numbered once, and kept beside the text where that can be written. The loss is the cross-entropy on the
validation text, in nats a word.
"""

import argparse
import collections
import os
import pathlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import devices
import trial

UNKNOWN = "<unk>"
END_OF_LINE = "<eos>"


def words(file: pathlib.Path):
    """The words of a text, and one more at the end of each line that has any."""
    with open(file, encoding="utf-8") as lines:
        for line in lines:
            found = line.split()
            if found:
                yield from found
                yield END_OF_LINE


def vocabulary(file: pathlib.Path, size: int) -> dict[str, int]:
    """Numbers for the most frequent words, the first among equals first; 0 is the unknown word."""
    counts = collections.Counter(words(file))
    counts.pop(UNKNOWN, None)
    return {UNKNOWN: 0} | {word: index + 1 for index, (word, _) in enumerate(counts.most_common(size - 1))}


def write_whole(file: pathlib.Path, numbers: np.ndarray) -> None:
    """Writes an array, whole or not at all, whatever other trials do at the same time."""
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    with open(part, "wb") as stream:
        np.save(stream, numbers)
    os.replace(part, file)


def load(folder: pathlib.Path, size: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The training text and the validation text as numbers of words."""
    texts = [folder / "wiki.train.tokens", folder / "wiki.valid.tokens"]
    for text in texts:
        if not text.is_file():
            raise FileNotFoundError(f"{text} is missing; give the folder of the word-level WikiText-103")
    kept = [text.with_suffix(f".{size}.npy") for text in texts]
    newest = max(text.stat().st_mtime for text in texts)
    if all(file.is_file() and file.stat().st_mtime >= newest for file in kept):
        arrays = [np.load(file, mmap_mode="r") for file in kept]
    else:
        numbers = vocabulary(texts[0], size)
        arrays = [np.fromiter((numbers.get(word, 0) for word in words(text)), dtype=np.uint16) for text in texts]
        try:
            for file, array in zip(kept, arrays):
                write_whole(file, array)
        except OSError:
            pass  # A folder that is only read: the words are numbered anew by every trial.
    train, valid = (torch.from_numpy(np.array(array, dtype=np.int64)) for array in arrays)
    return train, valid


class Block(nn.Module):
    """Attention to what came before, and two dense layers, each normalised before and added to its input."""

    def __init__(self, width: int, heads: int):
        super().__init__()
        self.heads = heads
        self.before_attention = nn.LayerNorm(width)
        self.queries_keys_values = nn.Linear(width, 3 * width, bias=False)
        self.attended = nn.Linear(width, width, bias=False)
        self.before_dense = nn.LayerNorm(width)
        self.dense = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        texts, length, width = states.shape
        parts = self.queries_keys_values(self.before_attention(states)).chunk(3, dim=-1)
        queries, keys, values = (
            part.view(texts, length, self.heads, width // self.heads).transpose(1, 2) for part in parts)
        mixed = functional.scaled_dot_product_attention(queries, keys, values, is_causal=True)
        states = states + self.attended(mixed.transpose(1, 2).reshape(texts, length, width))
        return states + self.dense(self.before_dense(states))


class Decoder(nn.Module):
    """A decoder whose input and output share their embedding."""

    def __init__(self, size: int, length: int, width: int, layers: int, heads: int):
        super().__init__()
        self.embedding = nn.Embedding(size, width)
        self.positions = nn.Embedding(length, width)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(layers)))
        self.last = nn.LayerNorm(width)
        for embedding in (self.embedding, self.positions):
            nn.init.normal_(embedding.weight, std=0.02)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        positions = torch.arange(text.shape[1], device=text.device)
        states = self.last(self.blocks(self.embedding(text) + self.positions(positions)))
        return states @ self.embedding.weight.T


def loss_on(model: nn.Module, text: torch.Tensor) -> torch.Tensor:
    """The mean cross-entropy of each next word; `text` has one word more a row than the model reads."""
    scores = model(text[:, :-1])
    return functional.cross_entropy(scores.flatten(0, 1), text[:, 1:].flatten())


@torch.no_grad()
def evaluate(model: nn.Module, text: torch.Tensor, length: int, batch: int, most: int) -> float:
    """The mean cross-entropy over the first pieces of a text, which overlap by the one word that is predicted."""
    count = min(most, (len(text) - 1) // length)
    pieces = torch.stack([text[index * length:(index + 1) * length + 1] for index in range(count)])
    total = sum(loss_on(model, piece).item() * len(piece) for piece in pieces.split(batch))
    return total / count


def train(run: trial.Trial, options: argparse.Namespace) -> dict[str, float]:
    device = devices.prepare(run.seed, options.threads)
    text, valid = (tensor.to(device) for tensor in load(options.data, options.vocabulary))
    length = options.length
    if min(len(text), len(valid)) <= length:
        raise ValueError(f"{options.data} has fewer than {length + 1} words in a text; give a shorter --length")
    model = Decoder(options.vocabulary, length, options.width, options.layers, options.heads).to(device)
    optimizer = devices.optimizer(model, options)
    # Pieces of the text that follow each other without a gap, in an order of the seed's.
    pieces = (len(text) - 1) // length
    batches = devices.batches(pieces, min(options.batch, pieces), run.seed)
    offsets = torch.arange(length + 1, device=device)
    for rate in run.learning_rates:
        starts = next(batches).to(device) * length
        loss = loss_on(model, text[starts[:, None] + offsets])
        run.check(loss.item())
        devices.step(optimizer, loss, rate, options.weight_decay, clip=options.clip)
    return {"loss": evaluate(model, valid, length, options.batch, options.evaluation_pieces)}


if __name__ == "__main__":
    parser = trial.parser(__doc__)
    parser.add_argument("--data", type=pathlib.Path, required=True, help="the folder with wiki.train.tokens")
    parser.add_argument("--vocabulary", type=int, default=8192, help="words that have a number, at most 65,535 (8192)")
    parser.add_argument("--length", type=int, default=256, help="words that the model reads at once (256)")
    parser.add_argument("--width", type=int, default=256, help="of the embedding (256)")
    parser.add_argument("--layers", type=int, default=4, help="blocks (4)")
    parser.add_argument("--heads", type=int, default=4, help="of the attention (4)")
    parser.add_argument("--clip", type=float, default=1.0, help="the largest norm of a gradient (1)")
    parser.add_argument("--evaluation-pieces", type=int, default=512, help="pieces of the validation text (512)")
    devices.add_options(parser, batch=32)
    arguments = parser.parse_args()
    if not 2 <= arguments.vocabulary <= 65_535:
        parser.error("--vocabulary takes 2 to 65,535 words")
    if arguments.width % arguments.heads:
        parser.error("--width is a multiple of --heads")
    trial.from_options(arguments).run(lambda run: train(run, arguments))
