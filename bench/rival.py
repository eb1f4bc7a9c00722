"""The rival's side of a row: builds one variant of one training step, then measures as often as it is asked.

    rival.py NETWORK VARIANT --batch B --threads N --optimizer adam|sgd

VARIANT: words joined by "+" (plain, foreach, fused: forms of the optimizer; channels_last; compile: torch.compile), or a library of
spiking.py and its form. It says {"ready": true}, then answers each line SECONDS on stdin with {"ms_median", "ms_min", "n", "rss_mb"} and, of
spiking networks, "rate": the import is paid once and a measurement can stand between two of ours.
"""
import argparse
import json
import resource
import statistics
import sys
import time

import torch
import torch.nn.functional as F

import networks
import spiking


def optimizer_of(name, optimizer, words):
    """Parameters -> the rule, in the form that the words ask for."""
    form = {word: True for word in ("fused", "foreach") if word in words}
    if "plain" in words:
        form = {"foreach": False, "fused": False}
    if name in spiking.NETWORKS:  # a rate of 0: neurons fire as they did at first, and all is computed that would be
        kind = torch.optim.Adam if optimizer == "adam" else torch.optim.SGD
        return lambda parameters: kind(parameters, lr=0.0, fused=True)
    if optimizer == "adam":
        return lambda parameters: torch.optim.Adam(parameters, lr=1e-3, **form)
    return lambda parameters: torch.optim.SGD(parameters, lr=0.01, momentum=0.9, weight_decay=1e-4 if name == "resnet20" else 0, **form)


def training_step(name, variant, batch, optimizer):
    """One step; and what tells how often neurons fire, or None."""
    words = variant.split("+")
    update_of = optimizer_of(name, optimizer, words)
    if name in spiking.NETWORKS:
        return spiking.training_step(name, words, batch, update_of)
    net = networks.network(name)
    x, y = torch.randn(batch, *networks.INPUTS[name]), torch.randint(0, 10, (batch,))
    if name == "lstm":
        x = x.transpose(0, 1).contiguous()  # steps outermost, which is PyTorch's fastest
    update = update_of(net.parameters())
    if "channels_last" in words:
        net, x = net.to(memory_format=torch.channels_last), x.contiguous(memory_format=torch.channels_last)
    run = torch.compile(net) if "compile" in words else net

    def step():
        update.zero_grad(set_to_none=True)
        F.cross_entropy(run(x), y).backward()
        update.step()

    return step, None


def measure(step, seconds, least=3):
    times, end = [], time.perf_counter() + seconds
    while len(times) < least or time.perf_counter() < end:
        begin = time.perf_counter()
        step()
        times.append(time.perf_counter() - begin)
    return {"ms_median": statistics.median(times) * 1e3, "ms_min": min(times) * 1e3, "n": len(times),
            "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def serve(step, rate=None):
    more = {"rate": rate()} if rate else {}
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        print(json.dumps(measure(step, float(line)) | more), flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("network")
    arguments.add_argument("variant")
    arguments.add_argument("--batch", type=int, required=True)
    arguments.add_argument("--threads", type=int, required=True)
    arguments.add_argument("--optimizer", choices=["adam", "sgd"], required=True)
    a = arguments.parse_args()
    torch.set_num_threads(a.threads)
    step, rate = training_step(a.network, a.variant, a.batch, a.optimizer)
    for _ in range(5):
        step()
    serve(step, rate)


if __name__ == "__main__":
    main()
