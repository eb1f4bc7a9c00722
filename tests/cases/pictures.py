"""Makes pictures for the cases with nothing but Python's own library: classes(a=5, b=5) is a folder "set" of PNG files; jpeg(path, name) copies one of tests/data/pictures."""
import os
import shutil
import struct
import zlib

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data", "pictures")


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_bytes(height=8, width=8, value=0, colour=False, claims=None):
    """A flat picture with a brighter pixel whose place follows from value; claims: height and width that the header tells instead."""
    samples = 3 if colour else 1
    rows = [bytearray([value % 256] * width * samples) for _ in range(height)]
    rows[value // width % height][value % width * samples] = 255
    head = struct.pack(">IIBBBBB", *(claims or (height, width))[::-1], 8, 2 if colour else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"".join(b"\0" + r for r in rows))) + chunk(b"IEND", b"")


def put(path, data):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    with open(path, "wb") as f:
        f.write(data)


def png(path, *args, **named):
    put(path, png_bytes(*args, **named))


def classes(folder="set", height=8, width=8, colour=False, first=0, **counts):
    """So many pictures of each class; all differ."""
    for k, (name, count) in enumerate(counts.items()):
        for i in range(count):
            png(f"{folder}/{name}/{i}.png", height, width, first + 120 * k + i, colour)


def jpeg(path, name="colour.jpg"):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    shutil.copy(os.path.join(DATA, name), path)


def model(text="", path="m.toml", extra=""):
    with open(path, "w") as f:
        f.write(f'data = {{kind = "image_folder", path = "set"{", " if text else ""}{text}}}\n{extra}')
