"""Turns measurements into the table of docs/performance.md: between two markers, with the command and the machine beside it."""
import datetime
import importlib.metadata
import os

from rows import ROWS, START_MB, START_MS

RIVALS = {"ort": "ONNX Runtime", "snntorch": "snnTorch", "spikingjelly": "SpikingJelly", "norse": "norse"}
PACKAGES = (("PyTorch", "torch"), ("ONNX Runtime", "onnxruntime"), ("snnTorch", "snntorch"), ("SpikingJelly", "spikingjelly"), ("norse", "norse"))
BEGIN, END = "<!-- bench/run writes below -->", "<!-- bench/run writes above -->"
PAGE = f"""# Performance

Speed beside other people's engines, measured in one go on one machine: `bench/run` (see [bench/README.md](../bench/README.md)).
Machines differ and are noisy; the ratios are what counts.

{BEGIN}
{END}
"""


def milliseconds(value):
    if value < 1:
        return f"{value * 1e3:.3g} µs"
    return f"{value:.3g} ms" if value < 1000 else f"{value:.0f} ms"


def name_of(variant):
    """A rival and its variant, as people call them."""
    rival, _, form = variant.partition("+")
    name = RIVALS.get(rival)
    return f"{name}{' + ' * bool(form)}{form}" if name else f"PyTorch {variant.replace('+', ' + ')}"


def fires(sample):
    """How often neurons fire, where there are any."""
    return f", {sample['rate'] * 100:.2g} % fire" if "rate" in sample else ""


def best(theirs, key):
    """The fastest variant by one figure: (name, figure)."""
    name = min(theirs, key=lambda v: theirs[v][key])
    return name, theirs[name][key]


def ratios(result):
    """Rival's best over ours: by medians, by minima."""
    return tuple(best(result["theirs"], key)[1] / result["ours"][key] for key in ("ms_median", "ms_min"))


def cells(row, result):
    threads, theirs, mine = result["threads"], result["theirs"], result["ours"]
    title = ("inference: " if row.infer else "") + row.title
    if not theirs:
        return [title, str(threads), "–", "–", "–", "–", f"≥ {row.target:g}"]
    variant, median = best(theirs, "ms_median")
    rival = f"{milliseconds(median)} ({milliseconds(best(theirs, 'ms_min')[1])}), {name_of(variant)}{fires(theirs[variant])}"
    if not mine:
        return [title, str(threads), rival, "–", "–", "–", f"≥ {row.target:g}"]
    by_median, by_min = ratios(result)
    return [title, str(threads), rival, f"{milliseconds(mine['ms_median'])} ({milliseconds(mine['ms_min'])}){fires(mine)}", f"{by_median:.3g}", f"{by_min:.3g}",
            f"≥ {row.target:g}" + ("" if by_median >= row.target else " **missed**")]


def line(row, result):
    """One result for the terminal, with all variants."""
    variants = ", ".join(f"{v} {milliseconds(s['ms_median'])} ({milliseconds(s['ms_min'])}){fires(s)}" for v, s in result["theirs"].items())
    c = cells(row, result)
    return f"{row.name}, {result['threads']} thread(s): ours {c[3]}; theirs {variants}; ratio {c[4]}, by minima {c[5]}, wanted {c[6].replace('*', '')}"


def start_cells(start):
    theirs, mine = start["theirs"], start["ours"]
    wanted = f"≤ {START_MS} ms, ≤ {START_MB} MB"
    first = ["start of the process to the first step of the MLP, and memory held", "1",
             f"{milliseconds(theirs['ms_median'])} ({milliseconds(theirs['ms_min'])}), {theirs['rss_mb']:.0f} MB, PyTorch"]
    if not mine:
        return first + ["–", "–", "–", wanted]
    met = mine["ms_median"] <= START_MS and mine["rss_mb"] <= START_MB
    return first + [f"{milliseconds(mine['ms_median'])} ({milliseconds(mine['ms_min'])}), {mine['rss_mb']:.0f} MB",
                    f"{theirs['ms_median'] / mine['ms_median']:.3g}", f"{theirs['ms_min'] / mine['ms_min']:.3g}", wanted + ("" if met else " **missed**")]


def start_line(start):
    c = start_cells(start)
    return f"start: ours {c[3]}; theirs {c[2]}; wanted {c[6].replace('*', '')}"


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        for text in file:
            if text.startswith("model name"):
                model = text.split(":", 1)[1].strip()
                break
    return f"{model}, {len(os.sched_getaffinity(0))} processors, load {os.getloadavg()[0]:.1f}"


def scaling(results):
    """Our own time on one thread over that on two, where both were measured."""
    ours = {(r["row"], r["threads"]): r["ours"] for r in results if r["ours"]}
    lines = []
    for row in ROWS:
        one, two = ours.get((row.name, 1)), ours.get((row.name, 2))
        if one and two:
            median, least = one["ms_median"] / two["ms_median"], one["ms_min"] / two["ms_min"]
            lines.append(f"{row.title}: {median:.2f} by medians, {least:.2f} by minima")
    return ["", "Two threads against one: " + "; ".join(lines) + "."] if lines else []


def table(results, start, kernels, command, seconds):
    versions = ", ".join(f"{name} {importlib.metadata.version(package)}" for name, package in PACKAGES)
    rows = {row.name: row for row in ROWS}
    lines = [f"`{command}` on {datetime.date.today()}, {seconds / 60:.0f} minutes: {machine()}; {versions}.", "",
             "Times are median (minimum) of a training step or an inference. The rival is its best variant; a ratio is its time over ours.", "",
             "| work | threads | rival | Synfire | ratio, medians | ratio, minima | wanted |", "|---|---|---|---|---|---|---|"]
    lines += ["| " + " | ".join(cells(rows[r["row"]], r)) + " |" for r in results]
    if start:
        lines.append("| " + " | ".join(start_cells(start)) + " |")
        digits = start["digits"]
        lines.append(f"| start of `synfire train examples/digits.toml` to its first step | 1 | – | {milliseconds(digits['ms_median'])} ({milliseconds(digits['ms_min'])}) | – | – | ≤ {START_MS} ms |")
    lines += scaling(results)
    for text in kernels:
        lines += ["", text]
    return "\n".join(lines)


def put(path, text):
    """Replaces what stands between the markers; makes the page, or the markers at its end, where they are missing."""
    page = PAGE
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            page = file.read()
    if BEGIN not in page or END not in page:
        page = page.rstrip("\n") + f"\n\n{BEGIN}\n{END}\n"
    before, after = page.split(BEGIN, 1)[0], page.split(END, 1)[1]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}{BEGIN}\n{text}\n{END}{after}")
