"""Writes NPZ files for the cases without NumPy, which a tester need not have: savez("set.npz", x=("f4", (4, 2)), y=("i4", (4,), [0, 1, 0, 1]))."""
import math
import struct
import zipfile

FORMS = {"f4": "f", "f8": "d", "u1": "B", "i4": "i", "i8": "q"}


def npy(kind, shape, values=None):
    """An array of this type and shape; zeros without values. Kind "O" is what NumPy makes of Python objects: a pickle."""
    head = f"{{'descr': '{'|' if kind in ('u1', 'O') else '<'}{kind}', 'fortran_order': False, 'shape': {tuple(shape)}, }}"
    head += " " * (-(len(head) + 11) % 64) + "\n"
    count = math.prod(shape)
    body = b"\x80\x04N." if kind == "O" else struct.pack(f"<{count}{FORMS[kind]}", *(values if values is not None else [0] * count))
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(head)) + head.encode() + body


def savez(path, **arrays):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            archive.writestr(name + ".npy", npy(*array))
