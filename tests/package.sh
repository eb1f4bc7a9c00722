#!/usr/bin/env bash
# The Debian package in a system that has nothing else: what it says of itself, installed over the dependencies that it names, trains, takes the
# level of the processor, stays below 10 MB and goes without a trace. Only with SYNFIRE_LONG=1 and as root: it builds two levels and takes
# debootstrap and the network.
#   tests/package.sh SYNFIRE        the closing line is 'N passed, N failed'
set -u
root=$(cd "$(dirname "$0")/.." && pwd)
if [ -z "${SYNFIRE_LONG:-}" ]; then echo "left to ./test --long: it builds the package and takes a system of its own"; exit 0; fi
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then echo "left out: it takes root and debootstrap"; exit 0; fi
. /etc/os-release
suite=${SYNFIRE_SUITE:-$VERSION_CODENAME}  # the package is for the system it was built on
mirror=http://deb.debian.org/debian
[ "$ID" != ubuntu ] || mirror=http://archive.ubuntu.com/ubuntu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0 failed=0
ok() { passed=$((passed + 1)); }
wrong() { failed=$((failed + 1)); printf 'FAILED %s\n' "$*"; }
try() {
  local name=$1 said
  shift
  if said=$("$@" 2>&1); then ok; else wrong "$name:"; tail -n 15 <<<"$said" | sed 's/^/    /'; return 1; fi
}
give_up() { echo "$passed passed, $failed failed"; exit 1; }

try "tools/package" "$root/tools/package" "$work" || give_up
package=$(echo "$work"/*.deb)
version=$(sed -n 's/^#define SYNFIRE_VERSION "\(.*\)"/\1/p' "$root/include/synfire/version.h")
field() { dpkg-deb -f "$package" "$1"; }
if [ "$(field Version)" = "$version" ]; then ok; else wrong "the package has version $(field Version), its headers $version"; fi
if [[ $(field Maintainer) =~ ^.+\ \<.+@.+\>$ ]]; then ok; else wrong "nobody maintains it: $(field Maintainer)"; fi
if [[ $(field Depends) =~ (openblas|-dev) ]]; then wrong "it depends on what only builds and tests need: $(field Depends)"; else ok; fi
echo "depends: $(field Depends)"
if [ "$(field Installed-Size)" -lt 10000 ]; then ok; else wrong "it has $(field Installed-Size) kB"; fi
if command -v lintian >/dev/null; then try "lintian" lintian --allow-root --fail-on error "$package"
else echo "lintian is not there and did not look at the package"
fi

try "debootstrap" debootstrap --variant=minbase "$suite" "$work/system" "$mirror" || give_up
cp "$package" "$work/system/synfire.deb"
inside() { chroot "$work/system" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
everything() { inside find / -xdev \( -path /proc -o -path /sys -o -path /var/lib/dpkg -o -path /var/log -o -path /var/cache \) -prune -o -print | sort; }
[ "$ID" != ubuntu ] || echo "deb $mirror $suite main universe" >"$work/system/etc/apt/sources.list"
depends=$(field Depends | sed 's/([^)]*)//g; s/|[^,]*//g; s/,/ /g')
# shellcheck disable=SC2086
try "its dependencies" inside sh -c "apt-get update -qq && apt-get install -y --no-install-recommends $depends" || give_up
everything >"$work/before"
try "dpkg -i" inside dpkg -i /synfire.deb || give_up
try "synfire --version" inside sh -c "[ \"\$(synfire --version)\" = 'synfire $version' ]"
printf 'data = "digits"\n' >"$work/system/tmp/model.toml"
accuracy=$(inside sh -c 'cd /tmp && synfire train model.toml --progress none --json' | sed -n 's/.*"test":{[^}]*"accuracy":\([0-9.]*\).*/\1/p')
echo "digits: test accuracy $accuracy"
if awk -v a="${accuracy:-0}" 'BEGIN {exit !(a > 0.9)}'; then ok; else wrong "training on the digits reaches $accuracy"; fi
try "the report of the run" inside sh -c 'ls /tmp/runs/model-001/report.html'

level() { inside env ${1:+GLIBC_TUNABLES=glibc.cpu.hwcaps=$1} synfire doctor --json 2>/dev/null | sed -n 's/.*"level":"\([^"]*\)".*/\1/p'; }
takes() {  # takes LEVEL HIDDEN-FEATURES
  local got
  got=$(level "${2:-}")
  echo "${2:-as it is}: $got"
  if [ "$got" = "$1" ]; then ok; else wrong "the library for $got runs where that for $1 should (${2:-nothing hidden})"; fi
}
if grep -qw avx2 /proc/cpuinfo && grep -qw fma /proc/cpuinfo; then
  [[ ${SYNFIRE_LEVELS:-} == *v4* ]] || takes x86-64-v3
  takes x86-64-v3 -AVX512F
fi
takes "baseline x86-64" -AVX512F,-AVX2
if inside dpkg -L synfire | grep -q '/glibc-hwcaps/x86-64-v3/libsynfire.so.0$'; then ok; else wrong "the level x86-64-v3 is not in it"; fi

for words in CC-BY-4.0 'scikit-learn' 'Svelte' 'Leon Sorokin'; do try "the copyright file names $words" inside grep -q "$words" /usr/share/doc/synfire/copyright; done
try "what is new" inside sh -c "zcat /usr/share/doc/synfire/changelog.gz | head -n 1 | grep -q 'synfire ($version)'"
try "the man page" inside sh -c "[ -L /usr/share/man/man1/synfire.1.gz ] || zcat /usr/share/man/man1/synfire.1.gz | grep -q lr.-find"
if (  # with the program of that system behind its name
  synfire() { inside synfire "$@"; }
  shopt -s extglob
  . "$work/system/usr/share/bash-completion/completions/synfire"
  COMP_WORDS=(synfire tr) COMP_CWORD=1
  _synfire
  [ "${COMPREPLY[*]}" = train ]
); then ok; else wrong "the completion"; fi
size=$(dpkg-deb -c "$package" | awk '{s += $3} END {print s}')
echo "installed: $((size / 1000)) kB in files; the package: $(($(stat -c %s "$package") / 1000)) kB"
if [ "$size" -lt 10000000 ]; then ok; else wrong "installed size $size"; fi

rm -rf "$work"/system/tmp/*
try "dpkg --purge" inside dpkg --purge synfire
everything >"$work/after"
if left=$(diff "$work/before" "$work/after"); then ok; else wrong "it does not go without a trace: $left"; fi
echo "$passed passed, $failed failed"
[ $failed = 0 ]
