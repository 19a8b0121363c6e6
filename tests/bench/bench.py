"""Measures the programs beside its peers on the same work, in turn, in one run.

usage: bench.py BUILD_DIR ZONES_DIR [NAME...] [--before DIR] [--shared DIR]

NAME: micro, exec, relay, mail (the usual ones), audit, roundtrips, server, evidence.

Read the ratios, not the times: every round runs all the candidates one after the other, and
what is printed is the median over the rounds. With --before, `roundtrips` runs the programs
in DIR too. With --shared, `exec` runs the sslclient in DIR too, which is linked with shared
libraries as the Debian package's is.
"""

import argparse
import os
import pathlib
import subprocess
import sys

import audit
import evidence
import mail
import micro
import relays
import roundtrips
import server
import starts

NAMES = ("micro", "exec", "relay", "mail", "audit", "roundtrips", "server", "evidence")
USUAL = NAMES[:4]


def enter_namespace(zones: pathlib.Path) -> None:
    """Runs this very program again where /etc/resolv.conf is the test internet's."""
    if os.environ.get("BENCH_BOUND") or os.geteuid() != 0:
        return
    resolv = zones / "resolv.conf"
    resolv.write_text("nameserver 127.53.0.53\n", encoding="ascii")
    script = ('mount --make-rprivate / && mount --bind "$1" "$(readlink -f /etc/resolv.conf)" '
              '&& mount --bind "$2" /usr/share/dns/root.key || exit 99; shift 2; exec "$@"')
    environment = dict(os.environ, BENCH_BOUND="yes")
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", str(resolv),
                           str(zones / "root.key"), sys.executable, *sys.argv],
                          env=environment, check=False)
    if done.returncode != 99:
        sys.exit(done.returncode)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("zones", type=pathlib.Path)
    parser.add_argument("wanted", nargs="*", metavar="NAME", help=", ".join(NAMES))
    parser.add_argument("--before", type=pathlib.Path, metavar="DIR",
                        help="programs of another build, for roundtrips")
    parser.add_argument("--shared", type=pathlib.Path, metavar="DIR",
                        help="programs with shared libraries, for exec")
    words = parser.parse_args()
    build, zones, wanted = words.build, words.zones, words.wanted or USUAL
    if not set(wanted) <= set(NAMES):
        parser.error(f"NAME is one of {', '.join(NAMES)}")
    enter_namespace(zones)
    if "micro" in wanted:
        micro.measure(build / "bench/verify_bench")
    if "exec" in wanted:
        starts.measure(build, zones, words.shared)
    if "relay" in wanted:
        relays.measure(build / "bin/sslclient", zones)
    if "mail" in wanted:
        mail.measure(build / "bin/qmail-remote", zones)
    if "audit" in wanted:
        audit.measure(build.resolve())
    if "roundtrips" in wanted:
        before = words.before and words.before.resolve()
        roundtrips.measure((build / "bin").resolve(), before, zones)
    if "server" in wanted:
        server.measure(build)
    if "evidence" in wanted:
        evidence.measure(build.resolve())
    return 0


if __name__ == "__main__":
    sys.exit(main())
