#!/usr/bin/env bash
# An editor with the schema of model files: Taplo's language server, from npm, underlines mistakes and completes. Only with SYNFIRE_LONG=1:
# it takes the network and Node 20.
#   tests/editor.sh SYNFIRE        the closing line is 'N passed, N failed'
set -eu
synfire=$(realpath -- "${1:?tests/editor.sh SYNFIRE}")
here=$(cd "$(dirname "$0")" && pwd)/schema
if [ -z "${SYNFIRE_LONG:-}" ]; then echo "left to ./test --long"; exit 0; fi
command -v npm >/dev/null || { echo "left out: there is no npm"; exit 0; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$synfire" schema --output "$work/model.schema.json"
(cd "$work" && npm install --silent --no-audit --no-fund @taplo/lsp@0.8.0 >/dev/null)
node "$here/editor.cjs" "$work"
