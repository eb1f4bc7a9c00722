"""Pictures for the parity of training: real digits, first as they are, then padded to 32 x 32 and tinted, in fixed order."""
import gzip
import os
import struct

import numpy as np

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PLACES = (os.path.join(os.environ.get("SYNFIRE_DATA", os.path.join(REPOSITORY, "..", "shared", "data")), "mnist"), "/usr/share/datasets/fashion-mnist")


def read_idx(path):
    with gzip.open(path) as file:
        kind, = struct.unpack(">i", file.read(4))
        shape = struct.unpack(f">{kind & 255}i", file.read(4 * (kind & 255)))
        return np.frombuffer(file.read(int(np.prod(shape))), np.uint8).reshape(shape)


def pictures(count):
    """uint8 [count, 28, 28] and labels uint8 [count]: MNIST where it is, else Fashion-MNIST."""
    for place in PLACES:
        images = os.path.join(place, "train-images-idx3-ubyte.gz")
        if os.path.exists(images):
            return read_idx(images)[:count], read_idx(os.path.join(place, "train-labels-idx1-ubyte.gz"))[:count]
    raise SystemExit(f"no pictures in {' or '.join(PLACES)}; apt-get install dataset-fashion-mnist")


def tinted(grey, seed=0):
    """uint8 [n, 28, 28] -> [n, 32, 32, 3]: each digit in a colour of its own on a faint ground of another."""
    random = np.random.default_rng(seed)
    padded = np.pad(grey, ((0, 0), (2, 2), (2, 2)))[..., None] / 255
    ink, ground = random.uniform(128, 255, (len(grey), 1, 1, 3)), random.uniform(0, 64, (len(grey), 1, 1, 3))
    return np.rint(padded * ink + (1 - padded) * ground).astype(np.uint8)


def write_idx(folder, images, labels):
    """The four files of an IDX data set; the test part repeats the first pictures, so that a run has something to test."""
    os.makedirs(folder, exist_ok=True)
    for part, count in (("train", len(images)), ("t10k", min(64, len(images)))):
        for kind, array in (("images", images[:count]), ("labels", labels[:count])):
            with open(os.path.join(folder, f"{part}-{kind}-idx{array.ndim}-ubyte"), "wb") as file:
                file.write(struct.pack(f">i{array.ndim}i", 0x0800 | array.ndim, *array.shape) + array.tobytes())
