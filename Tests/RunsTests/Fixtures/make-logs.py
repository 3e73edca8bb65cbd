#!/usr/bin/env python3
"""Writes the training logs that the tests read, each with the library whose format it is.

    python3 -m venv venv
    venv/bin/pip install tensorboard==2.21.0 wandb==0.31.0 mlflow-skinny==3.17.2 \
        transformers==5.23.0 accelerate lightning==2.6.6 torch==2.15.0
    venv/bin/python Tests/RunsTests/Fixtures/make-logs.py

What was written stands in expected.json: for each log, for each quantity, a list of [step, value]
with NaN and infinities as text. Only the text that Megatron-LM prints is written here after its
format, because it needs a GPU to print it itself.
"""

import json
import math
import os
import shutil
import struct
import tempfile
from pathlib import Path

FOLDER = Path(__file__).resolve().parent / "logs"
os.environ.update(WANDB_SILENT="true", MLFLOW_ALLOW_FILE_STORE="true", HF_HUB_OFFLINE="1")

STEPS, WARMUP, PEAK = 200, 20, 3e-3


def learning_rate(update):
    """Linear decay after a linear warmup; updates are counted from 1."""
    warmup = min(1, update / WARMUP)
    return PEAK * min(warmup, (STEPS + 1 - update) / (STEPS - WARMUP))


def loss(step):
    return 2.5 + 3 / step**0.4 + 0.01 * math.sin(step)


def norm(step):
    return 0.3 + 2 / step


def single(value):
    """The nearest number of single precision."""
    return struct.unpack("f", struct.pack("f", value))[0]


def rows(every=4):
    """Rows as trainers log them: some quantities at every record, one rarely."""
    for step in range(every, STEPS + 1, every):
        row = {"loss": loss(step), "lr": learning_rate(step), "grad_norm": norm(step)}
        if step % 20 == 0:
            row["val_loss"] = loss(step) + 0.05
        yield step, row


def series(pairs, change=lambda value: value):
    """Rows as the expectation of each quantity."""
    result = {}
    for step, row in pairs:
        for name, value in row.items():
            result.setdefault(name, []).append([step, change(value)])
    return result


def write_tensorboard(expected):
    import torch
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.plugins.scalar.summary_v2 import scalar_pb
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from torch.utils.tensorboard import SummaryWriter

    tags = {"loss": "train/loss", "lr": "train/lr", "grad_norm": "train/grad_norm", "val_loss": "val/loss"}

    def finish(temporary, target):
        (source,) = Path(temporary).glob("events.*")
        shutil.move(source, target)

    with tempfile.TemporaryDirectory() as temporary:
        writer = SummaryWriter(temporary)
        for step, row in rows():
            for name, value in row.items():
                writer.add_scalar(tags[name], value, step)
            if step == 100:
                writer.add_histogram("weights", torch.arange(3.0), step)
                writer.add_text("note", "half way", step)
        writer.close()
        finish(temporary, FOLDER / "simple-value.tfevents")
    expected["simple-value.tfevents"] = series(rows(), single)

    with tempfile.TemporaryDirectory() as temporary:
        writer = EventFileWriter(temporary)
        for step, row in rows():
            for name, value in row.items():
                writer.add_event(Event(step=step, wall_time=step, summary=scalar_pb(tags[name], value)))
        writer.close()
        finish(temporary, FOLDER / "tensor.tfevents")
    expected["tensor.tfevents"] = series(rows(), single)

    # A run that ended at step 120 and went on from 80, with other losses.
    folder = FOLDER / "resumed-tensorboard"
    folder.mkdir()
    for part, (first, last, shift) in enumerate([(1, 120, 0), (81, STEPS, 0.001)]):
        with tempfile.TemporaryDirectory() as temporary:
            writer = SummaryWriter(temporary, purge_step=first if part else None)
            for step in range(first, last + 1):
                writer.add_scalar("Loss/train", loss(step) + shift, step)
            writer.close()
            finish(temporary, folder / f"events.out.tfevents.{part}")
    expected["resumed-tensorboard"] = {
        "loss": [[s, single(loss(s) + (0.001 if s > 80 else 0))] for s in range(1, STEPS + 1)]
    }


def write_wandb(expected):
    import wandb

    with tempfile.TemporaryDirectory() as temporary:
        settings = wandb.Settings(
            console="off", disable_git=True, save_code=False, x_disable_meta=True, x_disable_stats=True,
            x_disable_machine_info=True)
        run = wandb.init(mode="offline", project="p", dir=temporary, settings=settings)
        written = []
        # More than one block of 32,768 bytes.
        for step, row in rows(every=2):
            if step == STEPS:
                row["loss"] = math.nan
            names = {"loss": "train/loss", "lr": "train/learning_rate", "grad_norm": "train/grad_norm",
                     "val_loss": "eval/loss"}
            run.log({names[name]: value for name, value in row.items()} | {"train/global_step": step})
            written.append((step, row))
        run.finish()
        (source,) = Path(temporary).glob("wandb/offline-run-*/run-*.wandb")
        shutil.move(source, FOLDER / "offline.wandb")
    expected["offline.wandb"] = series(written)


def write_mlflow(expected):
    import mlflow

    with tempfile.TemporaryDirectory() as temporary:
        mlflow.set_tracking_uri(f"file://{temporary}")
        mlflow.set_experiment("e")
        with mlflow.start_run() as run:
            for step, row in rows():
                names = {"loss": "train/loss", "lr": "lr", "grad_norm": "grad_norm", "val_loss": "val_loss"}
                mlflow.log_metrics({names[name]: value for name, value in row.items()}, step=step)
        (source,) = Path(temporary).glob(f"*/{run.info.run_id}/metrics")
        shutil.copytree(source, FOLDER / "mlflow-run" / "metrics")
    expected["mlflow-run"] = series(rows())


def write_trainer_state(expected):
    import torch
    from transformers import Trainer, TrainingArguments

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(4, 1)

        def forward(self, x, labels):
            return {"loss": torch.nn.functional.mse_loss(self.linear(x)[:, 0], labels)}

    torch.manual_seed(0)
    data = [{"x": torch.randn(4), "labels": torch.randn(())} for _ in range(64)]
    with tempfile.TemporaryDirectory() as temporary:
        arguments = TrainingArguments(
            output_dir=temporary, max_steps=60, logging_steps=3, eval_strategy="steps", eval_steps=15,
            learning_rate=1e-2, lr_scheduler_type="linear", warmup_steps=6, use_cpu=True, report_to=[],
            save_strategy="no", disable_tqdm=True, per_device_train_batch_size=4, seed=0)
        trainer = Trainer(Model(), arguments, train_dataset=data, eval_dataset=data)
        trainer.train()
        trainer.state.save_to_json(str(FOLDER / "trainer_state.json"))
        history = trainer.state.log_history
    keys = {"loss": "loss", "learning_rate": "lr", "grad_norm": "grad_norm", "eval_loss": "val_loss"}
    expected["trainer_state.json"] = series(
        (row["step"], {keys[key]: value for key, value in row.items() if key in keys}) for row in history)


def write_lightning(expected):
    import lightning
    import torch
    from lightning.pytorch.callbacks import LearningRateMonitor
    from lightning.pytorch.loggers import CSVLogger

    class Model(lightning.LightningModule):
        def __init__(self):
            super().__init__()
            self.linear = torch.nn.Linear(4, 1)
            self.written = {}

        def error(self, batch):
            x, y = batch
            return torch.nn.functional.mse_loss(self.linear(x), y)

        def training_step(self, batch):
            error = self.error(batch)
            self.log("train_loss", error)
            if self.global_step % 5 == 4:
                self.written.setdefault("loss", []).append([self.global_step, error.item()])
                rate = self.optimizers().param_groups[0]["lr"]
                self.written.setdefault("lr", []).append([self.global_step, rate])
            return error

        def validation_step(self, batch):
            self.log("val_loss", self.error(batch))

        def configure_optimizers(self):
            optimizer = torch.optim.AdamW(self.parameters(), lr=1e-2)
            decay = torch.optim.lr_scheduler.LinearLR(optimizer, 1, 0, total_iters=80)
            return {"optimizer": optimizer, "lr_scheduler": {"scheduler": decay, "interval": "step"}}

        def on_validation_epoch_end(self):
            if not self.trainer.sanity_checking:
                value = self.trainer.callback_metrics["val_loss"].item()
                self.written.setdefault("val_loss", []).append([self.global_step - 1, value])

    torch.manual_seed(0)
    data = torch.utils.data.TensorDataset(torch.randn(80, 4), torch.randn(80, 1))
    loader = torch.utils.data.DataLoader(data, batch_size=4)
    with tempfile.TemporaryDirectory() as temporary:
        logger = CSVLogger(temporary)
        model = Model()
        trainer = lightning.Trainer(
            max_epochs=4, logger=logger, log_every_n_steps=5, accelerator="cpu", enable_progress_bar=False,
            enable_checkpointing=False, enable_model_summary=False, num_sanity_val_steps=0,
            callbacks=[LearningRateMonitor("step")])
        trainer.fit(model, loader, loader)
        shutil.move(Path(logger.log_dir) / "metrics.csv", FOLDER / "lightning-metrics.csv")
    expected["lightning-metrics.csv"] = model.written


def write_megatron(expected):
    lines = ["using world size: 8, data-parallel size: 8", "[before the start of training step] datetime"]
    written = []
    for step, row in rows():
        # The learning rate is read after the scheduler's step.
        row["lr"] = learning_rate(step + 1) if step < STEPS else 0.0
        lines.append(
            f" [2026-01-01 00:00:00.000000] iteration {step:8d}/{STEPS:8d} | consumed samples: {step * 512:12d} |"
            f" elapsed time per iteration (ms): 512.3 | throughput per GPU (TFLOP/s/GPU): 401.2 |"
            f" learning rate: {row['lr']:.6E} | global batch size: {512:5d} | lm loss: {row['loss']:.6E} |"
            f" loss scale: 1.0 | grad norm: {row['grad_norm']:.3f} | number of skipped iterations:"
            f" {1 if step == 4 else 0:3d} | number of nan iterations:   0 |")
        values = {"lr": float(f"{row['lr']:.6E}"), "loss": float(f"{row['loss']:.6E}"),
                  "grad_norm": float(f"{row['grad_norm']:.3f}")}
        if "val_loss" in row:
            lines.append("(min, max) time across ranks (ms):")
            lines.append("-" * 80)
            lines.append(
                f" validation loss at iteration {step} | lm loss value: {row['val_loss']:.6E} |"
                f" lm loss PPL: {math.exp(row['val_loss']):.6E} | ")
            lines.append("-" * 80)
            values["val_loss"] = float(f"{row['val_loss']:.6E}")
        written.append((step, values))
    (FOLDER / "megatron.txt").write_text("\n".join(lines) + "\n")
    expected["megatron.txt"] = series(written)


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    expected = {}
    for write in [write_tensorboard, write_wandb, write_mlflow, write_trainer_state, write_lightning,
                  write_megatron]:
        write(expected)

    def text(value):
        return value if math.isfinite(value) else str(value)

    texts = {
        file: {name: [[step, text(value)] for step, value in pairs] for name, pairs in quantities.items()}
        for file, quantities in expected.items()
    }
    (FOLDER / "expected.json").write_text(json.dumps(texts, separators=(",", ":"), sort_keys=True))


main()
