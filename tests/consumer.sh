#!/usr/bin/env bash
# What others build on Synfire: installed into an empty prefix, used by find_package, by pkg-config, from C and from Python's ctypes.
# With SYNFIRE_LONG=1 as a part of another project's sources, too (compiles everything again).
#   tests/consumer.sh SYNFIRE        a build folder or the program in it; the closing line is 'N passed, N failed'
set -u
build=$(realpath -- "${1:?tests/consumer.sh SYNFIRE}")
[ -d "$build" ] || build=$(dirname "$build")
root=$(cd "$(dirname "$0")/.." && pwd)
here=$root/tests/consumer
if [ -n "${SYNFIRE_SANITIZED:-}" ]; then echo "left out: programs would need the sanitizers, too"; exit 0; fi
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
if command -v help2man >/dev/null; then try "the man page tells the options of every verb" sh -c "for v in train resume draw lr-find schema; do sed 's/[\\\\]-/-/g' '$prefix/share/man/man1/synfire.1' | grep -q \"^  synfire \$v \" || exit 1; done"; fi
shown=$(nm -DC --defined-only "$library" | grep -v ' A SYNFIRE_0' | sed 's/^[0-9a-f]* . //')
strangers=$(grep -vE '^(synfire_|synfire::v0::|synfire::run_command_line|(typeinfo|typeinfo name|vtable) for synfire::v0::Failure)' <<<"$shown")
if [ -z "$strangers" ]; then ok; else wrong "the library shows what is not public: $(head -n 3 <<<"$strangers")"; fi

# The headers: standard ones only, at every level of warnings, quick to compile.
cat >"$work/unit.cpp" <<<'#include <synfire/synfire.hpp>
int main() { return synfire::version().empty(); }'
flags="-I$prefix/include"
# shellcheck disable=SC2086
others=$(g++ -std=c++17 $flags -H -fsyntax-only "$work/unit.cpp" 2>&1 | grep -oE '/[^ ]*' | grep -vE '/(c\+\+|lib/gcc)/|/include/(bits|sys|asm|asm-generic|linux|gnu)/|/include/x86_64-linux-gnu/|/include/[a-z0-9_-]+\.h$' | grep -v "^$prefix/include/synfire/")
if [ -z "$others" ]; then ok; else wrong "the public headers include $(head -n 3 <<<"$others")"; fi
for standard in 17 20; do
  try "headers in C++$standard" g++ -std=c++$standard -Wall -Wextra -Wpedantic -Werror -Wconversion -Wshadow "$flags" -fsyntax-only -x c++ "$prefix/include/synfire/synfire.hpp"
done
begin=$(date +%s%N)
# shellcheck disable=SC2086
g++ -std=c++17 -O2 $flags -c "$here/digits.cpp" -o "$work/digits.o" && echo "a translation unit of a user compiles in $((($(date +%s%N) - begin) / 1000000)) ms"

# find_package
try "find_package" cmake -S "$here/cmake" -B "$work/cmake" -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_BUILD_TYPE=Release &&
  try "its build" cmake --build "$work/cmake" && {
    try "training from C++" "$work/cmake/digits" "$work/runs"
    mkdir "$work/checks"
    try "what programs rely on" "$work/cmake/checks" "$work/runs/latest" "$work/checks"
    printf '%s\n' "$(printf '0,%.0s' {1..63})0" >"$work/row.csv"
    try "the command line takes what a program trained" synfire predict "$work/runs/latest" "$work/row.csv"
    try "and evaluates it" synfire evaluate "$work/runs/latest"
    try "and what a program saved" synfire predict "$work/checks/saved" "$work/row.csv"
  }
if python3 -c "import sys; sys.exit(open('$here/digits.cpp').read() not in open('$root/docs/library.md').read())"; then ok; else wrong "docs/library.md shows another example than tests/consumer/digits.cpp"; fi
[ "$(wc -l <"$here/digits.cpp")" -lt 40 ] && ok || wrong "the example has 40 lines or more"

# pkg-config, from an empty folder
# shellcheck disable=SC2046
try "pkg-config" g++ -std=c++17 "$here/digits.cpp" -o "$work/with-pc" $(pkg-config --cflags --libs synfire) -Wl,-rpath,"$libdir" && try "training, linked by pkg-config" "$work/with-pc" "$work/runs"

# C and ctypes
# shellcheck disable=SC2046
try "C99" gcc -std=c99 -Wall -Wextra -pedantic -Werror "$here/digits.c" -o "$work/digits-c" $(pkg-config --cflags --libs synfire) -lm -Wl,-rpath,"$libdir" && try "training from C" "$work/digits-c" "$work/saved-c"
try "ctypes" python3 "$here/ctypes_test.py" "$libdir/libsynfire.so.0" "$work/runs/latest"

# A prefix that is moved still works.
mv "$prefix" "$work/elsewhere"
try "the moved program" "$work/elsewhere/bin/synfire" list loss
try "find_package of a moved prefix" cmake -S "$here/cmake" -B "$work/moved" -DCMAKE_PREFIX_PATH="$work/elsewhere"
try_not "find_package takes a version it does not have" cmake -S "$here/cmake" -B "$work/none" -DCMAKE_PREFIX_PATH="$prefix"

if [ -n "${SYNFIRE_LONG:-}" ]; then
  try "add_subdirectory" cmake -S "$here/subdirectory" -B "$work/sub" -DSYNFIRE_SOURCE="$root" -DCMAKE_BUILD_TYPE=Release &&
    try "its build" cmake --build "$work/sub" -j "$(nproc)" && try "training, built as a part" "$work/sub/digits" "$work/runs"
else echo "add_subdirectory is left to ./test --long"
fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
