#!/usr/bin/python3
"""Writes evidence bundles, good ones and hostile ones, made without any program of ours.

    make_bundle.py OUTDIR

writes NAME.json for each, `anchor.ds` with the root's DS record, and `expected.tsv`:
name, `good` or `bad`, and words that the reason must contain. Every reader of bundles
must accept the DNS answers and handshakes of the good ones, and refuse the bad ones.
"""

import pathlib
import sys

import dns.name

from good_bundles import (
    GOOD,
    Bundle,
    canonical,
    check_value,
    good_bundles,
    good_peers,
    in_run,
    make_world,
    many_hosts,
    with_again,
    with_change,
    with_failed_look_up,
    without_ed448,
)
from hostile_bundles import ATTACKS, peers_of, re_signed
from made_tls import tls13
from signed_world import DAY, MOMENT


def bundles(world):
    """All: (name, words that the reason must contain or None, octets)."""
    for label, octets in good_bundles(world):
        yield label, None, octets
    skewed = Bundle(world, GOOD["positive"])
    re_signed(
        world,
        skewed,
        "_25._tcp.mail.good.example.",
        "TLSA",
        times=(MOMENT - 14 * DAY, MOMENT - DAY),
    )
    yield "within-skew", None, skewed.octets()
    yield "ed448-unknown", None, without_ed448(world).octets()
    failed = with_failed_look_up(world)
    for label, audit in (*good_peers(world), *many_hosts(world), ("failed-ds", failed)):
        yield label, None, canonical(audit.value()) + b"\n"
    yield "run", None, canonical(in_run(peers_of(world, "enforced").value())) + b"\n"
    yield "run-of-one", None, canonical(
        in_run(peers_of(world, "tls12").value(), 0, 0)
    ) + b"\n"
    yield "check", None, canonical(
        check_value(world, lambda *x: tls13(world.servers["rsa"], *x))
    ) + b"\n"
    changed = with_change(world, peers_of(world, "enforced").value())
    yield "asked-again-changed", None, canonical(changed) + b"\n"
    yield "asked-again", None, canonical(with_again(world)) + b"\n"
    for label, words, make in ATTACKS:
        yield label, words, make(world)


def main(folder):
    """Writes all bundles; their world."""
    folder.mkdir(parents=True, exist_ok=True)
    world = make_world()
    (folder / "anchor.ds").write_text(f". IN DS {world.zones[dns.name.root].ds[0]}\n")
    rows = []
    for label, words, octets in bundles(world):
        (folder / f"{label}.json").write_bytes(octets)
        rows.append(f"{label}\t{'bad' if words else 'good'}\t{words or ''}\n")
    (folder / "expected.tsv").write_text("".join(rows))
    return world


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
