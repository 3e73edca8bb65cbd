"""The training scripts on small files in the formats of the real data sets: python -m unittest, in this folder.

Tests of what is not installed (scikit-learn, torch) are skipped.
"""

import importlib.util
import json
import os
import pathlib
import pickle
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import trial

FOLDER = pathlib.Path(__file__).parent
HAS_TORCH = importlib.util.find_spec("torch") is not None
HAS_DIGITS = importlib.util.find_spec("sklearn") is not None


def write_schedule(folder: pathlib.Path, base_lr: float, multipliers: list[float]) -> pathlib.Path:
    folder.mkdir(parents=True)
    file = folder / "schedule.csv"
    rows = [f"{step},{value!r},{value * base_lr!r}" for step, value in enumerate(multipliers, start=1)]
    file.write_text("\n".join(["step,multiplier,lr", *rows]) + "\n")
    return file


class Scripts(unittest.TestCase):
    """Runs the scripts as a search would."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.runs = 0

    def start(self, script: str, *options, base_lr: float, steps: int, seed: int = 0):
        self.runs += 1
        multipliers = [1 - step / steps for step in range(steps)]
        schedule = write_schedule(self.folder / f"trial {self.runs}", base_lr, multipliers)
        command = [
            sys.executable, FOLDER / script, "--base-lr", repr(base_lr), "--schedule-file", schedule,
            "--seed", str(seed), *options,
        ]
        return schedule.parent, subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd="/")

    def result(self, script: str, *options, **settings) -> dict:
        folder, run = self.start(script, *options, **settings)
        self.assertEqual(run.returncode, 0, run.stderr)
        self.assertEqual(sorted(os.listdir(folder)), ["result.json", "schedule.csv"])
        return json.loads((folder / "result.json").read_text())


class TrialTests(unittest.TestCase):
    def test_reads_what_lrbound_writes(self):
        with tempfile.TemporaryDirectory() as name:
            file = write_schedule(pathlib.Path(name) / "a", 0.1, [1.0, 0.5])
            read = trial.Trial(0.1, file, 3)
            self.assertEqual(read.learning_rates, [0.1, 0.05])
            with self.assertRaises(ValueError):
                trial.Trial(0.2, file, 3)
            empty = write_schedule(pathlib.Path(name) / "b", 0.1, [])
            with self.assertRaises(ValueError):
                trial.Trial(0.1, empty, 3)

    def test_what_comes_of_it(self):
        for loss, expected in [(1.5, "ok"), (float("nan"), "diverged"), (float("inf"), "diverged"), (1e9, "diverged")]:
            with self.subTest(loss=loss), tempfile.TemporaryDirectory() as name:
                file = write_schedule(pathlib.Path(name) / "a", 0.1, [1.0])
                trial.Trial(0.1, file, 0).run(lambda _: {"loss": loss})
                result = json.loads((file.parent / "result.json").read_text())
                self.assertEqual(result["status"], expected)


@unittest.skipUnless(HAS_DIGITS, "scikit-learn is not installed")
class TinyTests(Scripts):
    def test_learns_and_diverges(self):
        short = self.result("tiny.py", base_lr=0.1, steps=2)
        long = self.result("tiny.py", base_lr=0.1, steps=150)
        self.assertLess(long["loss"], 0.5 * short["loss"])
        self.assertLess(long["error"], 0.1)
        self.assertEqual(long, self.result("tiny.py", base_lr=0.1, steps=150))
        self.assertNotEqual(long, self.result("tiny.py", base_lr=0.1, steps=150, seed=1))
        self.assertEqual(self.result("tiny.py", base_lr=1e6, steps=20)["status"], "diverged")


def write_cifar(folder: pathlib.Path, images_per_file: int = 40, files: int = 5) -> None:
    """Files of the data set's python version, whose images are their labels' shades with noise."""
    folder.mkdir()
    generator = np.random.default_rng(0)
    for name in [f"data_batch_{index}" for index in range(1, files + 1)] + ["test_batch"]:
        labels = generator.integers(0, 10, images_per_file)
        images = np.clip(25 * labels[:, None] + generator.normal(0, 5, (images_per_file, 3072)), 0, 255)
        batch = {
            b"batch_label": name.encode(), b"labels": labels.tolist(), b"data": images.astype(np.uint8),
            b"filenames": [b"%d.png" % index for index in range(images_per_file)],
        }
        with open(folder / name, "wb") as file:
            pickle.dump(batch, file, protocol=2)


class Intruder:
    def __reduce__(self):
        return os.system, ("touch intruder",)


@unittest.skipUnless(HAS_TORCH, "torch is not installed")
class CIFARTests(Scripts):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "cifar-10-batches-py"
        write_cifar(self.data)

    def test_reads_all_images_as_they_are(self):
        import cifar10
        images, labels = cifar10.load(self.data, test=False)
        self.assertEqual((images.shape, labels.shape), ((200, 3, 32, 32), (200,)))
        with open(self.data / "data_batch_1", "rb") as file:
            first = pickle.load(file, encoding="bytes")
        # The red plane first, row by row.
        self.assertAlmostEqual(images[7, 0, 2, 5].item() * 255, first[b"data"][7][2 * 32 + 5], places=3)
        self.assertAlmostEqual(images[7, 2, 31, 0].item() * 255, first[b"data"][7][2 * 1024 + 31 * 32], places=3)
        self.assertEqual(labels[:40].tolist(), first[b"labels"])

    def test_learns_and_diverges(self):
        options = ["--data", self.data, "--batch", "32"]
        short = self.result("cifar10.py", *options, base_lr=1e-3, steps=1)
        long = self.result("cifar10.py", *options, base_lr=1e-3, steps=60)
        self.assertLess(long["loss"], 0.7 * short["loss"])
        self.assertEqual(long["loss"], long["train_loss"])
        scored = self.result("cifar10.py", *options, "--score", "test", base_lr=1e-3, steps=60)
        self.assertEqual(scored["loss"], long["test_loss"])
        for optimizer in ["sgd", "momentum"]:
            more = [*options, "--optimizer", optimizer, "--weight-decay", "0.1"]
            self.assertEqual(self.result("cifar10.py", *more, base_lr=1e-2, steps=3)["status"], "ok")
        wild = self.result("cifar10.py", *options, "--optimizer", "sgd", base_lr=1e8, steps=20)
        self.assertEqual(wild["status"], "diverged")

    def test_refuses_what_is_not_the_data_set(self):
        _, run = self.start("cifar10.py", "--data", self.folder, base_lr=1e-3, steps=1)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("cifar-10-batches-py", run.stderr.splitlines()[-1])
        with open(self.data / "data_batch_3", "wb") as file:
            pickle.dump({b"data": Intruder(), b"labels": []}, file)
        _, run = self.start("cifar10.py", "--data", self.data, base_lr=1e-3, steps=1)
        self.assertNotEqual(run.returncode, 0)
        self.assertIn("has no place in a file of CIFAR-10", run.stderr)
        self.assertFalse(pathlib.Path("/intruder").exists())


TEXT = """
 = Robert Boulter =

 Robert Boulter is an English film , television and theatre actor . He had a guest @-@ starring role in 2000 .

 = = Career = =

 In 2006 , Boulter starred alongside <unk> in the play Citizenship written by Mark <unk> .
"""


@unittest.skipUnless(HAS_TORCH, "torch is not installed")
class WikitextTests(Scripts):
    def setUp(self):
        super().setUp()
        self.data = self.folder / "wikitext-103"
        self.data.mkdir()
        (self.data / "wiki.train.tokens").write_text(TEXT * 30, encoding="utf-8")
        (self.data / "wiki.valid.tokens").write_text(TEXT * 3 + " Neverseen word\n", encoding="utf-8")

    def test_numbers_the_words(self):
        import wikitext103
        train, valid = wikitext103.load(self.data, 100)
        again, _ = wikitext103.load(self.data, 100)
        self.assertTrue((train == again).all())
        self.assertEqual(sorted(file.name for file in self.data.glob("*.npy")),
                         ["wiki.train.100.npy", "wiki.valid.100.npy"])
        numbers = wikitext103.vocabulary(self.data / "wiki.train.tokens", 100)
        self.assertEqual(numbers["<unk>"], 0)
        names = {number: word for word, number in numbers.items()}
        self.assertEqual([names[int(number)] for number in train[:6]], ["=", "Robert", "Boulter", "=", "<eos>", "Robert"])
        self.assertEqual(valid[-3:].tolist(), [0, 0, numbers["<eos>"]])
        small, _ = wikitext103.load(self.data, 5)
        self.assertEqual(int(small.max()), 4)
        # A text that has changed is numbered anew.
        (self.data / "wiki.train.tokens").write_text(TEXT, encoding="utf-8")
        os.utime(self.data / "wiki.train.tokens", (2e9, 2e9))
        self.assertEqual(len(wikitext103.load(self.data, 100)[0]) * 30, len(train))

    def test_sees_no_word_that_is_still_to_come(self):
        import torch
        import wikitext103
        torch.manual_seed(0)
        model = wikitext103.Decoder(50, 8, 16, 2, 2)
        text = torch.arange(8)[None]
        other = text.clone()
        other[0, 5:] = 40
        self.assertTrue(torch.allclose(model(text)[0, :5], model(other)[0, :5], atol=1e-6))
        self.assertFalse(torch.allclose(model(text)[0, 5], model(other)[0, 5], atol=1e-6))

    def test_learns_and_diverges(self):
        options = ["--data", self.data, "--vocabulary", "100", "--length", "16", "--width", "32", "--layers", "2",
                   "--heads", "2", "--batch", "8"]
        short = self.result("wikitext103.py", *options, base_lr=1e-2, steps=1)
        self.assertLess(abs(short["loss"] - np.log(100)), 0.7)
        long = self.result("wikitext103.py", *options, base_lr=1e-2, steps=60)
        self.assertLess(long["loss"], 0.5 * short["loss"])
        wild = self.result("wikitext103.py", *options, "--optimizer", "sgd", "--clip", "1e30", base_lr=1e9, steps=9)
        self.assertEqual(wild["status"], "diverged")

    def test_refuses_what_is_not_the_data_set(self):
        _, run = self.start("wikitext103.py", "--data", self.folder, base_lr=1e-3, steps=1)
        self.assertIn("wiki.train.tokens is missing", run.stderr)
        _, run = self.start("wikitext103.py", "--data", self.data, "--length", "5000", base_lr=1e-3, steps=1)
        self.assertIn("shorter --length", run.stderr)


if __name__ == "__main__":
    unittest.main()
