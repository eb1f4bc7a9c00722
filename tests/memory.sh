#!/usr/bin/env bash
# Holds `synfire describe` to its word: the peak memory that it predicts is within 10 % of what training then takes.
#   tests/memory.sh PATH/TO/synfire
set -u
synfire=$(realpath "${1:-build/synfire}")
if [ -n "${SYNFIRE_SANITIZED:-}" ]; then
  echo "left out: a sanitizer's own memory hides ours"
  exit 0
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
passed=0 failed=0

peak() { sed -n 's/.*"peak_memory":\([0-9]*\).*/\1/p'; }  # bytes, from the last line of --json
compare() {  # compare NAME MODEL OVERRIDES…
  local name=$1 predicted measured off
  shift
  predicted=$("$synfire" describe "$@" --json | peak)
  measured=$("$synfire" train "$@" --json --progress none | peak)
  off=$(((${predicted:-0} - ${measured:-0}) * 1000 / ${measured:-1}))
  printf '%-28s predicted %6.1f MB, measured %6.1f MB\n' "$name" "$((${predicted:-0} / 104858))e-1" "$((${measured:-0} / 104858))e-1"
  if [ "${off#-}" -le 100 ]; then passed=$((passed + 1)); else failed=$((failed + 1)); echo "FAILED $name: off by $((off / 10)) %"; fi
}

cat >mlp.toml <<'TOML'
data = "digits"
[[layer]]
kind = "dense"
units = 64
activation = "relu"
[[layer]]
kind = "dense"
units = 2048
activation = "relu"
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 2
TOML
cat >conv.toml <<'TOML'
data = "digits"
[[layer]]
kind = "conv2d"
filters = 64
kernel = 3
padding = 1
activation = "relu"
[[layer]]
kind = "conv2d"
filters = 64
kernel = 3
padding = 1
activation = "relu"
[[layer]]
kind = "max_pool2d"
size = 2
[[layer]]
kind = "flatten"
[[layer]]
kind = "dense"
units = 300
activation = "relu"
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 1
batch = 256
TOML
compare "digits, small" mlp.toml layer.dense2.units=64
compare "wide, adam" mlp.toml layer.dense1.units=2048
compare "wide, sgd without momentum" mlp.toml layer.dense1.units=2048 'train.optimizer={kind="sgd",momentum=0.0}'
compare "wide, large batches" mlp.toml train.batch=1024 train.eval_batch=1024
compare "convolutions" conv.toml
if [ -d /usr/share/datasets/fashion-mnist ]; then compare "fashion-mnist" conv.toml data=fashion-mnist train.max_steps=2 layer.conv1.filters=16; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
