#!/usr/bin/env python3
"""Writes pictures of Fashion-MNIST as PNG files, one folder a class: a set of pictures as people have them.

    examples/clothes.py FOLDER [PICTURES A CLASS]        300 of each class when not given

The pictures come from Debian's package dataset-fashion-mnist (Zalando SE, MIT). Needs nothing but Python.
"""
import gzip
import os
import struct
import sys
import zlib

SOURCE = "/usr/share/datasets/fashion-mnist/"
CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"]


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(pixels, width, height):
    rows = b"".join(b"\0" + pixels[y * width:(y + 1) * width] for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    folder, each = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 300
    try:
        with gzip.open(SOURCE + "train-images-idx3-ubyte.gz") as images, gzip.open(SOURCE + "train-labels-idx1-ubyte.gz") as labels:
            _, _, height, width = struct.unpack(">IIII", images.read(16))
            labels.read(8)
            counts = [0] * len(CLASSES)
            while min(counts) < each:
                pixels, label = images.read(width * height), labels.read(1)
                if not label:
                    break
                if counts[label[0]] < each:
                    target = os.path.join(folder, CLASSES[label[0]])
                    os.makedirs(target, exist_ok=True)
                    with open(os.path.join(target, f"{counts[label[0]]:04}.png"), "wb") as file:
                        file.write(png(pixels, width, height))
                    counts[label[0]] += 1
    except FileNotFoundError as e:
        sys.exit(f"{e.filename} is not there: sudo apt install dataset-fashion-mnist")
    print(f"{sum(counts)} pictures of {len(CLASSES)} classes in {folder}")


if __name__ == "__main__":
    main()
