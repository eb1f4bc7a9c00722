"""Reading pages: fenced blocks, the commands in them, and whether an answer is the one that is shown."""
import json
import os
import re

from given import ROOT


class Block:
    def __init__(self, page, line, kind):
        self.page, self.line, self.kind, self.text = page, line, kind, ""

    @property
    def at(self):
        return f"{self.page}:{self.line}"


def blocks_of(page):
    blocks, block = [], None
    for number, line in enumerate(open(os.path.join(ROOT, page), encoding="utf-8"), 1):
        fence = re.match(r"```(\S*)", line)
        if fence and block is None:
            block = Block(page, number, fence.group(1))
        elif fence:
            blocks.append(block)
            block = None
        elif block is not None:
            block.text += line
    return blocks


def commands_of(block):
    """[(command, lines that are shown)]; in sh blocks nothing is shown. A command goes on while its lines end with a backslash or a here-document is open."""
    commands, open_until, goes_on = [], None, False
    for line in block.text.splitlines():
        if open_until is not None or goes_on:
            commands[-1][0] += "\n" + (line[2:] if block.kind == "console" and goes_on and line.startswith("> ") else line)
        elif block.kind == "sh":
            if not line.strip() or line.startswith("#"):
                continue
            commands.append([line, []])
        elif line.startswith("$ "):
            commands.append([line[2:], []])
        elif commands:
            commands[-1][1].append(line)
            continue
        else:
            raise ValueError(f"{block.at}: a console block begins with a command")
        goes_on = open_until is None and line.endswith("\\")
        here = re.search(r"<<-?\s*'?(\w+)'?", line) if open_until is None else None
        open_until = here.group(1) if here else None if open_until is not None and line.strip() == open_until else open_until
    return commands


def settled(line):
    """A line without what differs from machine to machine: spaces, numbers with a point or a unit, losses, certain probabilities, counts, and the processor."""
    line = re.sub(r"x86-64\S*, \d+ threads?", "#", re.sub(r"\s+", " ", line.strip()))
    line = re.sub(r"\b(loss|mae|rmse|r2|R²) -?[\d.]+(e[-+]?\d+)?", r"\1 #", line.replace(" (best)", ""))
    line = re.sub(r"(?<=,)[01](?=,|$)", "#", line)          # a probability that was rounded
    line = re.sub(r"^\d+ (?=[a-z-]+$)", "# ", line)         # uniq -c
    line = re.sub(r"[-+]?\d[\d,]*\.\d+(e[-+]?\d+)?", "#", line)
    return re.sub(r"(?<![\w#])[-+]?\d[\d,]*(?= ?(?:s|ms|µs|us|ns|min|h|B|KB|MB|GB|k|M|G|%|GF/s|GFLOP/s|samples/s|steps/s)\b|%)", "#", line)


def unmatched(shown, said):
    """The first line that is shown and does not come, or None."""
    lines = [settled(line) for line in said.splitlines()]
    at = 0
    for line in shown:
        if line.strip() in ("", "…"):
            continue
        pattern = re.compile(".*".join(re.escape(part) for part in settled(line).split("…")))
        found = next((i for i in range(at, len(lines)) if pattern.fullmatch(lines[i])), None)
        if found is None:
            return line
        at = found + 1
    return None


def prose_of(page):
    return re.sub(r"^```.*?^```", "", open(os.path.join(ROOT, page), encoding="utf-8").read(), flags=re.M | re.S)


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def is_number(text):
    return re.fullmatch(r"[-+]?\d[\d.]*(e[-+]?\d+)?", text) is not None
