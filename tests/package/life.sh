#!/usr/bin/env bash
# The Debian packages through a whole life, on a clean machine: installed over an older
# version, used, removed, purged.
#
#   life.sh PACKAGES OLDER ROOT    PACKAGES: the folder with the .deb files
#                                  OLDER: one with those of an older commit
#                                  ROOT: a bare Debian or Ubuntu, as debootstrap makes it
#
# It works on a copy of ROOT that is removed at the end, and wants root. The programs run
# there in the signed test internet and in no other network. It fails if
#
# - a library, file or other package is missing for a program to start, or any program does
#   not do its work: those of debian/tests, and those below against real servers;
# - a man page is not found, or a file that the older version alone had is still there;
# - removal leaves anything but what dpkg itself writes down, or anything but the packages'
#   own files has changed meanwhile, a qmail in /var/qmail above all.
set -euo pipefail
sources=$(readlink -f "$(dirname "$0")/../..")
readonly sources
readonly names=(ucspi-dane dane-tools dane-qmail)

say() { printf 'life: %s\n' "$*" >&2; }

fail() {
  say "FAILED: $*"
  exit 1
}

# Runs a command in the copy, with nothing of this shell's environment.
inside() {
  chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
    DEBIAN_FRONTEND=noninteractive "$@"
}

# In silence, unless it fails.
quietly() {
  local log status=0
  log=$(mktemp)
  "$@" >"$log" 2>&1 || status=$?
  [ "$status" -eq 0 ] || cat "$log" >&2
  rm "$log"
  return "$status"
}

# Every path with its kind, mode, owner and target, every file with its content; not what dpkg
# writes down of all packages, logs, what is of this run, or the index of man pages, which
# man-db clears of pages that are gone once a day.
snapshot() {
  (
    cd "$root"
    find . -xdev \( -path ./proc -o -path ./tmp -o -path ./packages \
      -o -path './var/lib/dpkg/status*' -o -path './var/lib/dpkg/lock*' \
      -o -path './var/log/*' -o -path './var/cache/man/*' \) -prune \
      -o -printf '%y %m %U:%G %p %l\0' | sort -z >"$work/paths"
    tr '\0' '\n' <"$work/paths"
    sed -zn 's/^f [^ ]* [^ ]* \(.*\) $/\1/p' "$work/paths" | xargs -0 sha256sum
  )
}

# What is in the packages of a folder.
paths_in() {  # FOLDER
  local package
  for package in "$1"/*.deb; do dpkg-deb --fsys-tarfile "$package" | tar -t; done | sort -u
}

# Installs the older version, then this one in its place.
upgrade() {
  local versions path
  quietly inside sh -c 'exec dpkg -i /packages/older/*.deb'
  quietly inside sh -c 'exec dpkg -i /packages/*.deb'
  # shellcheck disable=SC2016 # dpkg-query expands it
  versions=$(inside dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' "${names[@]}" | sort -u)
  [ "$versions" = "ii $(dpkg-deb -f "$root/packages/${names[0]}"_*.deb Version)" ] ||
    fail "installed: $versions"
  while read -r path; do
    if [ -e "$root/$path" ] || [ -L "$root/$path" ]; then fail "$path of the older version"; fi
  done < <(comm -23 <(paths_in "$root/packages/older") <(paths_in "$root/packages"))
  [ -z "$(inside dpkg --verify "${names[@]}")" ] || fail 'installed files differ'
}

# Something of a qmail, which no package may touch.
make_qmail() {
  mkdir -p "$root"/var/qmail/{bin,control,queue/lock}
  printf '#!/bin/sh\necho the old one\n' >"$root/var/qmail/bin/qmail-remote"
  chmod 711 "$root/var/qmail/bin/qmail-remote"
  echo mx.sender.example >"$root/var/qmail/control/me"
}

# expect WHAT STATUS TEXT COMMAND...: the command ends so, and says TEXT.
expect() {
  local what=$1 status=$2 text=$3 out got=0
  out=$(inside DANE_UNBOUND_CONF="$ZONES_DIR/unbound.conf" timeout 60 "${@:4}" 2>&1 | tr '\0' '\n') || got=$?
  if [ "$got" -ne "$status" ] || [[ "$out" != *"$text"* ]]; then
    printf '%s\n' "$out" >&2
    fail "$what: status $got, and not $status and: $text"
  fi
}

# Each program that talks to the world, as users do, against real servers.
try_programs() {
  local program
  for program in sslclient sslserver dane /usr/libexec/ucspi-dane/qmail-remote; do
    expect "$program runs as anybody" 0 GnuTLS \
      setpriv --reuid 65534 --regid 65534 --clear-groups "$program" --version
  done
  expect 'records are looked up' 0 'signed with DNSSEC' dane lookup mx1.mail.example 25
  expect 'a server is checked' 0 'VERIFIED by DANE' dane check mx1.mail.example 25
  expect 'a domain is audited' 1 'No TLSA record matches' dane audit mismatch.mail.example
  expect 'a server is proved' 0 '221 ' sslclient -Hl0 --starttls smtp mx1.mail.example 25 \
    sh -c 'printf "QUIT\r\n" >&7; cat <&6'
  expect 'a server is refused' 111 fatal sslclient -Hl0 --starttls smtp bad.mail.example 25 \
    echo started
  expect 'sslcat refuses a server' 111 fatal sslcat bad.mail.example 25 --starttls smtp
  expect 'sslconnect talks to a server' 0 '221 ' \
    sh -c 'printf "QUIT\r\n" | sslconnect mx1.mail.example 25 --starttls smtp'
  # shellcheck disable=SC2016 # the shell inside expands it
  expect 'a mail is delivered' 0 'Verified: TLSA' sh -ec '
    mkdir -p /tmp/qmail/control
    echo mx.sender.example >/tmp/qmail/control/me
    echo 127.0.0.0/8 >/tmp/qmail/control/notipme
    cp "$DANE_UNBOUND_CONF" /tmp/qmail/control/unbound.conf
    printf "Subject: test\n\ntest\n" >/tmp/message
    QMAILHOME=/tmp/qmail exec /usr/libexec/ucspi-dane/qmail-remote mail.example \
      me@sender.example you@mail.example </tmp/message'
}

try_tests() {
  local tests test
  cp -r "$sources/debian/tests" "$root/tmp/tests"
  mapfile -t tests < <(sed -n 's/^Tests: //p' "$sources/debian/tests/control")
  [ ${#tests[@]} -gt 0 ] || fail 'debian/tests/control has no tests'
  for test in "${tests[@]}"; do
    mkdir "$root/tmp/of-$test"
    quietly inside AUTOPKGTEST_TMP="/tmp/of-$test" timeout 120 "/tmp/tests/$test" ||
      fail "debian/tests/$test"
  done
}

# Each page of the sources is found by name, those about DANE by that word too.
try_pages() {
  local page found
  quietly inside mandb -q
  found=$(inside man -k dane)
  for page in "$sources"/docs/man/*.scd; do
    page=$(basename "$page" .scd)
    [[ "$found" == *"${page%.*} (${page##*.})"* ]] || fail "man -k dane does not find $page"
  done
  for page in dane dane-audit sslclient sslserver sslhandle sslcat sslconnect sslprint https@ \
    qmail-remote; do
    inside MANWIDTH=80 man "$page" >"$work/page" 2>/dev/null || fail "man $page"
    grep -q '^NAME' "$work/page" || fail "man $page"
  done
}

# The part that runs in the test internet: see the head of this file.
live() {
  mount -t proc proc "$root/proc"
  mkdir -p "$root$ZONES_DIR"
  cp "$ZONES_DIR"/{unbound.conf,root.key,root.hints} "$root$ZONES_DIR"
  snapshot >"$work/before"

  say 'installs an older version, then this one'
  upgrade
  say 'man pages'
  try_pages
  say 'debian/tests'
  try_tests
  say 'the programs in the test internet'
  try_programs

  say 'removes, then purges'
  quietly inside dpkg -r "${names[@]}"
  quietly inside dpkg -P "${names[@]}"
  snapshot >"$work/after"
  diff "$work/before" "$work/after" >&2 || fail 'something is left, or has changed'
  if grep -E "^Package: ($(IFS='|'; echo "${names[*]}"))\$" "$root/var/lib/dpkg/status" >&2; then
    fail 'dpkg still knows a package'
  fi
}

main() {
  local bare dependencies name
  bare=$(readlink -f "$3")
  work=$(mktemp -d)
  # Only what is on this file system: nothing is mounted here, but in a name space that ends
  # with its processes.
  trap 'rm -rf --one-file-system "$work"' EXIT
  root=$work/root
  say "a copy of $bare"
  cp -a "$bare" "$root"
  mkdir -p "$root/packages/older"
  for name in "${names[@]}"; do
    cp "$1/${name}"_*.deb "$root/packages"
    cp "$2/${name}"_*.deb "$root/packages/older"
  done
  cp -L /etc/resolv.conf "$root/etc/resolv.conf"
  # By the proxy of this machine, if there is one.
  apt-config dump | grep -E '^Acquire::(http|https|ftp)[^ ]* "[^"]' \
    >"$root/etc/apt/apt.conf.d/90machine" || true

  say 'what the packages depend on'
  dependencies=$(for name in "$root"/packages/{,older/}*.deb; do
    dpkg-deb -f "$name" Depends
  done | paste -sd ,)
  quietly inside apt-get update -q
  quietly inside apt-get satisfy -yq --no-install-recommends "$dependencies"
  quietly inside apt-get install -yq --no-install-recommends man-db openssl
  make_qmail

  export work root
  python3 "$sources/tests/programs/with_zones.py" \
    unshare --mount --pid --fork --kill-child -- bash "$0" --live
  say 'passed'
}

if [ "${1:-}" = --live ]; then
  live
else
  main "$@"
fi
