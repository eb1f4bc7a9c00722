#!/usr/bin/env python3
"""Trains the same networks in Synfire and in PyTorch, from the same weights on the same batches, and compares every step's loss.

    train_parity.py [--synfire build/synfire] [--networks mlp,lenet] [--optimizers sgd,adam] [--threads N]      (bench/run --parity)

PyTorch runs in double precision, which is the truth here, and in single precision, which tells how far rounding alone leads: the
gradient of a deep net of relus jumps at their kinks, and two correct float programs part ways within ten steps. A loss may be off by
1e-4 of itself, or by three times what PyTorch's own floats have been off by then. ResNet-20 is therefore trained twice: with silu,
which has no kinks, for all 50 steps; with relu for the few in which the comparison still says something. Networks over time: time_parity.py.
The closing line is 'N passed, N failed'.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file

import parity_data
from parity_data import REPOSITORY

sys.path.insert(0, os.path.join(REPOSITORY, "bench"))
import networks  # noqa: E402
import time_parity  # noqa: E402
from time_parity import Case  # noqa: E402

TOLERANCE, NOISE = 1e-4, 3
LEAST = 2  # steps that must be compared: the second one has learned
T = torch.optim
# name: (rate, the rule's word and other parameters, PyTorch's rule and its words). An eps larger than the default keeps weights
# without a gradient from following rounding errors; the defaults are held by tests/golden.
OPTIMIZERS = {
    "sgd": (0.05, 'kind = "sgd"', T.SGD, {}),
    "momentum": (0.02, 'kind = "sgd", momentum = 0.9', T.SGD, {"momentum": 0.9}),
    "nesterov": (0.02, 'kind = "sgd", momentum = 0.9, nesterov = true, weight_decay = 1e-3', T.SGD,
                 {"momentum": 0.9, "nesterov": True, "weight_decay": 1e-3}),
    "adam": (1e-3, 'kind = "adam", eps = 1e-4', T.Adam, {"eps": 1e-4}),
    "adamw": (1e-3, 'kind = "adamw", eps = 1e-4, weight_decay = 0.05', T.AdamW, {"eps": 1e-4, "weight_decay": 0.05}),
    "rmsprop": (2e-4, 'kind = "rmsprop", eps = 1e-4', T.RMSprop, {"eps": 1e-4}),
}


def benchmark(model, make, share, batch, steps, activation="relu"):
    """The layers of a model file of the benchmark, with this activation in place of relu."""
    with open(os.path.join(REPOSITORY, "bench", "models", model + ".toml"), encoding="utf-8") as file:
        text = file.read()
    start, end = text.index("[[input]]"), text.index("[train]")
    layers = text[start:end].split("\n\n", 1)[1].replace('"relu"', f'"{activation}"')
    return Case(layers, lambda dtype: make(), torch.nn.Flatten() if model == "mlp" else torch.nn.Identity(), F.cross_entropy, "", share, batch, steps)


NETWORKS = {
    "mlp": benchmark("mlp", networks.mlp, 1, 64, 50),
    "lenet": benchmark("lenet", networks.lenet, 1, 32, 50),
    "resnet20_silu": benchmark("resnet20", lambda: networks.ResNet20(F.silu), 0.1, 16, 50, "silu"),
    "resnet20": benchmark("resnet20", networks.ResNet20, 0.1, 32, 8),
    **time_parity.NETWORKS,
}


def batches(network, count):
    """Pictures as Synfire gets them, uint8 [count, height, width, channels], and labels."""
    grey, labels = parity_data.pictures(count)
    return (parity_data.tinted(grey) if network.startswith("resnet") else grey[..., None]), labels


def model_text(network, optimizer, data):
    """The whole model file, with these data and this optimizer in it."""
    case = NETWORKS[network]
    rate, rule, _, _ = OPTIMIZERS[optimizer]
    return (f'[data]\nkind = "npz"\npath = "{data}"\nshuffle = false\nsplit = {{validation = 0}}\n\n{case.layers}[train]\n{case.loss}'
            f'optimizer = {{{rule}, lr = {rate * case.share:g}}}\nbatch = {case.batch}\nmax_steps = {case.steps}\nepochs = 1\nsave_initial = true\nseed = 1\n')


def ours(program, model, folder, threads):
    """Trains; returns the first weights and the loss of each step."""
    command = [program, "train", model, "--runs", folder, "--json", "--threads", str(threads)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
    run = json.loads(done.stdout.splitlines()[-1])["run"]
    losses = {}
    with open(os.path.join(run, "metrics.jsonl"), encoding="utf-8") as file:
        for line in map(json.loads, file):
            if "loss" in line and "step" in line:
                losses[line["step"]] = line["loss"]
    return load_file(os.path.join(run, "checkpoints", "initial", "weights.safetensors")), [losses[s] for s in sorted(losses)]


def theirs(network, optimizer, weights, pictures, labels, dtype):
    """The loss of each step, and how near to its threshold any membrane came in it."""
    case = NETWORKS[network]
    net = case.make(dtype)
    missing, unknown = net.load_state_dict(weights, strict=False)
    missing = [name for name in missing if not name.endswith("num_batches_tracked")]
    if missing or unknown:
        raise RuntimeError(f"the file lacks {missing} and has {unknown}")
    net = net.to(dtype).train()
    rate, _, rule, words = OPTIMIZERS[optimizer]
    update, losses, margins = rule(net.parameters(), lr=rate * case.share, **words), [], []
    for step in range(case.steps):
        part = slice(step * case.batch, (step + 1) * case.batch)
        x = torch.from_numpy(pictures[part].astype(np.float32) / np.float32(255)).permute(0, 3, 1, 2).to(dtype)
        time_parity.Atan.nearest = float("inf")
        update.zero_grad()
        loss = case.lost(net(case.enter(x)), torch.from_numpy(labels[part].astype(np.int64)))
        loss.backward()
        update.step()
        losses.append(loss.item()), margins.append(time_parity.Atan.nearest)
    return np.array(losses), np.array(margins)


def compare(program, network, optimizer, threads):
    """What is wrong, or "" when nothing is; and a line that says how near they are."""
    case = NETWORKS[network]
    pictures, labels = batches(network, case.batch * case.steps)
    with tempfile.TemporaryDirectory() as folder:
        np.savez(os.path.join(folder, "data.npz"), x_train=pictures, y_train=labels.astype(np.int64), x_test=pictures[:64], y_test=labels[:64].astype(np.int64))
        model = os.path.join(folder, "model.toml")
        with open(model, "w", encoding="utf-8") as file:
            file.write(model_text(network, optimizer, "data.npz"))
        weights, got = ours(program, model, folder, threads)
    (truth, margins), (single, rounded) = (theirs(network, optimizer, weights, pictures, labels, dtype) for dtype in (torch.float64, torch.float32))
    if len(got) != case.steps:
        return f"{len(got)} losses in metrics.jsonl, not {case.steps}", ""
    off = np.abs(np.array(got) - truth) / np.abs(truth)
    agree = int(np.argmax(np.append(~(off <= TOLERANCE), True)))
    steps = time_parity.decided(margins, rounded)  # those after it may agree, and need not
    more = f"; rounding may decide from there on, and they agree for {agree} of {case.steps}" if steps < case.steps else ""
    if steps < LEAST:
        return f"rounding decides already in step {steps} whether a neuron fires", ""
    truth, single, off = truth[:steps], single[:steps], off[:steps]
    floor = np.maximum.accumulate(np.abs(single - truth) / np.abs(truth))
    said = f"loss {truth[0]:.3f} to {truth[-1]:.3f} in {steps} steps, off by {off.max():.1e} at most (PyTorch's floats: {floor[-1]:.1e}){more}"
    wrong = np.nonzero(~(off <= np.maximum(TOLERANCE, NOISE * floor)))[0]
    return (f"step {wrong[0]}: {got[wrong[0]]:.8g}, PyTorch {truth[wrong[0]]:.8g}" if len(wrong) else ""), said


def main():
    arguments = argparse.ArgumentParser(prog="train_parity.py")
    arguments.add_argument("--synfire", default=os.path.join(REPOSITORY, "build", "synfire"))
    arguments.add_argument("--networks", default=",".join(NETWORKS))
    arguments.add_argument("--optimizers", default=",".join(OPTIMIZERS))
    arguments.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    passed = failed = 0
    for network in a.networks.split(","):
        for optimizer in a.optimizers.split(","):
            try:
                wrong, said = compare(a.synfire, network, optimizer, a.threads)
            except (RuntimeError, OSError) as problem:
                wrong, said = str(problem), ""
            passed, failed = passed + (not wrong), failed + bool(wrong)
            print(f"{'FAILED' if wrong else 'ok'} {network} {optimizer}: {said} {wrong}".rstrip(), flush=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
