#!/usr/bin/env bash
# The Debian package in a system that has nothing else: installed with apt, trains on the digits, on both levels; below 10 MB. Only with
# SYNFIRE_LONG=1 and as root: it builds both levels and takes debootstrap and the network.
#   tests/package.sh SYNFIRE        the closing line is 'N passed, N failed'
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${SYNFIRE_LONG:-}" ]; then echo "left to ./test --long"; exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then echo "left out: takes root and debootstrap"; exit 0; fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
try() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then ok; else failed=$((failed + 1)); echo "FAILED $name:"; tail -n 15 <<<"$said" | sed 's/^/    /'; return 1; fi
}
give_up() { echo "$passed passed, $failed failed"; exit 1; }

try "tools/package" "$root/tools/package" "$work" || give_up
try "debootstrap" debootstrap --variant=minbase "${SYNFIRE_SUITE:-bookworm}" "$work/system" http://deb.debian.org/debian || give_up
cp "$work"/*.deb "$work/system/"
inside() { chroot "$work/system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
try "installing" inside sh -c 'DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends /synfire_*.deb' || give_up
printf 'data = "digits"\n' >"$work/system/model.toml"
try "training on the digits" inside sh -c 'cd /tmp && synfire train /model.toml --progress none --json | grep -q accuracy'
[ -n "${SYNFIRE_LEVELS:-}" ] || try "the level for every processor" inside env GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX512F,-AVX2 sh -c 'synfire doctor --json | grep -q "baseline x86-64"'
try "the licence of the embedded data" inside grep -q CC-BY-4.0 /usr/share/doc/synfire/copyright
size=$(inside sh -c 'dpkg -L synfire | while read -r f; do [ -f "$f" ] && [ ! -L "$f" ] && stat -c %s "$f"; done' | awk '{s += $1} END {print s}')
echo "installed: $((size / 1000)) kB"
if [ "$size" -lt 10000000 ]; then ok; else failed=$((failed + 1)); echo "FAILED installed size $size"; fi
try "it goes without a trace" inside sh -c 'dpkg -r synfire && ! command -v synfire'
echo "$passed passed, $failed failed"
[ $failed = 0 ]
