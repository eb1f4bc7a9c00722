#!/usr/bin/env bash
# What others build on Synfire: installed into an empty prefix, used by find_package, by pkg-config, from C and from Python's ctypes; the
# programs that docs/library.md shows are taken from there.
# With SYNFIRE_LONG=1 as a part of another project's sources, too (compiles everything again).
#   tests/consumer.sh SYNFIRE        a build folder or the program in it; the closing line is 'N passed, N failed'
set -u
build=$(realpath -- "${1:?tests/consumer.sh SYNFIRE}")
[ -d "$build" ] || build=$(dirname "$build")
root=$(cd "$(dirname "$0")/.." && pwd)
here=$root/tests/consumer
if [ -n "${SYNFIRE_SANITIZED:-}" ]; then echo "left out: programs would need the sanitizers, too"; exit 0; fi
export CMAKE_GENERATOR=Ninja  # make need not be there
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

ok() { passed=$((passed + 1)); }
wrong() { failed=$((failed + 1)); printf 'FAILED %s\n' "$*"; }
try() {  # try NAME COMMAND …: its counts, or its exit code; shows what it said when it fails
  local name=$1 said last
  shift
  if said=$("$@" 2>&1); then
    last=$(tail -n 1 <<<"$said")
    if [[ $last =~ ^([0-9]+)\ passed,\ 0\ failed$ ]]; then passed=$((passed + BASH_REMATCH[1])); else ok; fi
  else wrong "$name:"; sed 's/^/    /' <<<"$said" | tail -n 25; return 1
  fi
}
try_not() { local name=$1; shift; if "$@" >/dev/null 2>&1; then wrong "$name"; else ok; fi; }

prefix=$work/prefix
try "cmake --build" cmake --build "$build" --target synfire_installed || { echo "$passed passed, $failed failed"; exit 1; }
try "cmake --install" cmake --install "$build" --prefix "$prefix" --strip || { echo "$passed passed, $failed failed"; exit 1; }
library=$(find "$prefix" -name libsynfire.so -type l)
libdir=$(dirname "$library")
export PATH=$prefix/bin:$PATH PKG_CONFIG_PATH=$libdir/pkgconfig
unset LD_LIBRARY_PATH
try "the installed program" sh -c 'cd / && synfire list optimizer'
if ldd "$prefix/bin/synfire" | grep -q "=> $prefix/.*libsynfire.so.0"; then ok; else wrong "the installed program takes another library: $(ldd "$prefix/bin/synfire" | grep synfire)"; fi
if command -v help2man >/dev/null; then try "the man page tells the options of every verb" sh -c "for v in train resume draw lr-find schema; do zcat '$prefix/share/man/man1/synfire.1.gz' | sed 's/[\\\\]-/-/g' | grep -q \"^  synfire \$v \" || exit 1; done"; fi
shown=$(nm -DC --defined-only "$library" | grep -v ' A SYNFIRE_0' | sed 's/^[0-9a-f]* . //')
strangers=$(grep -vE '^(synfire_|synfire::v0::|synfire::run_command_line|(typeinfo|typeinfo name|vtable) for synfire::v0::Failure)' <<<"$shown")
if [ -z "$strangers" ]; then ok; else wrong "the library shows what is not public: $(head -n 3 <<<"$strangers")"; fi

# The programs of docs/library.md, taken out of it.
block() { awk -v lang="$1" -v nth="$2" '$0 == "```" lang && ++n == nth {on = 1; next} on && $0 == "```" {exit} on' "$root/docs/library.md"; }
mkdir "$work/docs"
block cpp 1 >"$work/docs/digits.cpp"
block c 1 >"$work/docs/ask.c"
block cmake 1 >"$work/docs/CMakeLists.txt"
for example in digits.cpp ask.c; do
  lines=$(wc -l <"$work/docs/$example")
  if [ "$lines" -gt 10 ] && [ "$lines" -lt 40 ]; then ok; else wrong "$example in docs/library.md has $lines lines"; fi
done

# The headers: standard ones only, at every level of warnings, quick to compile.
cat >"$work/unit.cpp" <<<'#include <synfire/synfire.hpp>
int main() { return synfire::version().empty(); }'
flags="-I$prefix/include"
# shellcheck disable=SC2086
others=$(g++ -std=c++17 $flags -H -fsyntax-only "$work/unit.cpp" 2>&1 | grep -oE '/[^ ]*' | grep -vE '/(c\+\+|lib/gcc|usr/lib/linux)/|/include/(bits|sys|asm|asm-generic|linux|gnu)/|/include/x86_64-linux-gnu/|/include/[a-z0-9_-]+\.h$' | grep -v "^$prefix/include/synfire/")
if [ -z "$others" ]; then ok; else wrong "the public headers include $(head -n 3 <<<"$others")"; fi
for standard in 17 20; do
  try "headers in C++$standard" g++ -std=c++$standard -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow "$flags" -fsyntax-only -x c++ "$prefix/include/synfire/synfire.hpp"
done
TIMEFORMAT='%U %S'  # of the processor, so that other work on the machine does not count
# shellcheck disable=SC2086
used=$({ time g++ -std=c++17 -O2 $flags -c "$work/docs/digits.cpp" -o "$work/digits.o" 2>&3; } 3>&2 2>&1 | awk '{print $1 + $2}')
echo "a translation unit of a user compiles in $used s"
if [ -f "$work/digits.o" ] && awk -v t="$used" 'BEGIN {exit !(t > 0 && t <= 2)}'; then ok; else wrong "a translation unit of a user takes $used s"; fi

# A table with a category and a folder of pictures, trained by the command line.
mkdir "$work/own" && cd "$work/own" || exit 1
PYTHONPATH=$root/tests/cases python3 - <<'P'
import random
from pictures import *
random.seed(3)
with open("fruit.csv", "w") as f:
    f.write("colour,size,price,kind\n")
    for i in range(300):
        kind = "apple" if i % 2 else "pear"
        colour = random.choice(["red", "red", "yellow"] if kind == "apple" else ["green", "green", "yellow"])
        f.write(f"{colour},{random.gauss(5 if kind == 'apple' else 7, .5):.2f},{random.uniform(1, 2):.2f},{kind}\n")
open("rows.csv", "w").write("price,colour,size\n1.2,red,4.5\n1.3,green,7\n,yellow,NA\n")
open("fruit.toml", "w").write('data = {kind = "csv", path = "fruit.csv", target = "kind"}\n[train]\nepochs = 30\n')
for i in range(40):
    png(f"set/dark/{i}.png", value=i % 8)
    png(f"set/light/{i}.png", value=200 + i % 8)
png("asked/dark/0.png"), png("asked/light/1.png", 16, 12, 205)
model(extra="[train]\nepochs = 30\n", path="set.toml")
P
try "a run of a table" synfire train fruit.toml --progress none
try "a run of pictures" synfire train set.toml --progress none
cd /

# find_package
try "find_package, as docs/library.md has it" cmake -S "$work/docs" -B "$work/build" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release &&
  try "its build" cmake --build "$work/build" && {
    try "training from C++" "$work/build/digits" "$work/runs"
    asked=$("$work/build/ask" "$work/own/runs/fruit-001" red 4.5 1.2 2>&1)
    told=$(printf 'colour,size,price\nred,4.5,1.2\n' | synfire predict "$work/own/runs/fruit-001" | tail -n 1)
    if awk -v a="$(tr '\n' ' ' <<<"$asked")" -v t="$told" 'BEGIN {split(a, x, " "); split(t, y, ","); exit !(x[1] == "apple" && x[2] > 0.5 && (x[2] - y[3]) ^ 2 < 1e-7)}'; then ok; else wrong "ask says $asked, synfire predict $told"; fi
    try_not "ask without a run" "$work/build/ask" /nowhere red 4.5 1.2
    try_not "ask with half a row" "$work/build/ask" "$work/own/runs/fruit-001" red
  }
try "find_package from a project in C alone" sh -c "mkdir '$work/c' && cp '$work/docs/ask.c' '$work/c' && printf 'cmake_minimum_required(VERSION 3.22)\nproject(c LANGUAGES C)\nfind_package(Synfire REQUIRED)\nadd_executable(ask ask.c)\ntarget_link_libraries(ask Synfire::synfire)\n' >'$work/c/CMakeLists.txt' && cmake -S '$work/c' -B '$work/c/build' -DCMAKE_PREFIX_PATH='$prefix' && cmake --build '$work/c/build'"
try "the checks" cmake -S "$here/cmake" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release &&
  try "their build" cmake --build "$work/cmake" && {
    mkdir "$work/checks"
    try "what programs rely on" "$work/cmake/checks" "$work/runs/latest" "$work/checks" "$work/own/runs/fruit-001" "$work/own/rows.csv" "$work/own/runs/set-001" "$work/own/asked"
    printf '%s\n' "$(printf '0,%.0s' {1..63})0" >"$work/row.csv"
    try "the command line takes what a program trained" synfire predict "$work/runs/latest" "$work/row.csv"
    try "and evaluates it" synfire evaluate "$work/runs/latest"
    try "and what a program saved" synfire predict "$work/checks/saved" "$work/row.csv"
  }

# pkg-config, from an empty folder
# shellcheck disable=SC2046
try "pkg-config" g++ -std=c++17 "$work/docs/digits.cpp" -o "$work/with-pc" $(pkg-config --cflags --libs synfire) -Wl,-rpath,"$libdir" && try "training, linked by pkg-config" "$work/with-pc" "$work/runs"

# C and ctypes
# shellcheck disable=SC2046
try "C99" gcc -std=c99 -Wall -Wextra -pedantic -Werror "$here/digits.c" -o "$work/digits-c" $(pkg-config --cflags --libs synfire) -lm -Wl,-rpath,"$libdir" &&
  try "training from C" "$work/digits-c" "$work/saved-c" "$work/own/runs/fruit-001" "$work/own/runs/set-001" "$work/own/asked/light/1.png"
# shellcheck disable=SC2046
try "the example in C" gcc -std=c99 -Wall -Wextra -pedantic -Werror "$work/docs/ask.c" -o "$work/ask-c" $(pkg-config --cflags --libs synfire)
try "ctypes" python3 "$here/ctypes_test.py" "$libdir/libsynfire.so.0" "$work/runs/latest"

# A prefix that is moved still works.
mv "$prefix" "$work/elsewhere"
try "the moved program" "$work/elsewhere/bin/synfire" list loss
try "find_package of a moved prefix" cmake -S "$here/cmake" -B "$work/moved" -DCMAKE_PREFIX_PATH="$work/elsewhere"
try_not "find_package takes a version it does not have" cmake -S "$here/cmake" -B "$work/none" -DCMAKE_PREFIX_PATH="$prefix"

# What levels are to be built is said in words that are checked.
if cmake -S "$root" -B "$work/levels" -DSYNFIRE_LEVELS="v3;v5" 2>&1 | grep -q 'there is no level "v5"'; then ok; else wrong "a level that does not exist is taken"; fi

# Synfire's sources as a part of another project, as docs/library.md says: its first other way, then FetchContent with the sources given.
# Compilers' work is remembered between runs of this test, where there is ccache: all paths are below $work for it.
if [ -n "${SYNFIRE_LONG:-}" ]; then
  export CCACHE_BASEDIR=$work CCACHE_NOHASHDIR=1
  unset PKG_CONFIG_PATH
  for way in 2 3; do
    part=$work/part-$way name="as a part of a project ($(block cmake $way | head -n 1))"
    mkdir "$part" && ln -s "$root" "$part/synfire" && cp "$work/docs/digits.cpp" "$work/docs/ask.c" "$here/part/CMakeLists.txt" "$part"
    block cmake $way >"$part/synfire.cmake"
    try "$name" cmake -S "$part" -B "$part/build" -G Ninja -DFETCHCONTENT_SOURCE_DIR_SYNFIRE="$part/synfire" -DCMAKE_BUILD_TYPE=Release -DCMAKE_EXPORT_COMPILE_COMMANDS=ON || continue
    try "$name: build" cmake --build "$part/build" -j "$(nproc)" || continue
    try "$name: training" "$part/build/digits" "$work/runs"
    try "$name: the program" sh -c "\"\$(find '$part/build' -name synfire -type f -perm -u+x)\" list loss"
    if grep '"command".*/digits\.cpp' "$part/build/compile_commands.json" | grep -qE 'march|mprefer|ffp-contract|fno-|UNDEBUG|std=c\+\+20|Wextra'; then wrong "$name: flags of Synfire reach its user"; else ok; fi
  done
else echo "as a part of another project (add_subdirectory, FetchContent): left to ./test --long"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
