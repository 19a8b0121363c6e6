#!/usr/bin/env bash
# Runs a ./dev command in a chroot of another release: on.sh RELEASE COMMAND...
#
# The chroot is build-on/RELEASE. debootstrap makes it at the first call, from the mirror of
# the machine's own apt sources, and it stays, with the packages that were installed in it,
# until ./dev clean. The project has the same path in there as outside, in a folder of the
# chroot's own into which its files are mounted one by one: what a build makes lies beside
# them, in the chroot, so that no release ever sees the build folder of another.
#
# The command runs in a mount and a process namespace. When it ends, or this script does, by
# whatever signal, the kernel ends what still runs in there, and mounts and /tmp go with it.
# The network is the machine's. The exit status is the command's; 111, before anything of the
# command, where the machine cannot have the release or a chroot.
set -euo pipefail

script=$(readlink -f "$0")
project=$(dirname "$(dirname "$(dirname "$script")")")
readonly script project folder=$project/build-on
readonly scripts=/usr/share/debootstrap/scripts
readonly compilations=/var/cache/ccache  # in the chroot

say() { printf 'on: %s\n' "$*" >&2; }

fail() {  # STATUS WORDS
  say "${@:2}"
  exit "$1"
}

origin_of() {  # RELEASE
  case $1 in
    bookworm | trixie) echo Debian ;;
    noble) echo Ubuntu ;;
    *) fail 100 "$1 is none of bookworm, trixie, noble" ;;
  esac
}

# Where the machine's apt has an archive from, by the label of the archive; else nothing.
mirror_of() {  # LABEL
  # shellcheck disable=SC2016  # these are apt's own variables
  apt-get indextargets --format '$(LABEL)|$(REPO_URI)' 'Created-By: Packages' |
    sed -n "s/^$1|//p" | sed -n 1p
}

# What apt in a chroot has to know to reach what the machine reaches, in the same way.
describe_machine() {  # ROOT
  apt-config dump | grep -E '^Acquire::(http|https|ftp|Check-)[^ ]* "[^"]' \
    >"$1/etc/apt/apt.conf.d/90machine" || true
  rm -f "$1/etc/resolv.conf"  # it may be a link
  cat /etc/resolv.conf >"$1/etc/resolv.conf"
  cat /etc/hosts >"$1/etc/hosts"
}

# A release with its updates, from the mirror that debootstrap wrote down.
describe_archive() {  # RELEASE ROOT
  local list=$2/etc/apt/sources.list mirror security components='main universe'
  mirror=$(awk '$1 == "deb" { print $2; exit }' "$list")
  security=$mirror
  if [ "$(origin_of "$1")" = Debian ]; then
    security=$(mirror_of Debian-Security)
    components=main
  fi
  {
    printf 'deb %s %s %s\n' "$mirror" "$1" "$components" "$mirror" "$1-updates" "$components"
    [ -z "$security" ] || printf 'deb %s %s %s\n' "$security" "$1-security" "$components"
  } >"$list"
}

# The keys of Ubuntu's archive, which Debian has since 13; a 12 takes them from there.
ubuntu_keys() {
  local keys=/usr/share/keyrings/ubuntu-archive-keyring.gpg
  if [ ! -e "$keys" ]; then
    provide trixie
    if [ ! -e "$folder/trixie$keys" ]; then
      chroot "$folder/trixie" apt-get update -q >&2
      chroot "$folder/trixie" apt-get install -yq ubuntu-keyring >&2
    fi
    keys=$folder/trixie$keys
  fi
  echo "$keys"
}

# A bare release, with these packages more.
bare_root() {  # RELEASE ROOT [PACKAGE...]
  local root=$2 origin mirror keys like=sid more=
  [ $# -eq 2 ] || more=--include=$(IFS=, && printf '%s' "${*:3}")
  origin=$(origin_of "$1")
  mirror=$(mirror_of "$origin")
  if [ -z "$mirror" ]; then
    # The labels are in apt's lists, of which a new machine has none.
    apt-get update -q >/dev/null 2>&1 || true
    mirror=$(mirror_of "$origin")
  fi
  keys=/usr/share/keyrings/debian-archive-keyring.gpg
  if [ "$origin" = Debian ]; then
    [ -n "$mirror" ] || fail 111 "no mirror of Debian in this machine's apt sources"
  else
    keys=$(ubuntu_keys)
    like=gutsy
  fi
  # An older debootstrap does not know a younger release.
  [ ! -e "$scripts/$1" ] || like=$1
  say "making $root"
  rm -rf --one-file-system "$root.new"
  # Without a mirror of Ubuntu among its sources a machine may still reach debootstrap's own.
  if ! debootstrap --variant=minbase --keyring="$keys" ${more:+"$more"} \
    "$1" "$root.new" "$mirror" "$scripts/$like" >"$root.log" 2>&1; then
    tail -n 5 "$root.log" >&2
    fail 111 "$1 cannot be had from here: $root.log"
  fi
  describe_archive "$1" "$root.new"
  mv "$root.new" "$root"
}

make_root() {  # RELEASE
  local root=$folder/$1 bare
  bare=$root.bare
  rm -rf --one-file-system "$bare"
  bare_root "$1" "$bare" ca-certificates
  # The tests start their servers themselves.
  printf '#!/bin/sh\nexit 101\n' >"$bare/usr/sbin/policy-rc.d"
  chmod 755 "$bare/usr/sbin/policy-rc.d"
  mv "$bare" "$root"
}

# Makes the chroot if there is none yet; of two callers the second waits for the first.
provide() {  # RELEASE
  mkdir -p "$folder"
  (
    flock 9
    [ -d "$folder/$1" ] || make_root "$1"
    describe_machine "$folder/$1"
  ) 9>"$folder/$1.lock"
}

# In the namespaces: the machine's file systems, the project, and then the chroot for good. A
# mere chroot(2) would forbid user namespaces in there, which tests want.
inside() {  # RELEASE COMPILED COMMAND...
  local root=$folder/$1 compiled=$2 entry
  shift 2
  shopt -s nullglob
  mount --bind "$root" "$root"
  mount -t proc proc "$root/proc"
  mount --rbind /sys "$root/sys"
  mount --rbind /dev "$root/dev"
  mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
  mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
  mkdir -p "$compiled" "$root$compilations" "$root$project"
  mount --bind "$compiled" "$root$compilations"

  # Where files of the project were that are gone. Of others nothing is removed, for that would
  # take away what another command has mounted there.
  for entry in "$root$project"/*; do
    case ${entry##*/} in build | build-*) continue ;; esac
    [ -e "$project/${entry##*/}" ] || find "$entry" -maxdepth 0 -empty -delete
  done
  for entry in "$project"/* "$project"/.[!.]*; do
    case ${entry##*/} in build | build-*) continue ;; esac
    if [ -d "$entry" ]; then mkdir -p "$root$entry"; else : >>"$root$entry"; fi
    mount --bind "$entry" "$root$entry"
  done

  cd "$root"
  pivot_root . .
  umount --lazy .
  cd "$project"
  # One apt that was interrupted would stop all that come after it.
  dpkg --configure -a >/dev/null || true
  ./dev "$@"
}

main() {
  [ $# -ge 2 ] || fail 100 'usage: ./dev on RELEASE COMMAND...'
  local release=$1 name seen=()
  shift
  origin_of "$release" >/dev/null
  [ "$(id -u)" -eq 0 ] || fail 111 "a chroot needs root"
  unshare --mount --pid --fork true || fail 111 "this machine lets nobody mount"
  provide "$release"

  # What means the same in there.
  for name in $(compgen -e); do
    case $name in
      TERM | CI | DANE_* | CTEST_* | *_proxy | *_PROXY | SOURCE_DATE_EPOCH)
        seen+=("$name=${!name}")
        ;;
    esac
  done
  # Each release's compiler has a cache of its own, which clones share.
  local compiled=${XDG_CACHE_HOME:-$HOME/.cache}/ccache-$release
  # A shell ignores Ctrl-C on behalf of what it starts in the background.
  env -i --default-signal=INT,QUIT "${seen[@]}" HOME=/root LANG=C.UTF-8 \
    PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin PYTHONDONTWRITEBYTECODE=1 \
    CCACHE_DIR="$compilations" \
    setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child \
    "$script" --inside "$release" "$compiled" "$@" <&0 &
  local child=$! status=0
  trap 'kill -KILL "$child"; exit 130' INT
  trap 'kill -KILL "$child"; exit 143' TERM HUP
  wait "$child" || status=$?
  exit "$status"
}

case ${1:-} in
  --inside) inside "${@:2}" ;;
  --bare) bare_root "${@:2}" ;;  # RELEASE ROOT: for who wants nothing else
  *) main "$@" ;;
esac
