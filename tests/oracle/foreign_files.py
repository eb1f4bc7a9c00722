#!/usr/bin/env python3
"""Makes the files in tests/data that other programs wrote: NumPy's NPY and NPZ, the safetensors of PyTorch, IDX by struct.

    pip install numpy torch safetensors && tests/oracle/foreign_files.py

Element i (row-major, from 0) of every array is i - 2, unsigned ones and booleans aside: there it is i and i % 2. tests/*_test.cpp know that.
"""
import gzip
import os
import struct

import numpy

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def counted(shape, dtype):
    n = numpy.arange(int(numpy.prod(shape)))
    kind = numpy.dtype(dtype).kind
    return (n % 2 if kind == "b" else n if kind == "u" else n - 2).reshape(shape).astype(dtype)


def numpy_files():
    for dtype in ("<f4", "<f8", ">f4", ">f8", "|u1", "|b1", "|i1", "<i2", ">i2", "<i4", ">i4", "<i8", ">i8", "<u2", "<u4"):
        order = {"<": "little", ">": "big", "|": "byte"}[dtype[0]]
        numpy.save(os.path.join(FOLDER, f"{dtype[1:]}_{order}.npy"), counted((2, 3), dtype))
    numpy.save(os.path.join(FOLDER, "fortran.npy"), numpy.asfortranarray(counted((2, 3, 4), "<f4")))
    numpy.save(os.path.join(FOLDER, "scalar.npy"), numpy.float32(-2))
    numpy.save(os.path.join(FOLDER, "empty.npy"), numpy.zeros((0, 5), "<f4"))
    with open(os.path.join(FOLDER, "version2.npy"), "wb") as file:
        numpy.lib.format.write_array(file, counted((7,), "<i4"), version=(2, 0))
    for name, array in (("objects", numpy.array([{}, None], dtype=object)), ("texts", numpy.array(["a", "bc"])), ("complex", counted((2,), "<c8")),
                        ("records", numpy.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")])), ("half", counted((2,), "<f2")), ("dates", numpy.zeros(2, "<M8[s]"))):
        numpy.save(os.path.join(FOLDER, f"refused_{name}.npy"), array, allow_pickle=True)
    arrays = {"x": counted((4, 3), "<f4"), "y": numpy.array([0, 1, 2, 1])}
    numpy.savez(os.path.join(FOLDER, "stored.npz"), **arrays)
    numpy.savez_compressed(os.path.join(FOLDER, "deflated.npz"), **arrays)


def idx_files():
    body = bytes([0, 0, 8, 3]) + struct.pack(">iii", 2, 3, 4) + bytes(range(24))
    open(os.path.join(FOLDER, "bytes.idx"), "wb").write(body)
    open(os.path.join(FOLDER, "bytes.idx.gz"), "wb").write(gzip.compress(body, mtime=0))
    for name, code, form in (("i1", 9, "b"), ("i2", 0x0B, "h"), ("i4", 0x0C, "i"), ("f4", 0x0D, "f"), ("f8", 0x0E, "d")):
        open(os.path.join(FOLDER, f"{name}.idx"), "wb").write(bytes([0, 0, code, 1]) + struct.pack(">i", 5) + struct.pack(f">5{form}", *range(-2, 3)))


def safetensors_files():
    import torch
    from safetensors.torch import save_file
    tensors = {"weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) - 2, "bias": torch.arange(3, dtype=torch.float64) - 2, "steps": torch.tensor(-2, dtype=torch.int64),
               "labels": torch.arange(3, dtype=torch.int32) - 2, "pixels": torch.arange(5, dtype=torch.uint8), "nothing": torch.zeros(0, 4)}
    save_file(tensors, os.path.join(FOLDER, "torch.safetensors"), metadata={"made_by": "PyTorch", "quote": "\"\\ ü"})
    save_file({"half": torch.zeros(2, dtype=torch.float16)}, os.path.join(FOLDER, "refused_half.safetensors"))


if __name__ == "__main__":
    os.makedirs(FOLDER, exist_ok=True)
    numpy_files()
    idx_files()
    safetensors_files()
    print(f"{len(os.listdir(FOLDER))} files in {FOLDER}")
