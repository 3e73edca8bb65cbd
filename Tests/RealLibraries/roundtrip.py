"""Exports run in the real libraries, and read back: the same schedule."""

import json
import re
import subprocess
import tempfile
import types

import libraries

SPECS = [
    ("constant", 50), ("constant:warmup=10steps", 60), ("linear", 40), ("linear:warmup=7steps", 50),
    ("linear:min=0.1", 50), ("linear:min=0.1,warmup=5steps", 50), ("cosine", 64),
    ("cosine:min=0.1,warmup=20%", 77), ("cosine:power=0.7", 64), ("cosine:period=130%", 64),
    ("cosine:period=60%,min=0.2", 80), ("wsd20", 100), ("wsd20:warmup=5%", 100),
    ("wsd20:decay=1-sqrt", 90), ("wsd40:decay=cosine,warmup=10%,min=0.05", 90),
    ("wsd20:decay=exponential", 100), ("wsd20:decay=square", 100), ("1-sqrt", 60),
    ("invsqrt", 60), ("invsqrt:timescale=20,warmup=20steps", 90), ("poly:power=2", 60),
    ("rex", 60), ("onecycle", 70), ("wsds:period=25%,cooldown=5%", 100),
    ("twostage:at=0.8,factor=0.525,cooldown=0.2", 100), ("piecewise:0=0.1,0.3=1,1=0", 90),
    ("linear:min=0.3,floor=clamp", 60), ("wsd20:min-lr=1e-4", 60),
]
RATE = 1e-3


def run(command, *arguments):
    finished = subprocess.run([command, *arguments], capture_output=True, text=True)
    return finished.returncode, finished.stdout, finished.stderr.strip()


def module(text):
    namespace = {}
    exec(compile(text, "export", "exec"), namespace)
    return namespace


def flags(text):
    words = text.replace("\\\n", " ").split()
    pairs = zip(words[::2], words[1::2])
    return {key.lstrip("-"): value for key, value in pairs}


def typed(value):
    try:
        return int(value)
    except ValueError:
        try:
            return float(value)
        except ValueError:
            return value


def run_torch(text, steps, sources):
    namespace = module(text)
    return libraries.torch_rates(namespace["make_scheduler"], namespace["BASE_LEARNING_RATE"], steps)


def run_optax(text, steps, sources):
    import jax

    jax.config.update("jax_enable_x64", True)
    import jax.numpy as jnp
    import optax

    # As a trainer has it: the update of a jitted optimiser, whose count is an array.
    optimizer = optax.sgd(module(text)["schedule"])
    gradient = jnp.ones(())
    update = jax.jit(optimizer.update)
    state = optimizer.init(gradient)
    rates = []
    for _ in range(steps):
        change, state = update(gradient, state)
        rates.append(-float(change))
    return rates


def run_hf(text, steps, sources):
    from transformers import get_scheduler

    arguments = json.loads(text)
    return libraries.torch_rates(
        lambda optimizer: get_scheduler(
            arguments["lr_scheduler_type"], optimizer, arguments["warmup_steps"],
            arguments["max_steps"],
            scheduler_specific_kwargs=arguments.get("lr_scheduler_kwargs", {})),
        arguments["learning_rate"], arguments["max_steps"])


def run_megatron(text, steps, sources):
    library = libraries.megatron_scheduler(sources)
    given = {key: typed(value) for key, value in flags(text).items()}
    batch = 8
    optimizer = types.SimpleNamespace(param_groups=[{"params": []}])
    scheduler = library(
        optimizer, init_lr=0.0, max_lr=given["lr"], min_lr=given["min-lr"],
        lr_warmup_steps=given["lr-warmup-iters"] * batch,
        lr_decay_steps=given["lr-decay-iters"] * batch, lr_decay_style=given["lr-decay-style"],
        start_wd=0.0, end_wd=0.0, wd_incr_steps=1, wd_incr_style="constant",
        wsd_decay_steps=given.get("lr-wsd-decay-iters", 0) * batch,
        lr_wsd_decay_style=given.get("lr-wsd-decay-style"))
    rates = []
    for _ in range(given["train-iters"]):
        rates.append(optimizer.param_groups[0]["lr"])
        scheduler.step(batch)
    return rates


def run_torchtitan(text, steps, sources):
    given = {key: typed(value) for key, value in flags(text).items()}
    kwargs = {
        key.removeprefix("lr_scheduler."): value for key, value in given.items()
        if key.startswith("lr_scheduler.")}
    return libraries.torchtitan_rates(
        libraries.torchtitan_container(sources), kwargs, given["optimizer.lr"],
        given["training.steps"])


def run_olmo_core(text, steps, sources):
    namespace = libraries.olmo_core_schedulers(sources)
    configuration = json.loads(text)
    scheduler = configuration["train_module"]["scheduler"]
    name = scheduler.pop("_CLASS_").split(".")[-1]
    if "stages" in scheduler:
        scheduler["stages"] = [
            namespace["ComposableSchedulerStage"](**stage) for stage in scheduler["stages"]]
    built = namespace[name](**scheduler)
    total = configuration["trainer"]["max_duration"]["value"]
    lr = configuration["train_module"]["optim"]["lr"]
    return [built.get_lr(lr, current, total) for current in range(1, total + 1)]


def run_nanotron(text, steps, sources):
    configuration, builder = libraries.nanotron_builder(sources)
    document = json.loads(text)
    kwargs = document["optimizer"]["learning_rate_scheduler"]
    arguments = configuration(**kwargs)

    def make(optimizer):
        wrapped = types.SimpleNamespace(get_base_optimizer=lambda: optimizer)
        return builder(wrapped, arguments, document["tokens"]["train_steps"])

    return libraries.torch_rates(make, kwargs["learning_rate"], steps)


TARGETS = {
    "torch": run_torch, "optax": run_optax, "hf": run_hf, "megatron": run_megatron,
    "torchtitan": run_torchtitan, "olmo-core": run_olmo_core, "nanotron": run_nanotron,
}


def column(table):
    return [float(line.split(",")[2]) for line in table.split()[1:]]


def largest(first, second):
    if len(first) != len(second):
        return float("inf")
    return max(abs(a - b) for a, b in zip(first, second)) / RATE


def check_one(command, target, text, spec, steps, wanted, sources):
    """What is wrong with one export, or None."""
    code, exported, errors = run(command, *text)
    if code != 0:
        refused = code == 2 and errors.startswith(f"lrbound: --export {target}: ")
        return "refused" if refused and target not in ["torch", "optax"] else errors
    stated = re.search(r"differ by up to ([0-9.e-]+) of the peak", errors)
    allowed = float(stated.group(1)) + 1e-6 if stated else 1e-9
    if target in ["torch", "optax"]:
        # optax counts in 32-bit integers and so divides in single precision.
        allowed = 1e-12 if target == "torch" else 1e-6
    try:
        real = TARGETS[target](exported, steps, sources)
    except ValueError as problem:
        newer = "has no 1-sqrt decay; later ones do" in errors
        return "newer" if newer else f"the library refuses it: {problem}"
    if largest(real, wanted) > allowed:
        return f"off by {largest(real, wanted):.3g} of the peak, stated {allowed:.3g}"
    if target not in ["torch", "optax"]:
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
            file.write(exported)
            file.flush()
            code, table, errors = run(
                command, "schedule", "--dialect", target, "--config", file.name, "--csv")
        if code != 0:
            return f"not read back: {errors}"
        if largest(column(table), real) > 1e-12:
            return f"read back off by {largest(column(table), real):.3g} of the peak"
    return None


def check(command, sources):
    """(failures, checks, targets left out)"""
    failures = total = missing = 0
    for target in TARGETS:
        passed = refused = 0
        problems = []
        try:
            for spec, steps in SPECS:
                named = ["schedule", spec, "--steps", str(steps), "--lr", str(RATE)]
                wanted = column(run(command, *named, "--csv")[1])
                problem = check_one(
                    command, target, [*named, "--export", target], spec, steps, wanted, sources)
                if problem in ["refused", "newer"]:
                    refused += 1
                elif problem:
                    problems.append(f"{spec}: {problem}")
                else:
                    passed += 1
        except ImportError as problem:
            print(f"export {target:12} skipped: {problem}")
            missing += 1
            continue
        print(f"export {target:12} {passed:3} run and read back, {refused} refused")
        for problem in problems:
            print(f"  {problem}")
        failures += len(problems)
        total += len(problems) + passed
    return failures, total, missing
