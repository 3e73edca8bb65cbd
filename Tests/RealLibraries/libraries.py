"""The schedulers of each library, built over random valid parameters and run for real.

Every function yields cases (scheduler, parameters, steps, learning rate, learning rates of all steps).
"""

import ast
import enum
import glob
import math
import os
import tarfile
import types
import warnings
import zipfile
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Union

CASES = 12


# --- running a scheduler -------------------------------------------------------------------------


def torch_optimizer(lr):
    import torch

    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)


def torch_rates(make, lr, steps):
    """The learning rate of every update, the scheduler stepped after each."""
    optimizer = torch_optimizer(lr)
    rates = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scheduler = make(optimizer)
        for _ in range(steps):
            rates.append(float(optimizer.param_groups[0]["lr"]))
            optimizer.step()
            try:
                scheduler.step()
            except ValueError:  # OneCycleLR may not be stepped beyond its end.
                pass
    return rates


# --- source files of packages that are not installed ---------------------------------------------


class Sources:
    """Source files out of downloaded packages."""

    def __init__(self, folder):
        self.folder = folder

    def text(self, package, path):
        stem = package.replace("-", "_")
        for name in glob.glob(os.path.join(self.folder, "*")):
            base = os.path.basename(name).lower().replace("-", "_")
            if not base.startswith(stem):
                continue
            if name.endswith(".whl"):
                return zipfile.ZipFile(name).read(path).decode()
            with tarfile.open(name) as archive:
                for member in archive.getmembers():
                    if member.name.endswith("/" + path):
                        return archive.extractfile(member).read().decode()
        raise ImportError(f"{package} is not downloaded")

    def run(self, package, path, names, **given):
        """The definitions of those names (all for None), run with what they need."""
        tree = ast.parse(self.text(package, path))
        kept = []
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                continue
            if names is None or getattr(node, "name", None) in names:
                kept.append(node)
        module = types.ModuleType(package)
        namespace = module.__dict__
        namespace.update(
            math=math, dataclass=dataclass, Any=Any, Dict=Dict, List=List, Optional=Optional,
            Union=Union, warnings=warnings, **given)
        import sys

        sys.modules[module.__name__] = module
        tree.body = [
            node for node in ast.parse("from __future__ import annotations").body
        ] + kept
        exec(compile(tree, path, "exec"), namespace)
        return namespace


class Silent:
    """A logger that says nothing."""

    INFO = 20

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


# --- random parameters ---------------------------------------------------------------------------


def lengths(rng):
    """T, W and n with W + n ≤ T."""
    steps = rng.choice([rng.randint(20, 40), rng.randint(40, 300)])
    warmup = rng.choice([0, 1, rng.randint(2, steps // 3)])
    decay = rng.randint(2, steps - warmup)
    return steps, warmup, decay


def rate(rng):
    return 10 ** rng.uniform(-5, -1)


# --- the libraries -------------------------------------------------------------------------------


def hf(rng, sources):
    import transformers
    from transformers import get_scheduler

    types_ = ["linear", "cosine", "1-sqrt"]
    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        lr = rate(rng)
        cases = [
            ("linear", {}), ("cosine", {}), ("cosine", {"num_cycles": rng.uniform(0.2, 3)}),
            ("cosine_with_restarts", {"num_cycles": rng.randint(1, 5)}),
            ("polynomial", {"power": rng.uniform(0.5, 3), "lr_end": lr * rng.uniform(0, 0.5)}),
            ("polynomial", {}), ("constant", {}), ("constant_with_warmup", {}),
            ("inverse_sqrt", {}), ("inverse_sqrt", {"timescale": rng.randint(1, 500)}),
            ("cosine_with_min_lr", {"min_lr_rate": rng.uniform(0, 0.5)}),
            ("cosine_with_min_lr", {"min_lr": lr * rng.uniform(0, 0.5)}),
            ("cosine_warmup_with_min_lr", {"min_lr_rate": rng.uniform(0, 0.5)}),
            ("cosine_warmup_with_min_lr",
             {"min_lr_rate": rng.uniform(0, 0.5), "warmup_lr_rate": rng.uniform(0, 0.5)}),
        ]
        for kind in types_:
            cases.append(("warmup_stable_decay", {
                "num_decay_steps": decay, "decay_type": kind, "warmup_type": rng.choice(types_),
                "min_lr_ratio": rng.choice([0, rng.uniform(0, 0.5)])}))
        cases.append(("warmup_stable_decay", {
            "num_decay_steps": rng.randint(1, 50), "num_stable_steps": rng.randint(0, 100)}))
        for name, kwargs in cases:
            rates = torch_rates(
                lambda optimizer: get_scheduler(
                    name, optimizer, warmup, steps, scheduler_specific_kwargs=dict(kwargs)),
                lr, steps)
            yield name, dict(kwargs, warmup_steps=warmup), steps, lr, rates
    # A ratio is rounded up.
    for _ in range(CASES):
        steps, ratio, lr = rng.randint(20, 300), rng.uniform(0.01, 0.5), rate(rng)
        warmup = transformers.TrainingArguments.get_warmup_steps(
            types.SimpleNamespace(warmup_steps=ratio), steps)
        rates = torch_rates(lambda o: get_scheduler("linear", o, warmup, steps), lr, steps)
        yield "linear", {"warmup_steps": ratio}, steps, lr, rates


def torch(rng, sources):
    from torch.optim import lr_scheduler as schedulers

    def build(name, kwargs):
        if name == "SequentialLR":
            inner = [dict(scheduler) for scheduler in kwargs["schedulers"]]
            return lambda optimizer: schedulers.SequentialLR(
                optimizer, [build(s.pop("name"), s)(optimizer) for s in inner],
                milestones=kwargs["milestones"])
        return lambda optimizer: getattr(schedulers, name)(optimizer, **kwargs)

    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        warmup = max(1, warmup)
        lr = rate(rng)
        half = rng.randint(5, steps)
        cases = [
            ("LinearLR", {}),
            ("LinearLR", {"start_factor": rng.uniform(0.01, 1), "end_factor": rng.uniform(0, 1),
                          "total_iters": decay}),
            ("ConstantLR", {"factor": rng.uniform(0.1, 1), "total_iters": decay}),
            ("PolynomialLR", {"total_iters": decay, "power": rng.uniform(0.5, 3)}),
            ("ExponentialLR", {"gamma": rng.uniform(0.9, 1)}),
            ("StepLR", {"step_size": rng.randint(1, 50), "gamma": rng.uniform(0.5, 1)}),
            ("MultiStepLR", {"milestones": sorted(rng.sample(range(1, steps), 3)), "gamma": 0.3}),
            ("CosineAnnealingLR", {"T_max": half, "eta_min": lr * rng.uniform(0.01, 0.3)}),
            ("CosineAnnealingLR", {"T_max": steps}),
            ("CosineAnnealingWarmRestarts",
             {"T_0": rng.randint(3, 40), "T_mult": rng.randint(1, 3),
              "eta_min": lr * rng.uniform(0, 0.3)}),
            ("SequentialLR", {
                "schedulers": [
                    {"name": "LinearLR", "start_factor": 0.01, "total_iters": warmup},
                    {"name": "ConstantLR", "factor": 1.0, "total_iters": 1},
                    {"name": "LinearLR", "start_factor": 1.0, "end_factor": 0.0,
                     "total_iters": decay}],
                "milestones": [warmup, max(warmup + 1, steps - decay)]}),
        ]
        for strategy in ["cos", "linear"]:
            for phases in [False, True]:
                cases.append(("OneCycleLR", {
                    "max_lr": lr, "total_steps": steps, "anneal_strategy": strategy,
                    "pct_start": rng.uniform(0.1, 0.45), "div_factor": rng.uniform(2, 50),
                    "final_div_factor": 10 ** rng.uniform(0, 5), "three_phase": phases}))
        for name, kwargs in cases:
            yield name, kwargs, steps, lr, torch_rates(build(name, kwargs), lr, steps)


def optax(rng, sources):
    import jax

    jax.config.update("jax_enable_x64", True)
    import optax as library

    def build(name, kwargs):
        if name == "join_schedules":
            parts = [dict(part) for part in kwargs["schedules"]]
            return library.join_schedules(
                [build(part.pop("name"), part) for part in parts], kwargs["boundaries"])
        if name == "piecewise_constant_schedule":
            return library.piecewise_constant_schedule(
                kwargs["init_value"],
                {int(key): scale for key, scale in kwargs["boundaries_and_scales"].items()})
        return getattr(library, name)(**kwargs)

    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        warmup = max(1, warmup)
        lr = rate(rng)
        low = lr * rng.uniform(0, 0.3)
        cases = [
            ("constant_schedule", {"value": lr}),
            ("linear_schedule", {"init_value": lr, "end_value": low, "transition_steps": decay,
                                 "transition_begin": rng.randint(0, 50)}),
            ("linear_schedule", {"init_value": low, "end_value": lr, "transition_steps": decay}),
            ("polynomial_schedule", {"init_value": lr, "end_value": low, "power": rng.uniform(0.5, 3),
                                     "transition_steps": decay}),
            ("cosine_decay_schedule", {"init_value": lr, "decay_steps": decay,
                                       "alpha": rng.uniform(0, 0.3), "exponent": rng.uniform(0.5, 2)}),
            ("exponential_decay", {"init_value": lr, "transition_steps": decay,
                                   "decay_rate": rng.uniform(0.1, 0.9),
                                   "transition_begin": rng.randint(0, 20)}),
            ("exponential_decay", {"init_value": lr, "transition_steps": decay,
                                   "decay_rate": rng.uniform(0.1, 0.9), "staircase": True,
                                   "end_value": low}),
            ("piecewise_constant_schedule",
             {"init_value": lr, "boundaries_and_scales": {str(decay): 0.5, str(decay + 7): 0.1}}),
            ("warmup_constant_schedule", {"init_value": low, "peak_value": lr, "warmup_steps": warmup}),
            ("warmup_cosine_decay_schedule",
             {"init_value": low, "peak_value": lr, "warmup_steps": warmup,
              "decay_steps": warmup + decay, "end_value": low, "exponent": rng.uniform(0.5, 2)}),
            ("linear_onecycle_schedule", {"transition_steps": steps, "peak_value": lr,
                                          "pct_start": rng.uniform(0.1, 0.5)}),
            ("cosine_onecycle_schedule", {"transition_steps": steps, "peak_value": lr,
                                          "pct_start": rng.uniform(0.1, 0.5)}),
            ("join_schedules", {
                "schedules": [
                    {"name": "linear_schedule", "init_value": 0.0, "end_value": lr,
                     "transition_steps": warmup},
                    {"name": "constant_schedule", "value": lr},
                    {"name": "linear_schedule", "init_value": lr, "end_value": 0.0,
                     "transition_steps": decay}],
                "boundaries": [warmup, max(warmup + 1, steps - decay)]}),
        ]
        for name, kwargs in cases:
            schedule = build(name, kwargs)
            # One by one: vectorised division by a constant may round a stair to the one before.
            rates = [float(schedule(step)) for step in range(steps)]
            yield name, kwargs, steps, None, rates


def megatron_scheduler(sources):
    return sources.run(
        "megatron-core", "megatron/core/optimizer_param_scheduler.py", ["OptimizerParamScheduler"],
        logger=Silent(), logging=Silent(), log_single_rank=lambda *a, **k: None,
    )["OptimizerParamScheduler"]


def megatron(rng, sources):
    library = megatron_scheduler(sources)
    for _ in range(4 * CASES):
        steps, warmup, decay = lengths(rng)
        batch = rng.choice([1, 8, 512])
        lr = rate(rng)
        low = lr * rng.choice([0, rng.uniform(0, 0.3)])
        end = rng.choice([steps, steps + 5, max(warmup + decay, steps - 5)])
        if warmup >= end:
            continue
        samples = rng.random() < 0.3
        for style in ["constant", "linear", "cosine", "inverse-square-root", "WSD"]:
            kind = rng.choice(["exponential", "linear", "cosine", "minus_sqrt"])
            unit = 1 if samples else batch
            extra = rng.randint(0, batch - 1) if samples else 0
            w = warmup * (batch if samples else 1) + (extra if warmup else 0)
            e = end * (batch if samples else 1) + extra
            n = min(decay, end) * (batch if samples else 1)
            scheduler_lr = []
            optimizer = types.SimpleNamespace(param_groups=[{"params": []}])
            scheduler = library(
                optimizer, init_lr=low / 2, max_lr=lr, min_lr=low, lr_warmup_steps=w * unit,
                lr_decay_steps=e * unit, lr_decay_style=style, start_wd=0.0, end_wd=0.0,
                wd_incr_steps=1, wd_incr_style="constant", wsd_decay_steps=n * unit,
                lr_wsd_decay_style=kind)
            for _ in range(steps):
                scheduler_lr.append(optimizer.param_groups[0]["lr"])
                scheduler.step(batch)
            names = "samples" if samples else "iters"
            kwargs = {
                "lr": lr, "min_lr": low, "lr_warmup_init": low / 2, "lr_decay_style": style,
                f"lr_warmup_{names}": w, f"lr_decay_{names}": e, "global_batch_size": batch,
            }
            if style == "WSD":
                kwargs |= {"lr_wsd_decay_style": kind, f"lr_wsd_decay_{names}": n}
            yield style, kwargs, steps, None, scheduler_lr


def torchtitan_container(sources):
    from torch.optim.lr_scheduler import LambdaLR
    import functools

    class Configurable:
        class Config:
            pass

    return sources.run(
        "torchtitan", "torchtitan/components/optimizer/lr_scheduler.py", ["LRSchedulersContainer"],
        Stateful=type("Stateful", (), {}), Configurable=Configurable, functools=functools, LambdaLR=LambdaLR,
        logger=Silent())["LRSchedulersContainer"]


def torchtitan_rates(container, kwargs, lr, steps):
    optimizer = torch_optimizer(lr)
    built = container.Config(**kwargs).build(optimizers=[optimizer], training_steps=steps)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        built.step()
    return rates


def torchtitan(rng, sources):
    container = torchtitan_container(sources)
    for _ in range(6 * CASES):
        steps, warmup, decay = lengths(rng)
        lr = rate(rng)
        kwargs = {
            "warmup_steps": warmup, "decay_type": rng.choice(["linear", "sqrt", "cosine"]),
            "min_lr_factor": rng.choice([0, rng.uniform(0, 0.3)]),
        }
        if rng.random() < 0.7:
            kwargs["decay_ratio"] = rng.choice([rng.uniform(0, 1), 0.5, 0.25])
        if rng.random() < 0.3:
            kwargs["total_steps"] = steps + rng.randint(0, 20)
        rates = torchtitan_rates(container, kwargs, lr, steps)
        yield "", kwargs, steps, lr, rates


def olmo_core_schedulers(sources):
    import abc
    import dataclasses
    import numpy
    from math import cos, pi, sqrt

    class Registrable:
        @classmethod
        def register(cls, name):
            return lambda decorated: decorated

    return sources.run(
        "ai2-olmo-core", "olmo_core/optim/scheduler.py", None,
        ABCMeta=abc.ABCMeta, abstractmethod=abc.abstractmethod, field=dataclasses.field, cos=cos,
        pi=pi, sqrt=sqrt, np=numpy, torch=types.SimpleNamespace(Tensor=type(None)), Config=type("Config", (), {}),
        Registrable=Registrable, StrEnum=enum.StrEnum, get_rank=lambda: 1, logging=__import__("logging"),
        OLMoConfigurationError=ValueError, INITIAL_LR_FIELD="initial_lr", LR_FIELD="lr",
        TYPE_CHECKING=False)


def olmo_core(rng, sources):
    namespace = olmo_core_schedulers(sources)
    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        warmup = max(1, warmup)
        decay = min(decay, steps - warmup - 1)
        if decay < 1:
            continue
        lr = rate(rng)
        low = lr * rng.choice([0, rng.uniform(0, 0.3)])
        alpha = rng.uniform(0, 0.3)
        warm = rng.choice([
            {"warmup": warmup}, {"warmup_fraction": rng.uniform(0.02, 0.3)}])
        length = {"decay": decay, "decay_fraction": None}
        share = {"decay_fraction": rng.uniform(0.05, 0.4)}
        half = rng.randint(steps // 2, steps)
        cases = [
            ("WSD", {"warmup": warmup, "warmup_min_lr": low, "decay_min_lr": low / 2, **length}),
            ("WSD", {**warm, **share}), ("WSD", warm),
            ("CosWithWarmup", {**warm, "alpha_f": alpha, "warmup_min_lr": low}),
            ("CosWithWarmup", {**warm, "t_max": half}),
            ("LinearWithWarmup", {**warm, "alpha_f": alpha}), ("LinearWithWarmup", warm),
            ("InvSqrtWithWarmup", {"warmup": warmup, "alpha_f": alpha}),
            ("HalfCosWithWarmup", {**warm, "alpha_f": alpha}),
            ("CosWithWarmupAndLinearDecay", {**warm, **share, "alpha_f": alpha + 0.1}),
            ("PowerLR", {"warmup": warmup, **length}),
            ("ConstantWithWarmup", {**warm, "warmup_min_lr": low}), ("ConstantScheduler", {}),
            ("WSDS", {"period_lengths": [steps // 2, steps - steps // 2], "warmup": min(warmup, 5),
                      "decay_fraction": rng.uniform(0.1, 0.4), "decay_min_lr": low}),
            ("ComposableScheduler", {"stages": [
                {"duration": warmup, "start_lr": low, "end_lr_fraction": 1.0},
                {"duration": decay, "shape": "cosine", "end_lr_fraction": 0.4},
                {"duration": 10, "shape": "linear", "end_lr": low}]}),
        ]
        for name, kwargs in cases:
            given = dict(kwargs)
            if name == "ComposableScheduler":
                given["stages"] = [
                    namespace["ComposableSchedulerStage"](**stage) for stage in kwargs["stages"]]
            scheduler = namespace[name](**given)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rates = [scheduler.get_lr(lr, current, steps) for current in range(1, steps + 1)]
            yield name, kwargs, steps, lr, rates
            if name in ["WSD", "CosWithWarmup", "LinearWithWarmup"] and "warmup_fraction" in kwargs \
                    and "t_max" not in kwargs:
                tokens = rng.randint(2, 5000)
                rates = [
                    scheduler.get_lr(lr, current * tokens, steps * tokens)
                    for current in range(1, steps + 1)]
                more = {"units": "tokens", "global_batch_size": tokens}
                yield name, kwargs | more, steps, lr, rates


def nanotron_builder(sources):
    """Its configuration's class, and the function that builds the scheduler."""
    from torch.optim.lr_scheduler import LambdaLR

    configuration = sources.run(
        "nanotron", "nanotron/config/config.py", ["LRSchedulerArgs"])["LRSchedulerArgs"]
    builder = sources.run(
        "nanotron", "nanotron/helpers.py", ["lr_scheduler_builder"], LambdaLR=LambdaLR,
        LRSchedulerArgs=configuration)["lr_scheduler_builder"]
    return configuration, builder


def nanotron(rng, sources):
    configuration, builder = nanotron_builder(sources)
    for _ in range(8 * CASES):
        steps, warmup, decay = lengths(rng)
        lr = rate(rng)
        kwargs = {
            "learning_rate": lr, "lr_warmup_steps": warmup,
            "lr_warmup_style": rng.choice(["linear", "linear", "constant"]),
            "lr_decay_style": rng.choice(["linear", "cosine"]),
        }
        if rng.random() < 0.8:
            kwargs["min_decay_lr"] = lr * rng.choice([0.0, rng.uniform(0, 0.3)])
        if rng.random() < 0.6 and 2 * warmup < steps:
            kwargs["lr_decay_starting_step"] = rng.randint(warmup, steps - warmup)
        if rng.random() < 0.5:
            kwargs["lr_decay_steps"] = decay
        arguments = configuration(**kwargs)

        def make(optimizer):
            wrapped = types.SimpleNamespace(get_base_optimizer=lambda: optimizer)
            return builder(wrapped, arguments, steps)

        yield "", kwargs, steps, None, torch_rates(make, lr, steps)


def litgpt(rng, sources):
    get_lr = sources.run("litgpt", "litgpt/pretrain.py", ["get_lr"])["get_lr"]
    for _ in range(5 * CASES):
        steps, warmup, _ = lengths(rng)
        micro = rng.choice([1, 4, 7])
        lr = rate(rng)
        low = lr * rng.uniform(0, 0.3)
        iterations = steps * micro + rng.randint(0, micro - 1)
        first = min(iterations, warmup * micro)
        # The update takes place on every micro-batch number micro, 2·micro, …, counted after get_lr.
        rates = [
            get_lr(lr, micro * (step + 1) - 1, first, iterations, low) for step in range(steps)]
        kwargs = {
            "lr_warmup_steps": warmup, "min_lr": low, "gradient_accumulation_iters": micro,
            "max_iters": iterations,
        }
        yield "", kwargs, steps, lr, rates


def composer(rng, sources):
    import inspect
    import logging
    import re
    import textwrap

    strings = sources.run(
        "mosaicml", "composer/utils/string_enum.py", ["StringEnum"], Enum=enum.Enum)
    time = sources.run(
        "mosaicml", "composer/core/time.py", None, re=re, datetime=__import__("datetime"),
        Generic=__import__("typing").Generic, TypeVar=__import__("typing").TypeVar,
        cast=__import__("typing").cast, Serializable=object, StringEnum=strings["StringEnum"])
    library = sources.run(
        "mosaicml", "composer/optim/scheduler.py", None, inspect=inspect, logging=logging,
        textwrap=textwrap, TYPE_CHECKING=False, LambdaLR=None, LRScheduler=None, State=object,
        Time=time["Time"], TimeUnit=time["TimeUnit"])
    Time, Timestamp = time["Time"], time["Timestamp"]
    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        lr, alpha = rate(rng), rng.uniform(0, 0.3)
        warm = {"t_warmup": rng.choice([f"{warmup}ba", f"{rng.uniform(0, 0.3):.3f}dur"])}
        short = {"t_max": rng.choice(["1dur", "0.7dur", f"{decay}ba"])}
        cases = [
            ("ConstantScheduler", {"alpha": rng.uniform(0.1, 1), **short}),
            ("LinearScheduler", {"alpha_i": rng.uniform(0.5, 1), "alpha_f": alpha, **short}),
            ("CosineAnnealingScheduler", {"alpha_f": alpha, **short}),
            ("PolynomialScheduler", {"power": rng.uniform(0.5, 3), "alpha_f": alpha, **short}),
            ("ExponentialScheduler", {"gamma": rng.uniform(0.3, 1), "decay_period": f"{decay}ba"}),
            ("StepScheduler", {"step_size": f"{decay}ba", "gamma": 0.5}),
            ("MultiStepScheduler", {"milestones": ["0.5dur", f"{decay}ba"], "gamma": 0.5}),
            ("ConstantWithWarmupScheduler", {**warm, "alpha": rng.uniform(0.1, 1)}),
            ("LinearWithWarmupScheduler", {**warm, "alpha_i": rng.uniform(0.5, 1), "alpha_f": alpha}),
            ("CosineAnnealingWithWarmupScheduler", {**warm, "alpha_f": alpha}),
            ("PolynomialWithWarmupScheduler", {**warm, "alpha_f": alpha}),
            ("MultiStepWithWarmupScheduler", {**warm, "milestones": ["0.8dur"], "gamma": 0.1}),
        ]
        for name, kwargs in cases:
            scheduler = library[name](**kwargs)
            rates = []
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for step in range(steps):
                    state = types.SimpleNamespace(
                        max_duration=Time.from_timestring(f"{steps}ba"), dataloader_len=None,
                        timestamp=Timestamp(batch=step))
                    rates.append(lr * scheduler(state))
            yield name, kwargs, steps, lr, rates


def keras(rng, sources):
    os.environ.setdefault("KERAS_BACKEND", "jax")
    import jax

    jax.config.update("jax_enable_x64", True)
    import keras as library

    library.config.set_floatx("float64")
    from keras.optimizers import schedules

    for _ in range(max(2, CASES // 3)):
        steps, warmup, decay = lengths(rng)
        steps = min(steps, 80)
        lr = rate(rng)
        cases = [
            ("CosineDecay", {"initial_learning_rate": lr, "decay_steps": decay,
                             "alpha": rng.uniform(0, 0.3)}),
            ("CosineDecay", {"initial_learning_rate": lr / 10, "decay_steps": decay,
                             "alpha": rng.uniform(0, 0.3), "warmup_target": lr,
                             "warmup_steps": max(1, warmup)}),
            ("PolynomialDecay", {"initial_learning_rate": lr, "decay_steps": decay,
                                 "end_learning_rate": lr * rng.uniform(0, 0.5),
                                 "power": rng.uniform(0.5, 3), "cycle": rng.random() < 0.5}),
            ("ExponentialDecay", {"initial_learning_rate": lr, "decay_steps": decay,
                                  "decay_rate": rng.uniform(0.1, 1),
                                  "staircase": rng.random() < 0.5}),
            ("InverseTimeDecay", {"initial_learning_rate": lr, "decay_steps": decay,
                                  "decay_rate": rng.uniform(0.1, 2),
                                  "staircase": rng.random() < 0.5}),
            ("PiecewiseConstantDecay", {"boundaries": [decay, decay + 9],
                                        "values": [lr, lr / 2, lr / 10]}),
        ]
        for name, kwargs in cases:
            schedule = getattr(schedules, name)(**kwargs)
            yield name, kwargs, steps, None, [float(schedule(step)) for step in range(steps)]


def deepspeed(rng, sources):
    import torch as library

    def is_tensor(value):
        return isinstance(value, library.Tensor)

    text = sources.text("deepspeed", "deepspeed/runtime/lr_schedules.py")
    constants = [
        node for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    given = {}
    exec(compile(ast.Module(constants, []), "constants", "exec"), given)
    given.pop("__builtins__")
    wanted = [
        "WarmupLR", "WarmupDecayLR", "WarmupCosineLR", "OneCycle", "LRRangeTest", "update_lr",
        "get_torch_optimizer", "_format_param"]
    namespace = sources.run(
        "deepspeed", "deepspeed/runtime/lr_schedules.py", wanted, logger=Silent(),
        Optimizer=library.optim.Optimizer, is_tensor=is_tensor, torch=library, **given)
    for _ in range(CASES):
        steps, warmup, decay = lengths(rng)
        lr = rate(rng)
        low = lr * rng.uniform(0, 0.3)
        warm = {"warmup_num_steps": max(1, warmup), "warmup_type": rng.choice(["log", "linear"])}
        cases = [
            ("WarmupLR", {**warm, "warmup_min_lr": low}),
            ("WarmupLR", {**warm, "warmup_min_lr": low, "warmup_max_lr": lr}),
            ("WarmupDecayLR", {**warm, "warmup_min_lr": low, "warmup_max_lr": lr,
                               "total_num_steps": rng.choice([steps, warmup + decay])}),
            ("WarmupCosineLR", {**warm, "warmup_min_ratio": rng.uniform(0, 0.3),
                                "cos_min_ratio": rng.uniform(0, 0.3),
                                "total_num_steps": rng.choice([steps, warmup + decay])}),
            ("OneCycle", {"cycle_min_lr": low + 1e-9, "cycle_max_lr": lr, "decay_lr_rate": 0.5,
                          "cycle_first_step_size": max(2, warmup), "decay_step_size": 20,
                          "cycle_second_step_size": max(2, decay // 2), "cycle_momentum": False}),
            ("LRRangeTest", {"lr_range_test_min_lr": lr, "lr_range_test_step_size": decay,
                             "lr_range_test_step_rate": rng.uniform(0, 5),
                             "lr_range_test_staircase": rng.random() < 0.5}),
        ]
        for name, kwargs in cases:
            rates = torch_rates(lambda o: namespace[name](o, **kwargs), lr, steps)
            yield name, kwargs, steps, lr, rates


LIBRARIES = {
    "hf": hf, "torch": torch, "optax": optax, "megatron": megatron, "torchtitan": torchtitan,
    "olmo-core": olmo_core, "nanotron": nanotron, "litgpt": litgpt, "composer": composer,
    "keras": keras, "deepspeed": deepspeed,
}
