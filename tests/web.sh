#!/bin/bash
# The report in a browser, and its bundle: a rebuild of web/ gives the bytes that are committed, and pages of real runs work in Chromium.
#     SYNFIRE_LONG=1 tests/web.sh PATH/TO/synfire
#     tests/web.sh PATH/TO/synfire FOLDER       the same; pages are left in FOLDER
# Takes a minute, and needs node (20.19 or later), npm and Debian's chromium: a part of ./test --long.
set -euo pipefail
synfire=$(realpath "$1")
web=$(realpath "$(dirname "$0")/../web")
if [ -z "${SYNFIRE_LONG:-}" ] && [ $# -lt 2 ] || [ -n "${SYNFIRE_SANITIZED:-}" ]; then
  echo "left to ./test --long: a minute in a browser"
  exit 0
fi
for tool in node npm chromium; do
  command -v $tool >/dev/null || { echo "left out: there is no $tool; it takes nodejs (20.19 or later), npm and chromium"; exit 0; }
done
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a == 22 && b >= 12) || (a == 20 && b >= 19) ? 0 : 1)' ||
  { echo "left out: node $(node --version) is too old; it takes 20.19, 22.12 or later"; exit 0; }
folder=${2:-$(mktemp -d)}
[ $# -ge 2 ] || trap 'rm -rf "$folder"' EXIT
mkdir -p "$folder" && folder=$(realpath "$folder")

cd "$web"
[ -d node_modules ] || npm ci --no-audit --no-fund --silent
npx svelte-check --tsconfig ./tsconfig.json --fail-on-warnings --output human | tail -1
npx vite build --logLevel error --outDir "$folder/dist" --emptyOutDir
cmp "$folder/dist/report.html" dist/report.html || { echo "web: dist/report.html is not what web/ builds: npm run build, and commit it"; exit 1; }
echo "web: a rebuild gives the same bytes"

cd "$folder"
rm -rf runs
python3 - <<'P'
import random
random.seed(1)
with open("table.csv", "w") as f:
    f.write("length,width,kind\n")
    for i in range(400):
        k = random.choice(["setosa", "versicolor", "</script><script>hacked=1</script><img src=x onerror=hacked=1>"])
        f.write("".join(f"{random.gauss({'s': 1, 'v': 3}.get(k[0], 5), .9):.2f}," for _ in range(2)) + k + "\n")
with open("numbers.csv", "w") as f:
    f.write("area,age,district,price\n")
    for i in range(400):
        a, g = random.uniform(0, 1), random.uniform(0, 1)
        f.write(f"{a:.3f},{g:.3f},{'hill' if i % 3 else 'harbour'},{2 * a - g + random.gauss(0, .1):.3f}\n")
def model(name, data, last, epochs=4, more=""):
    with open(name + ".toml", "w") as f:
        f.write(f'data = {data}\n[[layer]]\nkind = "dense"\nunits = 16\nactivation = "relu"\n[[layer]]\nkind = "dense"\nunits = "{last}"\n[train]\nepochs = {epochs}\nbatch = 32\n{more}')
model("pictures", '"digits"', "classes")
model("table", '{kind = "csv", path = "table.csv", target = "kind", transform = ["standardize"]}', "classes")
model("numbers", '{kind = "csv", path = "numbers.csv", target = "price"}', "targets", 30)
model("diverged", '{kind = "csv", path = "numbers.csv", target = "price"}', "targets", 30, '[train.optimizer]\nkind = "sgd"\nlr = 10\nmomentum = 0.9\n')
P
for m in pictures numbers; do "$synfire" train $m.toml --no-report 2>/dev/null; done
"$synfire" train table.toml train.health=false --no-report 2>/dev/null
"$synfire" train pictures.toml train.epochs=2 layer.dense1.units=8 --no-report 2>/dev/null
code=0; "$synfire" train diverged.toml --no-report 2>/dev/null || code=$?
[ $code -eq 4 ] || { echo "web: the run that was to diverge ended with $code"; exit 1; }
python3 - <<'P'
import json, shutil
bars = {"min": -1, "max": 1, "counts": [1, 4, 9, 4, 1]}
with open("runs/pictures-001/health.jsonl", "w") as f:
    for step in range(1, 81, 10):
        layer = lambda name, dead: {"name": name, "kind": "dense", "weight_norm": 3.0, "grad_norm": 0.1 / step, "update_ratio": 1e-3, "activation_mean": 0.1,
                                    "activation_std": 0.5, "dead": dead, "saturated": None, **({k: bars for k in ("weights", "gradients", "activations")} if step % 20 == 1 else {})}
        f.write(json.dumps({"step": step, "epoch": 1, "layers": [layer("dense1", min(0.8, step / 80)), layer("dense2", None)]}) + "\n")
with open("runs/pictures-001/health.json", "w") as f:
    json.dump({"findings": [{"name": "dying_relu", "severity": "warning", "layer": "dense1", "where": "pictures.toml:2", "step": 40,
                             "message": "dense1 is dying: 80 % of its units never answer", "hint": "a smaller learning rate, or leaky_relu"}]}, f)
shutil.copytree("runs/numbers-001", "runs/million-001")
with open("runs/million-001/metrics.jsonl", "w") as f:
    for i in range(1, 1000001):
        f.write('{"step":%d,"epoch":1,"loss":%.4f,"lr":0.001}\n' % (i, 40 if i == 500000 else 1 + (i * 7919 % 1000) / 1000))
shutil.copytree("runs/table-001", "runs/files-001")
P
mv table.csv away.csv; "$synfire" report files-001 --output files.html >/dev/null 2>&1; mv away.csv table.csv
for m in pictures table numbers diverged million; do "$synfire" report $m-001 --output $m.html >/dev/null; done
"$synfire" report pictures-001 pictures-002 --output compare.html >/dev/null
cd "$web"
code=0
SYNFIRE_PAGES=$folder node --test --test-concurrency=1 --test-reporter=spec test/*.test.mjs >"$folder/log" 2>&1 || code=$?
grep '^#' "$folder/log" || true
[ $code = 0 ] || sed -n '/failing tests:/,$p' "$folder/log"
count() { sed -n "s/^ℹ $1 //p" "$folder/log" | tail -1; }
echo "$(count pass) passed, $(count fail) failed"
exit $code
