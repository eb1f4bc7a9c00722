"""What the pages cannot say themselves: which commands are not run or shortened, and what a reader has at hand."""
import os

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


def not_run(page, command):
    return next((why for p, begins, why in NOT_RUN if p in ("", page) and command.startswith(begins)), None)
