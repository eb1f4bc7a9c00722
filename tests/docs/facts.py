"""What pages say beside their listings: verbs and options in running text, defaults, links, and what the site has of the catalogue. Each calls run.check."""
import glob
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

from given import NET, ROOT
from pages import is_number, prose_of


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
        if e["role"] in ("layer", "neuron") and "[time]" in text:
            end = '[[layer]]\nkind = "readout"\n' if e["role"] == "neuron" else ""
            model = 'data = "digits"\n' + text + end + NET
        elif e["role"] == "layer":
            model = two + text.replace('["…", "…"]', '["conv1", "conv2"]') + NET
        elif e["role"] in ("activation", "initializer"):
            model = 'data = "digits"\n[[layer]]\nkind = "dense"\nunits = 8\n' + text + NET
        elif e["role"] in ("optimizer", "schedule"):
            model = 'data = "digits"\n' + text
        elif e["role"] == "encoder":
            model = 'data = "digits"\n' + text + '[[layer]]\nkind = "readout"\n' + NET
        elif e["role"] == "surrogate":
            model = 'data = "digits"\n[time]\nsteps = 25\n[[layer]]\nkind = "leaky"\n' + text + '[[layer]]\nkind = "readout"\n' + NET
        elif e["role"] == "loss" and "[time]" in text:
            model = 'data = "digits"\n' + text.replace("[train]", NET + '[[layer]]\nkind = "leaky"\n[train]')
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
