#!/usr/bin/env python3
"""The JSON Schema of model files against a validator: every example passes, every mistake fails at its place.

    run.py PATH/TO/synfire
"""
import glob
import json
import os
import subprocess
import sys
import tempfile
import tomllib

try:
    import jsonschema
except ImportError:  # another Python than the system's is first in the path
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        sys.exit("the package python3-jsonschema is missing")
    os.execv("/usr/bin/python3", ["/usr/bin/python3"] + sys.argv)

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

DENSE = 'data = "digits"\n[[layer]]\nkind = "dense"\n'
# What is right although it looks odd; the engine must read each, too.
RIGHT = {
    "data alone": 'data = "digits"\n',
    "a count that the data know": DENSE + 'units = "classes"\n',
    "an activation as a layer": DENSE + 'units = 10\n[[layer]]\nkind = "relu"\n[[layer]]\nkind = "dense"\nunits = 10\n',
    "a list with repeat": 'data = "digits"\n[[layer]]\nkind = "dense"\nunits = [64, 10]\nrepeat = 2\n',
    "a block and its parameter": 'data = "digits"\n[block.two]\nparameters = {n = 8}\n[[block.two.layer]]\nkind = "dense"\nunits = "$n"\n[[layer]]\nkind = "two"\nn = 16\n[[layer]]\nkind = "dense"\nunits = 10\n',
    "a thing as a table": DENSE + 'units = 10\n[train]\noptimizer = {kind = "sgd", lr = 0.1, momentum = 0.9}\nschedule = {kind = "step"}\n',
    "transforms": '[data]\nkind = "digits"\ntransform = ["standardize"]\naugment = [{kind = "shift", pixels = 1}]\nsplit = {train = 0.5, validation = 0.25, test = 0.25}\n[[layer]]\nkind = "dense"\nunits = 10\n',
}
# Text, and the path of the value that is wrong (of the table, where a key is missing or unknown).
WRONG = {
    "no data": ("[train]\nepochs = 3\n", []),
    "an unknown table": ('data = "digits"\n[trian]\nepochs = 3\n', []),
    "an unknown dataset": ('data = "digitz"\n', ["data"]),
    "a dataset that needs a path": ('data = "csv"\n', ["data"]),
    "an unknown kind of layer": ('data = "digits"\n[[layer]]\nkind = "dence"\nunits = 10\n', ["layer", 0, "kind"]),
    "a layer without kind": ('data = "digits"\n[[layer]]\nunits = 10\n', ["layer", 0]),
    "a missing parameter": (DENSE, ["layer", 0]),
    "an unknown parameter": (DENSE + "unitz = 10\nunits = 10\n", ["layer", 0]),
    "a parameter of another layer": (DENSE + "units = 10\nkernel = 3\n", ["layer", 0]),
    "a text for a number": (DENSE + 'units = "many"\n', ["layer", 0, "units"]),
    "out of range": (DENSE + "units = 0\n", ["layer", 0, "units"]),
    "a list without repeat": (DENSE + "units = [10, 10]\n", ["layer", 0, "units"]),
    "an unknown activation": (DENSE + 'units = 10\nactivation = "rellu"\n', ["layer", 0, "activation"]),
    "a wrong parameter of an activation": (DENSE + 'units = 10\nactivation = {kind = "elu", alpha = "big"}\n', ["layer", 0, "activation", "alpha"]),
    "three numbers for a pair": ('data = "digits"\n[[layer]]\nkind = "conv2d"\nfilters = 4\nkernel = [3, 3, 3]\n', ["layer", 0, "kernel"]),
    "a wrong padding": ('data = "digits"\n[[layer]]\nkind = "conv2d"\nfilters = 4\nkernel = 3\npadding = "sane"\n', ["layer", 0, "padding"]),
    "a name with a blank": (DENSE + 'units = 10\nname = "my layer"\n', ["layer", 0, "name"]),
    "no copies": (DENSE + "units = 10\nrepeat = 0\n", ["layer", 0, "repeat"]),
    "an unknown setting": ('data = "digits"\n[train]\nepochz = 3\n', ["train"]),
    "half an epoch": ('data = "digits"\n[train]\nepochs = 0.5\n', ["train", "epochs"]),
    "an unknown optimizer": ('data = "digits"\n[train]\noptimizer = "adm"\n', ["train", "optimizer"]),
    "an unknown kind in a table": ('data = "digits"\n[train]\noptimizer = {kind = "adm"}\n', ["train", "optimizer", "kind"]),
    "a negative rate": ('data = "digits"\n[train]\noptimizer = {kind = "adam", lr = -1.0}\n', ["train", "optimizer", "lr"]),
    "a parameter of another optimizer": ('data = "digits"\n[train]\noptimizer = {kind = "adam", momentum = 0.9}\n', ["train", "optimizer"]),
    "an unknown transform": ('[data]\nkind = "digits"\ntransform = ["standardise"]\n', ["data", "transform", 0]),
    "a block without layers": ('data = "digits"\n[block.b]\nparameters = {n = 1}\n', ["block", "b"]),
    "a mistake inside a block": ('data = "digits"\n[[block.b.layer]]\nkind = "dense"\nunits = -1\n[[layer]]\nkind = "b"\n', ["block", "b", "layer", 0, "units"]),
}


def main(binary):
    schema = json.loads(subprocess.run([binary, "schema"], check=True, capture_output=True).stdout)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    passed = failed = 0

    def check(good, what):
        nonlocal passed, failed
        passed, failed = passed + bool(good), failed + (not good)
        if not good:
            print("FAILED", what)

    def engine_reads(text):
        with tempfile.NamedTemporaryFile("w", suffix=".toml") as file:
            file.write(text)
            file.flush()
            return subprocess.run([binary, "check", file.name], capture_output=True).returncode == 0

    for path in sorted(glob.glob(ROOT + "/examples/*.toml")):
        errors = list(validator.iter_errors(tomllib.load(open(path, "rb"))))
        check(not errors, f"{path}: {[e.message for e in errors][:2]}")
    for name, text in RIGHT.items():
        errors = list(validator.iter_errors(tomllib.loads(text)))
        check(not errors, f"{name}: {[e.message for e in errors][:2]}")
        check(engine_reads(text), f"{name}: the engine refuses it")
    for name, (text, place) in WRONG.items():
        errors = list(validator.iter_errors(tomllib.loads(text)))
        check(errors and all(list(e.absolute_path) == place for e in errors), f"{name}: {[(list(e.absolute_path), e.message) for e in errors]}, not at {place}")
        check(not engine_reads(text), f"{name}: the engine takes it")
    printed = subprocess.run([binary, "check", ROOT + "/examples/digits.toml", "--print-config"], check=True, capture_output=True).stdout
    errors = list(validator.iter_errors(tomllib.loads(printed.decode())))
    check(not errors, f"--print-config: {[(list(e.absolute_path), e.message) for e in errors][:2]}")
    check(schema["definitions"]["optimizer"]["type"] == ["string", "object"], "an optimizer is a name or a table")
    listed = json.loads(subprocess.run([binary, "list", "--json"], check=True, capture_output=True).stdout)
    names = set(schema["definitions"]["layer"]["properties"]["kind"]["enum"])
    check(all(e["name"] in names for e in listed if e["role"] in ("layer", "activation")), "every layer is offered")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(os.path.abspath(sys.argv[1])) if len(sys.argv) > 1 else __doc__)
