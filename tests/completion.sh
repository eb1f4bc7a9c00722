#!/usr/bin/env bash
# bash completion: verbs, options, names of the catalogue, run folders.
#   tests/completion.sh SYNFIRE        the closing line is 'N passed, N failed'
set -u
synfire=$(realpath -- "${1:?tests/completion.sh SYNFIRE}")
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
mkdir -p runs/digits-001 && touch model.toml notes.txt
shopt -s extglob
. "$root/tools/completion.bash"
passed=0 failed=0
completes() {  # completes WANTED UNWANTED WORD …: the last word is the one under the cursor
  local wanted=$1 unwanted=$2
  shift 2
  COMP_WORDS=("$synfire" "$@") COMP_CWORD=$#
  _synfire
  if [[ " ${COMPREPLY[*]} " == *" $wanted "* && " ${COMPREPLY[*]} " != *" $unwanted "* ]]; then passed=$((passed + 1))
  else failed=$((failed + 1)); echo "FAILED $*: ${COMPREPLY[*]}"
  fi
}
completes train synfire tr
completes draw train d
completes --threads --split train --
completes --split --set= evaluate --s
completes conv2d dense explain con
completes optimizer layer list o
completes runs/digits-001 x resume runs/
completes model.toml notes.txt train ''
completes plain x train --progress pl
echo "$passed passed, $failed failed"
[ $failed = 0 ]
