#!/usr/bin/env python3
"""Makes catalog/datasets/digits.inc from the digits that scikit-learn carries.

    pip download --no-deps scikit-learn
    tools/make_digits.py scikit_learn-*.whl > catalog/datasets/digits.inc

A wheel is a zip, so nothing needs to be installed. The file in it, sklearn/datasets/data/digits.csv.gz, has a row a digit: 64 pixels of
0 … 16, then the class. Here a digit is 65 letters: 'a' … 'q' for the pixels, '0' … '9' for the class.
"""
import gzip
import os
import sys
import zipfile

PIXELS, A_LINE = 64, 2  # numbers of a digit; digits of a line


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    table = gzip.decompress(zipfile.ZipFile(sys.argv[1]).read("sklearn/datasets/data/digits.csv.gz")).decode()
    digits = []
    for row in table.splitlines():
        *pixels, label = (int(float(cell)) for cell in row.split(","))
        assert len(pixels) == PIXELS and all(0 <= p <= 16 for p in pixels) and 0 <= label <= 9
        digits.append("".join(chr(ord("a") + p) for p in pixels) + str(label))
    print(f"// The {len(digits)} digits of digits.cpp, made by tools/make_digits.py from {os.path.basename(sys.argv[1]).split('-cp')[0]}.")
    print("// Copyright (c) 2007 The scikit-learn developers; BSD-3-Clause. The data: Alpaydin & Kaynak 1998, UCI repository, CC BY 4.0.")
    for i in range(0, len(digits), A_LINE):
        print('"' + "".join(digits[i:i + A_LINE]) + '"')


if __name__ == "__main__":
    main()
