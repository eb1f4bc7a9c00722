#!/usr/bin/env bash
# Runs the fuzz targets: builds them with clang into build-fuzz and lets libFuzzer work on each, as many at a time as there are processors (or JOBS).
#   tests/fuzz/run.sh [SECONDS [TARGET…]]      60 s each when not given; KEEP=1 goes on from the last run; the closing line is 'N passed, N failed'
# What breaks one (a crash, a sanitizer's report, a leak, 20 s, 2 GB in all, 1 GB at once) is left as build-fuzz/found/TARGET/…; its place in the
# repository is crashes/TARGET/WHAT-IT-WAS, where the ordinary tests replay it ever after.
set -u
root=$(cd "$(dirname "$0")/../.." && pwd)
seconds=${1:-60}
[ $# -eq 0 ] || shift
left_out() { echo "left out: $1"; echo "0 passed, 0 failed"; exit 0; }
command -v clang++ >/dev/null || left_out "there is no clang (apt install --install-recommends clang)"
printf 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char*, unsigned long) { return 0; }' |
  clang++ -x c++ -fsanitize=fuzzer,address,undefined -o /dev/null - 2>/dev/null || left_out "clang has no libFuzzer (apt install --install-recommends clang brings it)"
build=$root/build-fuzz
at_once=${JOBS:-$(nproc)}
mkdir -p "$build"
log=$build/build.log
{ cmake -S "$root" -B "$build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DSYNFIRE_FUZZ=ON -DCMAKE_C_COMPILER=clang -DCMAKE_CXX_COMPILER=clang++ &&
  cmake --build "$build" -j "$at_once" --target fuzz; } >"$log" 2>&1 || { tail -n 40 "$log"; echo "FAILED the build"; echo "0 passed, 1 failed"; exit 1; }

names=("$@")
[ $# -gt 0 ] || for file in "$root"/tests/fuzz/*_target.cpp; do name=$(basename "$file" _target.cpp); names+=("$name"); done

fuzz() {  # fuzz TARGET: what it finds worth keeping lies in build-fuzz/corpus; the committed corpus is only read
  local name=$1 corpus=$build/corpus/$1 found=$build/found/$1 seeds=() folder options=()
  [ -n "${KEEP:-}" ] || rm -rf "$corpus"  # to read thousands of inputs again takes longer than a short run
  mkdir -p "$corpus" "$found"
  for folder in "tests/fuzz/corpus/$name" $(awk -v name="$name" '$1 == name {print $2}' "$root/tests/fuzz/seeds.txt"); do
    [ -d "$root/$folder" ] && seeds+=("$root/$folder")
  done
  [ -f "$root/tests/fuzz/$name.dict" ] && options+=("-dict=$root/tests/fuzz/$name.dict")
  export UBSAN_OPTIONS=print_stacktrace=1 ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
  local crashes=("$root/tests/fuzz/crashes/$name"/*) limits=(-rss_limit_mb=2048 -malloc_limit_mb=1024 "-artifact_prefix=$found/")
  { if [ -e "${crashes[0]}" ]; then "$build/tests/fuzz/fuzz_$name" -timeout=60 "${limits[@]}" "${crashes[@]}"; fi &&  # no seeds: many are slow, and so would be their kin
    "$build/tests/fuzz/fuzz_$name" -timeout=20 "${limits[@]}" -max_total_time="$seconds" -max_len=16384 -use_value_profile=1 -print_final_stats=1 "${options[@]}" "$corpus" "${seeds[@]}"
  } >"$build/$name.log" 2>&1
  echo $? >"$build/$name.code"
}

running=0
for name in "${names[@]}"; do
  [ $running -lt "$at_once" ] || { wait -n; running=$((running - 1)); }
  fuzz "$name" &
  running=$((running + 1))
done
wait

passed=0 failed=0
for name in "${names[@]}"; do
  log=$build/$name.log
  if [ "$(cat "$build/$name.code")" = 0 ]; then
    passed=$((passed + 1))
    echo "$name: $(awk '/number_of_executed_units/ {print $2}' "$log") inputs, $(grep -oE 'cov: [0-9]+' "$log" | tail -n 1 | cut -d' ' -f2) edges, most memory $(awk '/peak_rss_mb/ {print $2}' "$log") MB"
  else
    failed=$((failed + 1))
    echo "FAILED $name: $(grep -m 1 -E 'ERROR|runtime error|broken promise' "$log")"
    grep -E '^    #[0-9]+ .* in synfire|Test unit written' "$log" | head -n 8
  fi
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
