#!/usr/bin/env python3
"""Runs what the documentation says: README.md and docs/*.md.

    run.py PATH/TO/synfire [WORD]           only pages whose name has WORD
    run.py PATH/TO/synfire --show WORD      prints what each command of these pages really answers, to be pasted

What is told by the word behind the fence of a block:

    sh          commands; each must end with 0
    console     "$ command", and below it what it answers. Each line shown must come, in this order, with others between them. … stands for anything;
                numbers with a point or a unit may differ, whole numbers may not. A command whose answer shows "error: " must fail, others must not
    toml        a model file: `synfire check` must find it well. "# name.toml" as its first line writes it under that name for what follows;
                pieces of a model file are completed by PIECES below
    json        is read (unless it is shortened with …)
    python      is run where Python finds what it imports
    c           a program, or a piece that must compile within a function that has pixels and probabilities
    cpp cmake   other tests compile them and hold the pages to it: tests/consumer.sh, tests/extension_test.cpp
    (nothing)   is only shown, and must not hold a command

Each page has a folder of its own with synfire on the PATH, what the repository has (examples, data …), and the files of FIXTURES. Trainings that
take minutes are shortened as SHORTER says, unless SYNFIRE_LONG is set; what cannot run in a test is listed in NOT_RUN, with the reason.
Then: no page is left out of the site's navigation, `synfire VERB --option` in running text exists, links lead somewhere, and with Debian's mkdocs
the site is built. The closing line is 'N passed, N failed'.
"""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LONG = bool(os.environ.get("SYNFIRE_LONG"))
LIMIT = 900 if LONG else 100  # seconds a command
FASHION = "/usr/share/datasets/fashion-mnist"

# Developers' notes, and tables that bench/run writes.
LEFT_OUT = {"docs/status.md": "for developers", "docs/performance.md": "bench/run writes it"}

# (page or "", what the command begins with, why it is not run)
NOT_RUN = [
    ("", "git clone", "needs the network"),
    ("", "sudo apt", "changes the system"),
    ("", "pip install", "needs the network"),
    ("", "./start", "builds all of it and trains for a minute; tests/examples.sh trains the same file"),
    ("", "./test", "this is a part of it"),
    ("", "tests/oracle/fetch_tables.py", "needs the network"),
    ("", "cmake ", "tests/consumer.sh builds, installs and uses the result"),
    ("", "tensorboard ", "serves until it is stopped; tests/tensorboard.sh reads the files by it"),
    ("", "npx ", "needs the network; tests/editor.sh does the same"),
    ("", "bench/run", "a quarter of an hour"),
    ("", "tests/", "has its own place in ./test"),
    ("", "tools/docs", "is run below"),
    ("", "xdg-open ", "needs a screen; tests/web.sh opens reports in Chromium"),
    ("", "man ", "needs help2man and an installation; tests/consumer.sh looks at the page"),
]

# (page, what the command begins with, what is added to it without SYNFIRE_LONG)
SHORTER = [
    ("README.md", "synfire train model.toml", "train.max_steps=20"),
    ("docs/tutorial-pictures.md", "synfire train clothes.toml", "train.epochs=2"),
]

# (page, a line of the listing, what is needed before it, what after it): pieces become whole model files.
NET = '[[layer]]\nkind = "dense"\nunits = "classes"\n'
IMAGES = 'data = "digits"\n[[layer]]\nkind = "conv2d"\nfilters = 16\n[[layer]]\nkind = "conv2d"\nfilters = 16\n'
PIECES = [
    ("docs/model-file.md", 'kind = "add"                       # add, concat … join several', IMAGES, NET),
    ("docs/model-file.md", "[block.residual]", 'data = "digits"\n[[layer]]\nkind = "conv2d"\nfilters = 16\n', NET),
]

# What pages talk of as the reader's own: a table, rows to predict, pictures.
FIXTURES = r"""
import random, sys
sys.path.insert(0, REPOSITORY + "/tests/cases")
from pictures import classes
random.seed(7)
classes("photos", cats=30, dogs=30)
def houses(name, n):
    with open(name, "w") as f:
        f.write("area,rooms,district,price\n")
        for _ in range(n):
            area, district = random.randint(30, 200), random.choice(["harbour", "hill", "old town"])
            f.write(f"{area},{area // 25},{district},{area * 3000 + (20000 if district == 'hill' else 0) + random.randint(-9000, 9000)}\n")
houses("houses.csv", 200), houses("new_houses.csv", 5)
open("penguins.csv", "w").write(open(REPOSITORY + "/examples/penguins.csv").read())
with open("model.toml", "w") as f:
    f.write('data = "digits"\n[[layer]]\nkind = "conv2d"\nfilters = 8\n[[layer]]\nkind = "dense"\nunits = "classes"\n')
with open("rows.csv", "w") as f:  # digits
    for _ in range(3):
        f.write(",".join(f"{random.random():.2f}" for _ in range(64)) + "\n")
with open("numbers.csv", "w") as f:  # age and outcome
    f.write("age,outcome\n" + "".join(f"{i},{i % 2}\n" for i in range(1, 41)))
from npz import savez  # what the NumPy listing writes, where there is no NumPy
kinds = [random.randrange(3) for _ in range(600)]
pixels = [random.randrange(200) + 50 * (i // 4 == k) for k in kinds for _ in range(12) for i in range(12)]
savez("stripes.npz", x=("u1", (500, 12, 12), pixels[:500 * 144]), y=("i8", (500,), kinds[:500]), x_test=("u1", (100, 12, 12), pixels[500 * 144:]), y_test=("i8", (100,), kinds[500:]))
with open("t.toml", "w") as f:
    f.write('data = {kind = "csv", path = "t.csv", target = "outcome"}\n')
"""


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


def not_run(page, command):
    return next((why for p, begins, why in NOT_RUN if p in ("", page) and command.startswith(begins)), None)


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


class Run:
    def __init__(self, binary, show):
        self.binary, self.show = binary, show
        self.passed = self.failed = 0
        self.left_out = {}
        self.seconds = {}

    def check(self, good, said):
        self.passed, self.failed = self.passed + bool(good), self.failed + (not good)
        if not good:
            print(f"FAILED {said}")

    def leave(self, command, why):
        self.left_out.setdefault(why, []).append(command.split("\n")[0])

    def folder(self, folder):
        """The page's own folder: links to what the repository has, and the reader's files."""
        os.makedirs(os.path.join(folder, "build"))
        os.symlink(self.binary, os.path.join(folder, "build", "synfire"))
        for name in ("examples", "data", "tools", "tests", "bench"):
            if os.path.exists(os.path.join(ROOT, name)):
                os.symlink(os.path.join(ROOT, name), os.path.join(folder, name))
        subprocess.run([sys.executable, "-c", FIXTURES.replace("REPOSITORY", repr(ROOT))], cwd=folder, check=True, env=dict(os.environ, PYTHONDONTWRITEBYTECODE="1"))
        self.environment = dict(os.environ, NO_COLOR="1", PATH=os.path.join(folder, "build") + ":" + os.environ["PATH"], PYTHONDONTWRITEBYTECODE="1")

    def bash(self, command, folder):
        try:
            done = subprocess.run(["bash", "-c", command], cwd=folder, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
        except subprocess.TimeoutExpired:
            return 124, f"took longer than {LIMIT} s"
        return done.returncode, done.stdout.decode(errors="replace")

    def command(self, block, command, shown, folder):
        why = not_run(block.page, command)
        if "from_torch.safetensors" in command and not os.path.exists(os.path.join(folder, "from_torch.safetensors")):
            why = "PyTorch writes the file (bench/run makes an environment that has it)"
        if not os.path.exists(FASHION) and (block.page == "docs/tutorial-pictures.md" or block.page == "README.md" and re.search("fashion|model.toml", command)):
            why = f"{FASHION} is not there (package dataset-fashion-mnist)"
        if why:
            return self.leave(command, why)
        added = None if LONG else next((more for p, begins, more in SHORTER if p == block.page and command.startswith(begins)), None)
        done = re.sub(r"\s*(#.*)?$", f" {added}", command) if added else command
        code, said = self.bash(done, folder)
        if self.show:
            print(f"{block.at}\n$ {done}\n{said}", end="")
        wanted_error = any("error: " in line for line in shown)
        if (code != 0) != wanted_error:
            return self.check(False, f"{block.at}: {done}: exit code {code}\n    " + "\n    ".join(said.splitlines()[-12:]))
        self.shortened |= bool(added)
        follows = self.shortened and re.match(r"synfire (predict|evaluate) ", command)  # its answer follows from a training that was cut short
        missing = None if added or follows else unmatched(shown, said)
        self.check(missing is None, f"{block.at}: {done} does not answer\n    {missing}\n  but\n    " + "\n    ".join(said.splitlines()[:40]))

    def model(self, block, folder):
        name = re.match(r"# ([\w./-]+\.toml)\n", block.text)
        before, after = next(((b, a) for p, line, b, a in PIECES if p == block.page and line in block.text.splitlines()), ("", ""))
        path = name.group(1) if name else "piece.toml"
        with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
            file.write(before + block.text + after)
        if '"fashion-mnist"' in block.text and not os.path.exists(FASHION):
            return self.leave(f"check of {block.at}", f"{FASHION} is not there")
        code, said = self.bash(f"synfire check {path}", folder)
        self.check(code == 0, f"{block.at}: synfire check: {said}")

    def python(self, block, folder):
        python = next((p for p in (os.path.join(ROOT, "bench/.venv/bin/python"), sys.executable) if os.path.exists(p)), None)
        modules = sorted(set(re.findall(r"^(?:import|from) (\w+)", block.text, re.M)))
        if subprocess.run([python, "-c", "; ".join(f"import importlib.util as u; assert u.find_spec({m!r})" for m in modules)], stderr=subprocess.DEVNULL).returncode:
            return self.leave(f"listing of {block.at}", f"Python has not all of {', '.join(modules)} here")
        done = subprocess.run([python, "-c", block.text], cwd=folder, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=LIMIT)
        if self.show:
            print(f"{block.at} python\n{done.stdout.decode()}")
        self.check(done.returncode == 0, f"{block.at}: {done.stdout.decode()[-800:]}")

    def c(self, block, folder):
        with open(os.path.join(folder, "piece.c"), "w", encoding="utf-8") as file:
            piece = "int piece(const float *pixels, float *probabilities)"
            whole = "int main(" in block.text
            file.write(block.text if whole else f"#include <stdio.h>\n#include <synfire/synfire.h>\n{piece};\n{piece} {{\n{block.text}return 0;\n}}\n")
        code, said = self.bash(f"gcc -std=c99 -Wall -Wextra -Werror -fsyntax-only -I{ROOT}/include piece.c", folder)
        self.check(code == 0, f"{block.at}: {said}")

    def page(self, page):
        begin, self.shortened = time.time(), False
        with tempfile.TemporaryDirectory() as folder:
            folder = os.path.realpath(folder)
            self.folder(folder)
            for block in blocks_of(page):
                if block.kind in ("sh", "console"):
                    for command, shown in commands_of(block):
                        self.command(block, command, shown, folder)
                elif block.kind == "toml":
                    self.model(block, folder)
                elif block.kind == "json":
                    if "…" not in block.text:
                        self.check(is_json(block.text), f"{block.at} is no JSON")
                elif block.kind == "python":
                    self.python(block, folder)
                elif block.kind == "c":
                    self.c(block, folder)
                elif block.kind in ("cpp", "cmake"):
                    pass
                elif block.kind == "":
                    hidden = re.search(r"^(\$ |\./|build/synfire |synfire [a-z-]+ )", block.text, re.M)
                    self.check(not hidden or "help" in block.text, f"{block.at}: a command in a block that nobody runs: call it sh or console")
                else:
                    self.check(False, f"{block.at}: nobody knows what to do with {block.kind}")
        self.seconds[page] = time.time() - begin


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def prose_of(page):
    return re.sub(r"^```.*?^```", "", open(os.path.join(ROOT, page), encoding="utf-8").read(), flags=re.M | re.S)


def spoken_commands(run, page, helps):
    """Commands within running text: the verb is there, and so are its options."""
    for span in re.findall(r"`synfire ([^`]+)`", prose_of(page)):
        words = span.split()
        verb = words[0]
        if not re.fullmatch(r"[a-z][a-z-]*", verb) or verb == "help":
            continue
        run.check(verb in helps, f"{page}: `synfire {span}`: there is no such verb")
        for option in re.findall(r"(?<!\S)--[a-z-]+", span):
            run.check(option in helps.get(verb, ""), f"{page}: `synfire {span}`: {verb} has no {option}")


# docs/keras-pytorch.md, "Defaults that differ": the row, and what its last column must say.
DEFAULTS = {"batch norm: new part of the running statistics": ["batch_norm.momentum"], "batch norm: epsilon": ["batch_norm.eps"], "layer norm: epsilon": ["layer_norm.eps"],
            "Adam: epsilon": ["adam.eps"], "AdamW: weight decay": ["adamw.weight_decay"], "RMSprop: rate, memory, epsilon": ["rmsprop.lr", "rmsprop.alpha", "rmsprop.eps"],
            "SGD: rate": ["sgd.lr"], "leaky relu: slope": ["leaky_relu.slope"], "batch size": ["train.batch"], "padding of a convolution": ["conv2d.padding"]}


def defaults(run, entries):
    known = {f"{e['name']}.{p['name']}": p["default"] for e in entries if e["role"] != "op" for p in e["params"]}
    rows = [[c.strip() for c in line.strip("| \n").split(" | ")] for line in open(os.path.join(ROOT, "docs/keras-pytorch.md"), encoding="utf-8") if line.startswith("| ")]
    told = {row[0]: row[-1] for row in rows}
    for row, params in DEFAULTS.items():
        said = [v.strip(" `") for v in told.get(row, "").split(",")]
        wanted = [known[p] for p in params]
        same = len(said) == len(wanted) and all(a == b or is_number(a) and is_number(b) and float(a) == float(b) for a, b in zip(said, wanted))
        run.check(same, f"docs/keras-pytorch.md: {row}: {said}, but the defaults are {wanted}")


def examples(run, entries, folder):
    """What explain and the site show as an example of each thing stands in a model file, and check finds it well."""
    two = 'data = "digits"\n' + '[[layer]]\nkind = "conv2d"\nfilters = 16\n' * 2
    for e in entries:
        text = re.sub("^  ", "", e["example"], flags=re.M)
        if e["role"] == "layer":
            model = two + text.replace('["…", "…"]', '["conv1", "conv2"]') + NET
        elif e["role"] in ("activation", "initializer"):
            model = 'data = "digits"\n[[layer]]\nkind = "dense"\nunits = 8\n' + text + NET
        elif e["role"] in ("optimizer", "schedule"):
            model = 'data = "digits"\n' + text
        elif e["role"] == "loss":
            data = 'data = "digits"' if e["name"] == "cross_entropy" else 'data = {kind = "csv", path = "numbers.csv", target = "outcome", task = "numbers"}'
            model = data + "\n" + text
        elif e["role"] in ("transform", "augmentation"):
            model = text.replace("[data]\n", '[data]\nkind = "digits"\n')
        else:
            continue
        with open(os.path.join(folder, "example.toml"), "w", encoding="utf-8") as file:
            file.write(model)
        code, said = run.bash("synfire check example.toml", folder)
        run.check(text and code == 0, f"the example of {e['role']}/{e['name']}: {said}\n{model}")


def is_number(text):
    return re.fullmatch(r"[-+]?\d[\d.]*(e[-+]?\d+)?", text) is not None


def links(run, page):
    for target in re.findall(r"\[[^\]]*\]\(([^)\s]+)\)", prose_of(page)):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = os.path.normpath(os.path.join(ROOT, os.path.dirname(page), path)) if path else os.path.join(ROOT, page)
        run.check(os.path.exists(file), f"{page}: the link {target} leads nowhere")
        if anchor and file.endswith(".md") and os.path.exists(file):
            headings = re.findall(r"^#+ (.+)$", open(file, encoding="utf-8").read(), re.M)
            slugs = {re.sub(r"\s", "-", re.sub(r"[^\w\s-]", "", h.replace("`", "")).strip().lower()) for h in headings}
            run.check(anchor in slugs, f"{page}: the link {target}: there is no such heading")


def site(run, binary, pages):
    listed = open(os.path.join(ROOT, "docs", "site.yml"), encoding="utf-8").read()
    for page in pages:
        if page.startswith("docs/") and page != "docs/status.md":
            run.check(os.path.basename(page) in listed, f"{page} is not in the navigation of docs/site.yml")
    with tempfile.TemporaryDirectory() as folder:
        made = subprocess.run([sys.executable, os.path.join(ROOT, "tools/docs"), binary, "--pages", os.path.join(folder, "pages")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        run.check(made.returncode == 0, f"tools/docs --pages: {made.stdout}")
        entries = json.loads(subprocess.run([binary, "list", "--json"], check=True, stdout=subprocess.PIPE).stdout)
        texts = {os.path.basename(p)[:-3]: open(p, encoding="utf-8").read() for p in glob.glob(os.path.join(folder, "pages/catalogue/*.md"))}
        for e in entries:
            text = texts.get(e["role"], "")
            run.check(f"## {e['name']}\n" in text or f"| `{e['name']}` |" in text, f"the site has nothing about {e['role']}/{e['name']}")
            if e["role"] != "op":
                part = text.partition(f"## {e['name']}\n")[2].partition("\n## ")[0]
                run.check(all(f"| `{p['name']}` |" in part for p in e["params"]), f"the site leaves out parameters of {e['role']}/{e['name']}")
        defaults(run, entries)
        reader = os.path.join(folder, "reader")
        run.folder(reader)
        examples(run, entries, reader)
        run.check(set(texts) <= set(re.findall(r"catalogue/(\w+)\.md", listed)), "a page of the catalogue is not in docs/site.yml")
        if not shutil.which("mkdocs"):
            print("the site is not built: there is no mkdocs (apt install mkdocs)")
            return
        built = subprocess.run([sys.executable, os.path.join(ROOT, "tools/docs"), binary, "--output", os.path.join(folder, "site")], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8")
        run.check(built.returncode == 0, f"tools/docs: {built.stdout}")


def main():
    words = [w for w in sys.argv[1:] if w != "--show"]
    if not words:
        sys.exit(__doc__)
    if os.environ.get("SYNFIRE_SANITIZED"):
        print("left out: other tests run the same commands under sanitizers")
        return 0
    binary, only = os.path.realpath(words[0]), words[1] if len(words) > 1 else ""
    run = Run(binary, "--show" in sys.argv)
    pages = ["README.md"] + sorted(os.path.relpath(p, ROOT) for p in glob.glob(os.path.join(ROOT, "docs", "*.md")))
    for page in pages:
        if only in page and page not in LEFT_OUT:
            run.page(page)
    if not only:
        general = subprocess.run([binary, "--help"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout
        verbs = [v for v in re.findall(r"^  ([a-z][a-z-]*) ", general, re.M) if v != "synfire"]
        helps = {v: subprocess.run([binary, v, "--help"], check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout for v in verbs}
        for page in pages:
            links(run, page)
            if page not in LEFT_OUT:
                spoken_commands(run, page, helps)
        site(run, binary, pages)
    for why, commands in run.left_out.items():
        print(f"not run, {why}: {'; '.join(sorted(set(commands)))}")
    print("seconds: " + ", ".join(f"{os.path.basename(p)} {s:.1f}" for p, s in sorted(run.seconds.items(), key=lambda x: -x[1]) if s > 0.5))
    print(f"{run.passed} passed, {run.failed} failed")
    return run.failed != 0


if __name__ == "__main__":
    sys.exit(main())
