#!/usr/bin/env bash
# The example files: each is checked against its data, where they are there; the small ones are trained and must reach their score.
# With SYNFIRE_LONG=1 all are trained: Fashion-MNIST, MNIST, sequences, spiking networks, and 200 steps of ResNet-110.
#   tests/examples.sh SYNFIRE        the closing line is 'N passed, N failed'
set -u
synfire=$(realpath -- "${1:?tests/examples.sh SYNFIRE}")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { passed=$((passed + 1)); }
wrong() { failed=$((failed + 1)); printf 'FAILED %s\n' "$*"; }

data_of() {  # what an example's data are
  case $1 in
    digits | adding) echo "$root" ;;
    penguins) echo "$root/examples/penguins.csv" ;;
    iris | wine | breast_cancer | concrete) echo "$root/data/$1.csv" ;;
    mnist_*) echo "$root/../shared/data/mnist" ;;
    *) echo /usr/share/datasets/fashion-mnist ;;
  esac
}

have() { [ -e "$(data_of "$1")" ] && return 0; echo "$1 is left out: $(data_of "$1") is not there"; return 1; }

reaches() {  # reaches EXAMPLE SCORE [WORDS …]: trains it whole; the test accuracy, or R² of numbers, must be as high
  local name=$1 wanted=$2 said
  shift 2
  have "$name" || return 0
  if said=$("$synfire" train "$root/examples/$name.toml" --runs "$work" --progress none --json "$@" 2>&1) &&
    python3 - "$said" "$wanted" "$name" <<'PY'; then ok
import json, sys
result = json.loads(sys.argv[1].splitlines()[-1])
test = result["metrics"]["test"]
name = "accuracy" if "accuracy" in test else "r2"
print(f"{sys.argv[3]}: test {name} {test[name]:.4f} in {result['seconds']:.1f} s")
sys.exit(test[name] < float(sys.argv[2]))
PY
  else wrong "$name does not reach $wanted: $said"
  fi
}

falls() {  # falls EXAMPLE STEPS: the mean loss of the last tenth is below that of the first
  local name=$1 steps=$2 said
  have "$name" || return 0
  if said=$("$synfire" train "$root/examples/$name.toml" "train.max_steps=$steps" --runs "$work" --progress none --json 2>&1) &&
    python3 - "$said" "$name" <<'PY'; then ok
import json, sys
run = json.loads(sys.argv[1].splitlines()[-1])["run"]
losses = [v["loss"] for v in map(json.loads, open(run + "/metrics.jsonl")) if "loss" in v]
n = max(1, len(losses) // 10)
first, last = sum(losses[:n]) / n, sum(losses[-n:]) / n
print(f"{sys.argv[2]}: loss {first:.3f} to {last:.3f} in {len(losses)} steps")
sys.exit(not last < first)
PY
  else wrong "the loss of $name does not fall: $said"
  fi
}

for file in "$root"/examples/*.toml; do
  name=$(basename "$file" .toml)
  have "$name" || continue
  [ "$name" = resnet110 ] && [ -z "${SYNFIRE_LONG:-}" ] && continue  # half a minute
  if said=$("$synfire" check "$file" 2>&1); then ok; else wrong "check $name: $said"; fi
done
reaches digits 0.97
reaches iris 0.85
reaches wine 0.9
reaches breast_cancer 0.93
reaches penguins 0.95
if [ -n "${SYNFIRE_LONG:-}" ]; then
  reaches fashion 0.92
  reaches mnist_mlp 0.982
  reaches mnist_conv 0.99
  reaches mnist_best 0.994
  reaches mnist_lstm 0.985
  reaches mnist_snn 0.975
  reaches fashion_snn 0.9
  reaches adding 0.94  # a mean squared error of 0.01
  falls resnet110 200
else
  falls mnist_mlp 200
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
