#!/usr/bin/env bash
# Proves that a run which is killed at any moment and resumed ends with the same bits as one that was left alone. 20 times SIGKILL, with
# SYNFIRE_LONG=1 a thousand; checkpoints are so frequent that many of them hit one in the making. Then Ctrl-C, and two processes on one run.
#   tests/kill_resume.sh PATH/TO/synfire
set -u
synfire=$(realpath "${1:-build/synfire}")
kills=${SYNFIRE_LONG:+1000} kills=${kills:-20}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1
passed=0 failed=0
RANDOM=${SYNFIRE_KILL_SEED:-$$}
seed=$RANDOM RANDOM=$seed

check() {  # check NAME COMMAND…: passes when the command succeeds
  local name=$1
  shift
  if "$@" >check.log 2>&1; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAILED $name (seed $seed)"; head -n 8 check.log
  fi
}

cat >model.toml <<'TOML'
[data]
kind = "digits"
transform = ["standardize"]
[[layer]]
kind = "dense"
units = 48
activation = "relu"
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 8
batch = 50
checkpoint_every = 7
clip_norm = 1.0
l2 = 1e-4
patience = 6
schedule = "cosine"
warmup = 20
save_initial = true
optimizer = {kind = "adam", lr = 3e-3}
TOML

# What must not differ. The columns of seconds in metrics.csv do, and so do the times in manifests.
lasting=(metrics.jsonl predictions.csv confusion.csv split.csv)
for name in initial best last; do lasting+=(checkpoints/$name/weights.safetensors checkpoints/$name/state.safetensors); done
same() {  # same RUN: every lasting file as in the run that was left alone
  local f wrong=0
  for f in "${lasting[@]}"; do cmp "whole/model-001/$f" "$1/$f" || wrong=1; done
  diff <(cut -d, -f1-3,5- whole/model-001/metrics.csv) <(cut -d, -f1-3,5- "$1/metrics.csv") >/dev/null || { echo "metrics.csv differs"; wrong=1; }
  return $wrong
}
nap() { sleep "$(printf '%d.%03d' $(($1 / 1000)) $(($1 % 1000)))"; }  # milliseconds

# Recurrence, spikes drawn at random, and neurons that wait after a spike.
mkdir time
cat >time/model.toml <<'TOML'
data = "digits"
[time]
steps = 6
encode = "rate"
[[layer]]
kind = "dense"
units = 32
[[layer]]
kind = "alif"
recurrent = true
refractory = "2ms"
[[layer]]
kind = "lstm"
units = 16
[[layer]]
kind = "dense"
units = "classes"
[train]
epochs = 5
batch = 50
checkpoint_every = 7
save_initial = true
optimizer = {kind = "adam", lr = 3e-3}
TOML

rounds() {  # in this folder: kills its model's runs, resumes them, and compares with one that was left alone
  local begin span code pid verb runs=0
  begin=$(date +%s%N)
  check "a run that is left alone" "$synfire" train model.toml --runs whole --progress none --threads 2
  span=$(( ($(date +%s%N) - begin) / 1000000 + 20 ))  # ms; kills fall anywhere in what a whole run takes

  killed=0
  while [ $killed -lt "$kills" ]; do
    runs=$((runs + 1)) code=137
    rm -rf broken
    while [ $code = 137 ]; do
      if [ -f broken/model-001/run.json ]; then verb=(resume broken/model-001); else rm -rf broken; verb=(train model.toml --runs broken); fi
      "$synfire" "${verb[@]}" --progress none --threads $((1 + RANDOM % 4)) >run.log 2>&1 &
      pid=$!
      if [ $killed -lt "$kills" ]; then
        nap $((RANDOM % (span / 2)))
        kill -9 $pid 2>/dev/null
      fi
      wait $pid 2>/dev/null
      code=$?
      [ $code = 137 ] || continue
      killed=$((killed + 1))
      [ -d broken/model-001/checkpoints/last ] || early=$((early + 1))
      ls -d broken/model-001/checkpoints/*.new >/dev/null 2>&1 && inside=$((inside + 1))
      grep -qs '"result"' broken/model-001/run.json && code=0  # killed on its way out, with everything done
    done
    [ $code = 0 ] || cat run.log
    check "run $runs, killed and resumed, ends" [ $code = 0 ]
    check "run $runs has the bits of the one left alone" same broken/model-001
  done
}
early=0 inside=0 all=0
for folder_of_model in . time; do
  cd "$folder/$folder_of_model" || exit 1
  rounds
  all=$((all + killed))
done
cd "$folder" || exit 1

# Ctrl-C: the step is finished and saved, the way on is said, and it leads to the same bits.
"$synfire" train model.toml --runs asked --progress plain --threads 2 >asked.log 2>&1 &
pid=$!
until [ -d asked/model-001/checkpoints/last ] || ! kill -0 $pid 2>/dev/null; do nap 2; done
kill -INT $pid
wait $pid
check "Ctrl-C gives exit code 130" [ $? = 130 ]
check "Ctrl-C says how to go on" grep -q "synfire resume asked/model-001" asked.log
check "resume without a name takes the newest run" "$synfire" resume --runs asked --progress none
check "a run that was stopped and resumed has the bits of the one left alone" same asked/model-001

# Two on one run.
"$synfire" train model.toml --runs busy --progress none train.epochs=100000 train.patience=0 >busy.log 2>&1 &
pid=$!
until [ -d busy/model-001/checkpoints/last ] || ! kill -0 $pid 2>/dev/null; do nap 2; done
"$synfire" resume busy/model-001 >second.log 2>&1
check "a second process on a run is refused" [ $? = 1 ]
check "and told why" grep -q "another process trains in this run folder" second.log
kill -TERM $pid
wait $pid
check "SIGTERM saves and gives exit code 130" [ $? = 130 ]

echo "$all kills: $early before the first checkpoint, $inside while one was written"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
