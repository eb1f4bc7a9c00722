#!/usr/bin/env python3
"""Checks that the house keeps its shape: which folder includes which, how long files are, and that each says what it is.

    check_layers.py [FOLDER]      the repository by default; prints one line an offence and exits 1 when there is any

A folder may include only itself and those before it in ORDER. Things in catalog/ register themselves, so nobody includes them;
a file may include data written for it alone (NAME.inc beside it).
"""
import os
import re
import sys

ORDER = ["base", "tensor", "comm", "graph", "def", "interop", "plan", "data", "model", "train", "inspect", "report", "serve", "api", "cli"]
CATALOG_TOP = "data"  # the last folder that catalog/ may use: what it defines knows nothing of models, training or the command line
LINE_CAP = 400
SENTENCE_WORDS = 2  # "Plain zeros." is enough; a lone word or a line of dashes is not
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def sources(root, folder, endings):
    for path, folders, names in os.walk(os.path.join(root, folder)):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("node_modules", "__pycache__"))
        for name in sorted(names):
            if name.endswith(endings):
                yield os.path.relpath(os.path.join(path, name), root)


def read_lines(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read().splitlines()


def include_offence(path, target):
    """Why `path` may not include `target`, or None."""
    parts, own = target.split("/"), path.split("/")
    if target.endswith(".inc") and os.path.dirname(path) in (os.path.dirname(target), os.path.join(os.path.dirname(path), os.path.dirname(target))):
        return None
    if parts[0] == "catalog":
        return f"includes {target}: nothing includes catalog/, what is there registers itself"
    if own[0] not in ("synfire", "catalog"):
        return None
    if parts[0] != "synfire" or len(parts) < 3:
        return f'includes "{target}": write the path from the repository, "synfire/FOLDER/FILE"'
    if parts[1] not in ORDER:
        return f"includes {target}: {parts[1]} is not in the order of folders ({' < '.join(ORDER)})"
    floor = ORDER.index(CATALOG_TOP) if own[0] == "catalog" else ORDER.index(own[1]) if own[1] in ORDER else -1
    if ORDER.index(parts[1]) > floor:
        here = "catalog" if own[0] == "catalog" else own[1]
        return f"includes {target}: {here} may use only {', '.join(ORDER[:floor + 1]) or 'nothing'}"
    return None


def opening_offence(lines):
    """A file opens with a comment that says what it is and why it exists."""
    for line in lines:
        text = line.strip()
        if text:
            words = text.lstrip("/*").split()
            if not text.startswith(("//", "/*")):
                return "does not begin with a comment that says what it is"
            return None if len(words) >= SENTENCE_WORDS else "its first comment is no sentence"
    return "is empty"


def offences(root):
    found, files = [], 0
    for folder in ("synfire", "catalog", "bench", "tests", "tools"):
        for path in sources(root, folder, (".h", ".hpp", ".cpp", ".c", ".inc", ".py")):
            files += 1
            lines = read_lines(root, path)
            if path.endswith(".inc"):
                continue
            if folder != "tests" and len(lines) > LINE_CAP:
                found.append(f"{path}:{LINE_CAP + 1}: has {len(lines)} lines, the cap is {LINE_CAP}")
            if path.endswith(".py"):
                continue
            if folder in ("synfire", "catalog"):
                if folder == "synfire" and path.count("/") == 2 and path.split("/")[1] not in ORDER:
                    found.append(f"{path}:1: the folder synfire/{path.split('/')[1]} is not in the order of folders")
                opening = opening_offence(lines)
                if opening:
                    found.append(f"{path}:1: {opening}")
            for number, line in enumerate(lines, 1):
                match = INCLUDE.match(line)
                why = match and include_offence(path, match.group(1))
                if why:
                    found.append(f"{path}:{number}: {why}")
    return found, files


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found, files = offences(root)
    for line in found:
        print(line)
    if not files:
        sys.exit(f"no source files under {root}")
    print(f"layers: {files} files, {len(found)} offences")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
