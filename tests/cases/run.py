#!/usr/bin/env python3
"""Runs the plain-text cases of this folder against a synfire binary: what it is given, what it must answer.

    run.py PATH/TO/synfire [WORD]      only cases whose name contains WORD

A case file is a list of cases. Lines that begin with "---" are the language, what follows belongs to them:

    === name of the case
    --- file model.toml                the lines up to the next --- are written to that file first
    --- python                         these lines are run by Python in the case's folder first (to make binary files); npz.py is at hand
    --- needs PATH                     the case is skipped, and said so, where PATH (from the repository) is missing
    --- if COMMAND                     the case is skipped, and said so, where bash runs this in its folder without success
    --- run train model.toml           "synfire" and these words, run by bash; --- bash LINE is a line as it stands ($synfire). $nobody is
                                       put before a command to which permissions shall apply, as they do not to root (empty for others)
    --- exit 2
    --- stderr WORDS                   must appear; one line each; --- stdout WORDS; --- no stderr WORDS
"""
import os
import subprocess
import sys
import tempfile

FOLDER = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(FOLDER))
LIMIT = 120  # seconds a case
NOBODY = "setpriv --reuid=65534 --regid=65534 --clear-groups" if os.getuid() == 0 else ""


def parse(path):
    cases, block = [], None
    for number, line in enumerate(open(path, encoding="utf-8"), 1):
        if line.startswith("=== "):
            cases.append({"name": line[4:].strip(), "at": f"{os.path.basename(path)}:{number}", "files": [], "steps": [],
                          "exit": 0, "wants": [], "needs": [], "if": None})
            block = None
        elif line.startswith("--- "):
            word, _, rest = line[4:].strip().partition(" ")
            case = cases[-1]
            block = None
            if word == "file":
                block = []
                case["files"].append((rest, block))
            elif word == "python":
                block = []
                case["files"].append((None, block))
            elif word == "needs":
                case["needs"].append(rest)
            elif word == "if":
                case["if"] = rest
            elif word == "run":
                case["steps"].append('"$synfire" ' + rest)
            elif word == "bash":
                case["steps"].append(rest)
            elif word == "exit":
                case["exit"] = int(rest)
            elif word in ("stderr", "stdout"):
                case["wants"].append((word, True, rest))
            elif word == "no":
                stream, _, rest = rest.partition(" ")
                case["wants"].append((stream, False, rest))
            else:
                sys.exit(f"{path}:{number}: unknown word {word}")
        elif block is not None:
            block.append(line)
        elif line.strip() and not line.startswith("#"):
            sys.exit(f"{path}:{number}: this line belongs to nothing")
    return cases


def run(case, binary):
    """What is wrong with the answer, as a list of lines; empty when nothing is; None when the case cannot be tried here."""
    with tempfile.TemporaryDirectory() as folder:
        for name, lines in case["files"]:
            if name is None:
                subprocess.run([sys.executable, "-c", "".join(lines)], cwd=folder, check=True, env=dict(os.environ, PYTHONPATH=FOLDER, PYTHONDONTWRITEBYTECODE="1"))
            else:
                target = os.path.join(folder, name)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                open(target, "w", encoding="utf-8").write("".join(lines))
        os.chmod(folder, 0o755)  # for $nobody
        environment = dict(os.environ, synfire=binary, repository=REPOSITORY, NO_COLOR="1", nobody=NOBODY)
        if case["if"] and subprocess.run(["bash", "-c", case["if"]], cwd=folder, capture_output=True).returncode != 0:
            return None
        script = "\n".join(case["steps"])
        try:
            done = subprocess.run(["bash", "-c", script], cwd=folder, env=environment, capture_output=True, timeout=LIMIT, stdin=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            return [f"took longer than {LIMIT} s"]
    text = {"stdout": done.stdout.decode(errors="replace"), "stderr": done.stderr.decode(errors="replace")}
    wrong = []
    if done.returncode != case["exit"]:
        wrong.append(f"exit code {done.returncode}, not {case['exit']}")
    for stream, present, words in case["wants"]:
        if (words in text[stream]) != present:
            wrong.append(f"{stream} {'lacks' if present else 'has'}: {words}")
    for sign in ("terminate called", "Segmentation", "AddressSanitizer", "runtime error:"):
        if sign in text["stderr"]:
            wrong.append(f"stderr has: {sign}")
    if case["exit"] in (1, 2, 3, 4) and "error: " not in text["stderr"]:
        wrong.append("stderr has no line that begins with error:")
    if wrong:
        for stream in ("stdout", "stderr"):
            wrong += [f"  {stream}| {line}" for line in text[stream].splitlines()[:12]]
    return wrong


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    binary, only = os.path.abspath(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else ""
    passed = failed = skipped = 0
    for name in sorted(os.listdir(FOLDER)):
        if not name.endswith(".txt"):
            continue
        for case in parse(os.path.join(FOLDER, name)):
            if only not in case["name"] and only not in name:
                continue
            missing = [n for n in case["needs"] if not os.path.exists(os.path.join(REPOSITORY, n))]
            if missing:
                print(f"skipped {case['at']} {case['name']}: {missing[0]} is missing")
                skipped += 1
                continue
            wrong = run(case, binary)
            if wrong is None:
                print(f"skipped {case['at']} {case['name']}: {case['if']} fails")
                skipped += 1
                continue
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong:
                print(f"FAILED {case['at']} {case['name']}")
                for line in wrong:
                    print(f"    {line}")
    if skipped:
        print(f"{skipped} skipped")
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
