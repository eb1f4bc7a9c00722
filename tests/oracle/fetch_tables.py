#!/usr/bin/env python3
"""Five small tables that everybody compares networks on, written as CSV files into data/ of the repository (git ignores it):

    tests/oracle/fetch_tables.py [FOLDER]

    iris, wine, breast_cancer   from the wheel of PyPI's scikit-learn (UCI; R. A. Fisher 1936, M. Forina 1991, W. Wolberg 1995; CC BY 4.0)
    penguins                    from the wheel of PyPI's palmerpenguins (K. Gorman, A. Horst, A. Hill 2020; CC0)
    concrete                    from Debian's package r-cran-modeldata (UCI; I.-C. Yeh 1998; CC BY 4.0)

Packages are asked for through pip and apt; nothing of them is installed or run.
"""
import csv
import glob
import gzip
import io
import os
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
IRIS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
WINE = ["alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids", "nonflavanoid_phenols",
        "proanthocyanins", "color_intensity", "hue", "od280_od315", "proline"]
CANCER = [f"{kind}_{name}" for kind in ("mean", "error", "worst")
          for name in ("radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave_points", "symmetry", "fractal_dimension")]


def wheel(package, folder):
    """The newest wheel of a PyPI package, as an open zip file."""
    subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", folder, package], check=True)
    return zipfile.ZipFile(glob.glob(os.path.join(folder, package.replace("-", "_") + "-*.whl"))[0])


def write(folder, name, header, rows):
    path = os.path.join(folder, name + ".csv")
    with open(path, "w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    print(f"{path}: {len(rows)} rows of {len(header)} columns")


def from_scikit_learn(archive, member, columns, target, folder, name):
    """Its files begin with a line: rows, features, names of the classes; the last column is a number of them."""
    rows = list(csv.reader(io.StringIO(archive.read("sklearn/datasets/data/" + member).decode())))
    classes = rows[0][2:]
    write(folder, name, columns + [target], [r[:-1] + [classes[int(r[-1])]] for r in rows[1:]])


class R:
    """Reads what R's serialize() wrote (XDR, versions 2 and 3), as far as plain data frames need it."""

    def __init__(self, data):
        self.data, self.at, self.references = data, 0, []
        assert data[:2] == b"X\n", "no XDR"
        self.at = 2
        version, _, _ = self.ints(3)
        if version == 3:
            size = self.ints(1)[0]
            self.at += size

    def ints(self, n):
        values = struct.unpack_from(f">{n}i", self.data, self.at)
        self.at += 4 * n
        return values

    def item(self):
        flags = self.ints(1)[0]
        kind, attributes = flags & 0xff, None
        if kind == 254:
            return None
        if kind == 255:
            return self.references[(flags >> 8 or self.ints(1)[0]) - 1]
        if kind == 1:
            name = self.item()
            self.references.append(name)
            return name
        if kind == 9:
            size = self.ints(1)[0]
            text = None if size < 0 else self.data[self.at:self.at + size].decode()
            self.at += max(size, 0)
            return text
        if kind == 2:
            pairs = {}
            while True:
                if flags & 0x200:
                    self.item()
                tag = self.item() if flags & 0x400 else None
                pairs[tag] = self.item()
                flags = self.ints(1)[0]
                if flags & 0xff == 254:
                    return pairs
        if kind == 238:
            _, state, _ = self.item(), self.item(), self.item()
            return state
        if kind in (10, 13):
            value = list(self.ints(self.ints(1)[0]))
        elif kind == 14:
            n = self.ints(1)[0]
            value = list(struct.unpack_from(f">{n}d", self.data, self.at))
            self.at += 8 * n
        elif kind in (16, 19):
            value = [self.item() for _ in range(self.ints(1)[0])]
        else:
            raise ValueError(f"R type {kind} is not read")
        if flags & 0x200:
            attributes = self.item()
        return dict(zip(attributes["names"], value)) if kind == 19 and attributes and "names" in attributes else value


def from_modeldata(folder, downloads):
    subprocess.run(["apt-get", "download", "-qq", "r-cran-modeldata"], cwd=downloads, check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["dpkg-deb", "-x", glob.glob(os.path.join(downloads, "r-cran-modeldata*.deb"))[0], downloads], check=True)
    base = os.path.join(downloads, "usr/lib/R/site-library/modeldata/data/Rdata")
    index = open(base + ".rdx", "rb").read()
    index = R(gzip.decompress(index) if index[:2] == b"\x1f\x8b" else zlib.decompress(index)).item()
    start, size = index["variables"]["concrete"]
    packed = open(base + ".rdb", "rb").read()[start:start + size]
    if packed[4:5] == b"Z":
        import lzma
        data = lzma.decompress(packed[5:], format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2, "preset": 9}]) if packed[5:10] != b"\xfd7zXZ" else lzma.decompress(packed[5:])
    elif packed[4:5] == b"2":
        import bz2
        data = bz2.decompress(packed[5:])
    else:
        data = zlib.decompress(packed[4:])
    frame = R(data).item()
    write(folder, "concrete", list(frame), [[f"{v:g}" if v != int(v) else int(v) for v in row] for row in zip(*frame.values())])


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.join(REPOSITORY, "data")
    os.makedirs(folder, exist_ok=True)
    with tempfile.TemporaryDirectory() as downloads:
        os.chmod(downloads, 0o755)
        learn = wheel("scikit-learn", downloads)
        from_scikit_learn(learn, "iris.csv", IRIS, "species", folder, "iris")
        from_scikit_learn(learn, "wine_data.csv", WINE, "cultivar", folder, "wine")
        from_scikit_learn(learn, "breast_cancer.csv", CANCER, "diagnosis", folder, "breast_cancer")
        rows = list(csv.reader(io.StringIO(wheel("palmerpenguins", downloads).read("palmerpenguins/data/penguins.csv").decode())))
        write(folder, "penguins", rows[0], rows[1:])
        from_modeldata(folder, downloads)


if __name__ == "__main__":
    main()
