#!/usr/bin/env python3
"""Runs what the documentation says: README.md and docs/*.md.

    run.py PATH/TO/synfire [WORD]           only pages whose name has WORD
    run.py PATH/TO/synfire --show WORD      prints what each command of these pages really answers, to be pasted

What is told by the word behind the fence of a block:

    sh          commands; each must end with 0
    console     "$ command", and below it what it answers. Each line shown must come, in this order, with others between them. … stands for anything;
                numbers with a point or a unit may differ, whole numbers may not. A command whose answer shows "error: " must fail, others must not
    toml        a model file: `synfire check` must find it well. "# name.toml" as its first line writes it under that name for what follows;
                pieces of a model file are completed by PIECES of given.py
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
import os
import re
import subprocess
import sys
import tempfile
import time

from facts import links, site, spoken_commands
from given import FASHION, FIXTURES, LEFT_OUT, LIMIT, LONG, PIECES, ROOT, SHORTER, not_run
from pages import blocks_of, commands_of, is_json, unmatched


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
