"""What the golden_*.py scripts share: they compute reference values with PyTorch in double precision and store them in tests/golden.

`bench/run --golden` runs them all; tests/golden_test.cpp holds the engine to the stored values, so the tests need no PyTorch.
"""
import json
import os

import torch

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "golden")

torch.set_default_dtype(torch.float64)
torch.manual_seed(1)


def numbers(tensor):
    """A flat list in row-major order, at 10 digits: enough to tell double from float, and short."""
    return [float(f"{x:.10g}") for x in tensor.detach().double().reshape(-1).tolist()]


def write(kind, script, cases):
    os.makedirs(FOLDER, exist_ok=True)
    path = os.path.join(FOLDER, kind + ".json")
    with open(path, "w", encoding="utf-8") as file:
        file.write(f'{{"made_by": "tests/oracle/{os.path.basename(script)}", "torch": "{torch.__version__.split("+")[0]}", "cases": [\n')
        file.write(",\n".join(json.dumps(case, separators=(",", ":")) for case in cases))
        file.write("\n]}\n")
    print(f"{os.path.relpath(path)}: {len(cases)} cases")
