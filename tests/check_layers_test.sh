#!/usr/bin/env bash
# Proves that tools/check_layers.py bites: in a copy of the tree each kind of offence is planted, and it must name that file and line.
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
passed=0 failed=0

expect() {  # expect NAME FILE:LINE WORDS: the checker exits 1 and one of its lines has both
  local out code
  out=$(python3 "$root/tools/check_layers.py" "$copy") && code=0 || code=$?
  if [ "$code" = 1 ] && grep -F -- "$2: " <<<"$out" | grep -qF -- "$3"; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAILED $1: wanted exit 1 and '$2 … $3', got exit $code:"; echo "$out" | tail -5; fi
}

fresh() { rm -rf "${copy:?}"/*; cp -r "$root/synfire" "$root/catalog" "$copy/"; }

fresh
printf '// A low file that reaches up, which is not allowed.\n#pragma once\n#include "synfire/train/trainer.h"\n' > "$copy/synfire/base/bad.h"
expect "base includes train" synfire/base/bad.h:3 "base may use only base"
fresh
printf '// A file that includes a thing of the catalogue by name.\n#include "catalog/layers/dense.cpp"\n' > "$copy/synfire/cli/bad.cpp"
expect "catalog included" synfire/cli/bad.cpp:2 "nothing includes catalog/"
fresh
printf '// A thing of the catalogue that knows the command line.\n#include "synfire/cli/command.h"\n' > "$copy/catalog/layers/bad.cpp"
expect "catalog reaches up" catalog/layers/bad.cpp:2 "catalog may use only"
fresh
printf '// An include without its folder hides where it stands.\n#include "error.h"\n' > "$copy/synfire/base/bad.cpp"
expect "relative include" synfire/base/bad.cpp:2 "write the path from the repository"
fresh
printf '#pragma once\n' > "$copy/synfire/base/bad.h"
expect "no opening sentence" synfire/base/bad.h:1 "does not begin with a comment"
fresh
{ echo '// A file that is longer than anyone wants to read.'; seq -f '// %.0f' 400; } > "$copy/synfire/base/bad.h"
expect "too long" synfire/base/bad.h:401 "the cap is 400"
fresh
mkdir "$copy/synfire/attic"; printf '// A folder that no list knows of, with one file.\n' > "$copy/synfire/attic/bad.h"
expect "unknown folder" synfire/attic/bad.h:1 "not in the order"
fresh
printf '// A table of a thing of the catalogue, in a file of its own.\n#include "catalog/layers/fine.inc"\n' > "$copy/catalog/layers/fine.cpp"
if python3 "$root/tools/check_layers.py" "$copy" | grep -q fine.cpp; then failed=$((failed + 1)); echo "FAILED own data: a file's own .inc was refused"
else passed=$((passed + 1)); fi

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
