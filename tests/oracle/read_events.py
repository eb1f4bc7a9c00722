#!/usr/bin/env python3
"""Reads event files with TensorBoard's own code and compares every value with the run's other files.

    read_events.py WHOLE KILLED OFF     run folders: one left alone, one killed and gone on with, one without events
"""
import csv
import glob
import json
import math
import os
import shutil
import struct
import sys
import tempfile
import zlib

from tensorboard.backend.event_processing import event_accumulator, event_file_loader

passed = failed = 0


def check(name, good, why=""):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print(f"FAILED {name} {why}")


def f32(v):
    return struct.unpack("f", struct.pack("f", v))[0]


def near(a, b):
    return a == b or abs(a - b) <= 1e-5 * max(abs(a), abs(b))


def scalars(board, tag):
    return {e.step: e.value for e in board.Scalars(tag)} if tag in board.Tags()["scalars"] else {}


def compare(run, what):
    board = event_accumulator.EventAccumulator(run, size_guidance={"scalars": 0, "histograms": 0, "images": 0, "tensors": 0, "compressedHistograms": 0})
    board.Reload()
    lines = [json.loads(line) for line in open(os.path.join(run, "metrics.jsonl"))]
    steps = [l for l in lines if "loss" in l]
    epochs = [l for l in lines if "validation" in l]
    loss = board.Scalars("train/loss")
    check(f"{what}: every point of the loss, once and in order", [e.step for e in loss] == [l["step"] for l in steps], f"{len(loss)} of {len(steps)}")
    check(f"{what}: with the same numbers", all(f32(l["loss"]) == e.value for l, e in zip(steps, loss)))
    rate = scalars(board, "train/learning_rate")
    check(f"{what}: learning rates", len(rate) > 1 and all(f32(l["lr"]) == rate[l["step"]] for l in steps if l["step"] in rate))
    check(f"{what}: they are left out where they stay", all(l["step"] in rate or l["lr"] == before["lr"] for before, l in zip(steps, steps[1:])))
    for name in epochs[0]["validation"]:
        mine = scalars(board, "validation/" + name)
        check(f"{what}: validation/{name}", mine == {l["step"]: f32(l["validation"][name]) for l in epochs}, f"{len(mine)} of {len(epochs)}")
    health = [json.loads(line) for line in open(os.path.join(run, "health.jsonl"))]
    check(f"{what}: there is health to compare", len(health) >= 10, str(len(health)))
    names = {"grad_norm": "grad_norm", "update_ratio": "update_ratio", "weight_norm": "weight_norm", "activation_mean": "activation_mean", "activation_std": "activation_std",
             "dead": "dead_units", "saturated": "saturated_units"}
    for i, layer in enumerate(health[0]["layers"]):
        for key, tag in names.items():
            mine = scalars(board, f"{tag}/{layer['name']}")
            theirs = {h["step"]: h["layers"][i][key] for h in health if h["layers"][i][key] is not None}
            check(f"{what}: {tag}/{layer['name']}", mine.keys() == theirs.keys() and all(near(v, theirs[s]) for s, v in mine.items()), f"{len(mine)} of {len(theirs)}")
        for key in ("weights", "gradients", "activations"):
            tag = f"{key}/{layer['name']}"
            mine = {e.step: e.histogram_value for e in board.Histograms(tag)} if tag in board.Tags()["histograms"] else {}
            theirs = {h["step"]: h["layers"][i][key] for h in health if key in h["layers"][i]}
            good = len(theirs) > 1 and mine.keys() == theirs.keys()
            for step, h in mine.items():  # TensorBoard may merge empty ends; counts and range stay
                good = good and [c for c in h.bucket if c] == [c for c in theirs[step]["counts"] if c]
                good = good and near(h.bucket_limit[-1], theirs[step]["max"]) and h.num == sum(theirs[step]["counts"])
            check(f"{what}: {tag}", good, f"{len(mine)} of {len(theirs)}")
    compare_images(board, run, what)


def decoded(png):
    """Width, height and the bytes of a grey or RGB picture whose lines need no filter undone to be counted."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    at, data, head = 8, b"", None
    while at < len(png):
        size, kind = struct.unpack(">I4s", png[at:at + 8])
        body = png[at + 8:at + 8 + size]
        assert struct.unpack(">I", png[at + 8 + size:at + 12 + size])[0] == zlib.crc32(kind + body)
        head = struct.unpack(">IIBBBBB", body) if kind == b"IHDR" else head
        data += body if kind == b"IDAT" else b""
        at += 12 + size
    return head[0], head[1], zlib.decompress(data)


def compare_images(board, run, what):
    tags = board.Tags()["images"]
    check(f"{what}: filters", "filters/first_layer" in tags and len(board.Images("filters/first_layer")) >= 1)
    for e in board.Images("filters/first_layer"):
        width, height, data = decoded(e.encoded_image_string)
        check(f"{what}: filters at step {e.step} are a picture", (width, height) == (e.width, e.height) and len(data) == height * (width + 1))
    rows = list(csv.DictReader(open(os.path.join(run, "predictions.csv"))))
    rows.sort(key=lambda r: (-float(r["loss"]), int(r["row"])))
    worst = [f"worst/{i + 1:02} row {int(r['row']) + 1}: {r['actual']} taken for {r['predicted']}" for i, r in enumerate(rows[:12])]
    check(f"{what}: the worst samples", [t for t in tags if t.startswith("worst/")] == worst or sorted(t for t in tags if t.startswith("worst/")) == worst)
    check(f"{what}: they are pictures", all(decoded(board.Images(t)[0].encoded_image_string)[:2] == (8, 8) for t in worst if t in tags))


def damaged(run):
    """A flipped byte must be noticed: the checksums are real."""
    path = sorted(glob.glob(os.path.join(run, "events.out.tfevents.*")))[0]
    whole = len(list(event_file_loader.EventFileLoader(path).Load()))
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, os.path.basename(path))
        shutil.copy(path, copy)
        with open(copy, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)[0]
            file.seek(-1, 1)
            file.write(bytes([byte ^ 16]))
        try:
            left = len(list(event_file_loader.EventFileLoader(copy).Load()))
        except Exception as e:  # tensorboard's kind of error differs between versions
            left = -1 if "crc" in str(e).lower() or "corrupt" in str(e).lower() or "DataLoss" in type(e).__name__ else whole
    check("a flipped byte is noticed", left < whole, f"{left} of {whole}")


def main():
    whole, killed, off = sys.argv[1:]
    check("one file a session", len(glob.glob(whole + "/events.out.tfevents.*")) == 1 and len(glob.glob(killed + "/events.out.tfevents.*")) == 2)
    compare(whole, "whole")
    compare(killed, "killed and resumed")
    damaged(whole)
    check("train.tensorboard = false writes none", not glob.glob(off + "/events*"))
    print(f"{passed} passed, {failed} failed")
    sys.exit(failed != 0)


main()
