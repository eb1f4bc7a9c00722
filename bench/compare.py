"""Runs ours and theirs in turn and writes what came out into docs/performance.md; bench/run calls it inside its environment.

Every measurement of a rival stands between two of ours, in processes held to the same processors, so that what the machine does
beside falls on both. Medians of all rounds and minima of all rounds are kept; a ratio is rival's best variant over ours.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import report
from rows import ROWS

FOLDER = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(FOLDER)


def pinned(threads):
    """What a child does before it starts: it may use only the first `threads` of our processors."""
    processors = sorted(os.sched_getaffinity(0))[:threads]
    return lambda: os.sched_setaffinity(0, processors)


def environment(threads):
    return dict(os.environ, OMP_NUM_THREADS=str(threads), MKL_NUM_THREADS=str(threads), PYTHONWARNINGS="ignore")


class Rival:
    """A rival's process for one variant of a row: started once, asked many times."""

    def __init__(self, row, variant, threads):
        script = ["rival_infer.py", row.network, variant] if row.infer else \
            ["rival.py", row.network, variant, "--batch", str(row.batch), "--optimizer", row.optimizer]
        self.variant = variant
        self.process = subprocess.Popen([sys.executable, *script, "--threads", str(threads)], cwd=FOLDER, stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, preexec_fn=pinned(threads), env=environment(threads))
        self.alive = bool(self.process.stdout.readline())
        if not self.alive:
            print(f"  {row.name}: the rival's variant {variant} does not run here", file=sys.stderr)

    def measure(self, seconds):
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        self.process.stdin.close()
        self.process.wait()


def ours(steps, row, threads, seconds):
    command = [steps, os.path.join(FOLDER, "models", row.network + ".toml"), "--batch", str(row.batch), "--threads", str(threads),
               "--seconds", str(seconds)] + (["--infer"] if row.infer else [])
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(threads), check=True)
    return json.loads(done.stdout.splitlines()[-1])


def folded(samples):
    """Several measurements of one thing as one."""
    one = {"ms_median": statistics.median(s["ms_median"] for s in samples), "ms_min": min(s["ms_min"] for s in samples),
           "n": sum(s["n"] for s in samples), "rss_mb": max(s["rss_mb"] for s in samples)}
    return one | ({"rate": samples[0]["rate"]} if "rate" in samples[0] else {})


def compare(row, threads, steps, rounds):
    rivals = [r for r in (Rival(row, v, threads) for v in row.variants) if r.alive]
    theirs, mine = {r.variant: [] for r in rivals}, []
    try:
        for turn in range(rounds):
            for rival in rivals[turn % len(rivals):] + rivals[:turn % len(rivals)] if rivals else []:
                theirs[rival.variant].append(rival.measure(row.seconds))
                if steps:
                    mine.append(ours(steps, row, threads, row.seconds))
    finally:
        for rival in rivals:
            rival.end()
    return {"row": row.name, "threads": threads, "theirs": {v: folded(s) for v, s in theirs.items()}, "ours": folded(mine) if mine else None}


def timed(command, threads):
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=FOLDER, stdout=subprocess.PIPE, text=True, preexec_fn=pinned(threads), env=environment(threads), check=True)
    return {"ms": (time.perf_counter() - begin) * 1e3, "rss_mb": json.loads(done.stdout.splitlines()[-1])["rss_mb"]}


def first_step(steps, rounds):
    """From the start of the process to the end of it, with one training step of the MLP in between; one thread."""
    model = os.path.join(FOLDER, "models", "mlp.toml")
    theirs, mine = [], []
    for _ in range(rounds):
        theirs.append(timed([sys.executable, "first_step.py", "1"], 1))
        for _ in range(5 if steps else 0):
            mine.append(timed([steps, model, "--batch", "64", "--threads", "1", "--seconds", "0"], 1))

    def fold(s):
        return {"ms_median": statistics.median(x["ms"] for x in s), "ms_min": min(x["ms"] for x in s), "rss_mb": max(x["rss_mb"] for x in s)}
    return {"theirs": fold(theirs), "ours": fold(mine) if mine else None}


def first_digits(synfire, rounds):
    """From the start of `synfire train examples/digits.toml` to the line that tells of its first step: reading, planning and the run folder included."""
    times = []
    with tempfile.TemporaryDirectory() as folder:
        command = [synfire, "train", os.path.join(REPOSITORY, "examples", "digits.toml"), "--progress", "json", "--runs", folder, "--threads", "1"]
        for _ in range(4 * rounds):
            begin = time.perf_counter()
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, preexec_fn=pinned(1)) as process:
                if not any('"event":"step"' in line for line in process.stderr):
                    sys.exit(f"{' '.join(command)} told of no step")
                times.append((time.perf_counter() - begin) * 1e3)
                process.kill()
    return {"ms_median": statistics.median(times), "ms_min": min(times)}


def kernels(folder):
    """What bench/gemm and bench/conv print: tables in Markdown."""
    return [subprocess.run([os.path.join(folder, name)], stdout=subprocess.PIPE, text=True, preexec_fn=pinned(1), env=environment(1), check=True).stdout.strip()
            for name in ("gemm", "conv")]


def main():
    arguments = argparse.ArgumentParser(prog="bench/run", description="Speed beside the rivals, in one go.")
    arguments.add_argument("--steps", default=os.path.join(REPOSITORY, "build", "bench", "steps"), help="our program")
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--rows", default="", help=f"only these, with commas: {','.join(r.name for r in ROWS)},start,kernels")
    arguments.add_argument("--threads", default="1,2")
    arguments.add_argument("--output", default=os.path.join(REPOSITORY, "docs", "performance.md"), help="the page whose table is replaced; - for none")
    a = arguments.parse_args()
    steps = a.steps if os.access(a.steps, os.X_OK) else None
    if not steps:
        print(f"{a.steps} is not there: only the rivals are measured", file=sys.stderr)
    wanted, threads = set(filter(None, a.rows.split(","))), [int(t) for t in a.threads.split(",")]
    unknown = wanted - {r.name for r in ROWS} - {"start", "kernels"}
    if unknown:
        sys.exit(f"no row is called {', '.join(sorted(unknown))}")
    available = len(os.sched_getaffinity(0))
    results, begin = [], time.time()
    for row in ROWS:
        for count in row.threads:
            if (not wanted or row.name in wanted) and count in threads:
                if count > available:
                    print(f"{row.name}: {count} threads, but this process may use {available} processors: left out", file=sys.stderr)
                    continue
                results.append(compare(row, count, steps, a.rounds))
                print(report.line(row, results[-1]), flush=True)
    start = first_step(steps, a.rounds) if not wanted or "start" in wanted else None
    if start:
        start["digits"] = first_digits(os.path.join(REPOSITORY, "build", "synfire"), a.rounds)
        print(report.start_line(start), flush=True)
    tables = kernels(os.path.dirname(steps)) if steps and (not wanted or "kernels" in wanted) else []
    words = " ".join(["bench/run", *sys.argv[1:]])
    text = report.table(results, start, tables, words, time.time() - begin)
    os.makedirs(os.path.join(FOLDER, "out"), exist_ok=True)
    with open(os.path.join(FOLDER, "out", "results.json"), "w", encoding="utf-8") as file:
        json.dump({"command": words, "results": results, "start": start}, file, indent=1)
    if a.output != "-" and steps:
        report.put(a.output, text)
        print(f"written to {os.path.relpath(a.output)}")
    else:
        print(text)


if __name__ == "__main__":
    main()
