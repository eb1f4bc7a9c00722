#!/usr/bin/env bash
# Reads the event files of a run back with PyPI's tensorboard and compares them with metrics.jsonl, health.jsonl and predictions.csv, also of a
# run that was killed and gone on with. Needs .venv-tensorboard, which SYNFIRE_LONG=1 makes (from PyPI, about 100 MB).
#   tests/tensorboard.sh PATH/TO/synfire
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
synfire=$(realpath "${1:-build/synfire}")
venv=$root/.venv-tensorboard
if [ ! -x "$venv/bin/tensorboard" ] && [ -n "${SYNFIRE_LONG:-}" ]; then
  { python3 -m venv "$venv" && "$venv/bin/pip" install -q tensorboard; } || echo "tensorboard could not be installed"
fi
if [ ! -x "$venv/bin/tensorboard" ]; then
  [ -n "${SYNFIRE_LONG:-}" ] || { echo "left to ./test --long: it needs PyPI's tensorboard in .venv-tensorboard, which that makes"; exit 0; }
  echo "0 passed, 1 failed"
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
cat >model.toml <<'TOML'
data = "digits"
[[layer]]
kind = "conv2d"
filters = 8
kernel = 3
activation = "relu"
[[layer]]
kind = "dense"
units = 32
activation = "sigmoid"
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 6
batch = 50
schedule = "cosine"
checkpoint_every = 20
TOML
"$synfire" train model.toml --runs whole --progress none || exit 1
"$synfire" train model.toml --runs killed --progress none train.epochs=3000 &
pid=$!
for _ in $(seq 200); do  # until it has a checkpoint
  [ -f killed/model-001/checkpoints/last/manifest.json ] && break
  sleep 0.02
done
sleep 0.5
kill -9 $pid
wait $pid 2>/dev/null
steps=$(wc -l <killed/model-001/metrics.csv)
"$synfire" resume killed/model-001 --epochs $((steps + 20)) --progress none || exit 1
"$synfire" train model.toml --runs off --progress none train.tensorboard=false || exit 1
exec "$venv/bin/python" "$root/tests/oracle/read_events.py" whole/model-001 killed/model-001 off/model-001
