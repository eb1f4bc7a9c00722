#!/usr/bin/env bash
# Fuzzing of every parser, 60 s each: tests/fuzz/run.sh. Only with SYNFIRE_LONG=1; ./test replays the inputs that were found before anyway.
#   tests/fuzz.sh SYNFIRE        the closing line is 'N passed, N failed'
if [ -z "${SYNFIRE_LONG:-}" ] || [ -n "${SYNFIRE_SANITIZED:-}" ]; then echo "left to ./test --long"; exit 0; fi
exec "$(dirname "$0")/fuzz/run.sh" 60
