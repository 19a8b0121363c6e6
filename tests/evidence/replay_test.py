#!/usr/bin/python3
"""`dane replay` takes no hostile bundle, and refuses each for its own reason.

    replay_test.py DANE MUTATE_BUNDLES [TEST...]

The bundles are those that the stranger's reader is tested with (make_bundle.py). A bundle
that holds DNS answers alone becomes the evidence of a check of an address at which nobody
answered: its verdict stands on none of these answers, and each has to hold all the same.
What an honest verdict is says `dane replay --at`, which comes to one without comparing it.
"""

import base64
import copy
import itertools
import json
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import unittest

import make_bundle
from good_bundles import (
    Audit,
    Bundle,
    canonical,
    commitment,
    good_peers,
    make_world,
    many_hosts,
    text64,
)
from made_tls import tls13
from signed_world import DAY, MOMENT, Key, name

PROGRAM = ""
MUTATOR = ""
# Mutants of good bundles, and how many of them are replayed as a whole.
MUTANTS = int(os.environ.get("DANE_MUTANTS", "2000"))
WHOLE = max(MUTANTS // 50, 20)
ANCHOR = ""
REFUSED = 2
# Of processor time, under sanitizers too. A trap that works costs hours.
MOST_SECONDS = 60
HANG_SECONDS = 600
PLACE = {"host": "192.0.2.99", "port": 1}
SILENT = {"code": "connect", "detail": "Connection refused", "kind": 2}
ABOUT = {"command": "check", **PLACE, "options": ["--record=3 1 1 " + "00" * 32]}
FACTS = {
    "connections": [
        {
            **PLACE,
            "failures": [{"address": PLACE["host"], "error": SILENT}],
            "tries": [{"error": SILENT, "milliseconds": 0, "progress": "nothing"}],
        }
    ]
}
OTHER_VERDICT = "the verdict that follows from it is another one"
# A zone that is signed by what nobody here knows is no zone that is signed.
NEEDS_ED448 = {"ed448": "told to be secure, and is insecure"}
LACKS_ED448 = {"ed448-unknown": "told to be insecure, and is secure"}
# What it says of each hostile bundle.
WRONG = {
    "expired": r"keys of the root are not those of the trust anchor.*expired",
    "mixed-times": r"TLSA _25\._tcp\.mail\.good\.example\.: told to be secure, .*expired",
    "signed-later": r"TLSA _25\._tcp\.mail\.good\.example\.: .* before inception date",
    "beyond-skew": r"TLSA _25\._tcp\.mail\.good\.example\.: told to be secure, .*expired",
    "too-many-labels": "labelcount out of range",
    "long-answer": "an answer that is longer than a message",
    "wildcard-without-denial": r"a\.wild\.good\.example\. A IN>: wildcard proof failed",
    "wildcard-without-denial-nsec3": r"a\.wild\.rsa\.test\. A IN>: wildcard proof failed",
    "wildcard-below-a-name": r"x\.b\.wild\.good\.example\. A IN>: wildcard proof failed",
    "name-covered-for-next-closer-nsec3": r"wild\.rsa\.test\. A IN>: wildcard proof failed",
    "denial-of-the-parent": r"good\.example\. MX IN>: nodata proof failed",
    "denial-of-the-child": "told to be insecure, and is secure",
    "denial-from-above": r"mail\.good\.example\. A IN>: nameerror proof failed",
    "denial-of-another-zone": r"mail\.rsa\.test\. A IN>: nameerror proof failed",
    "expanded-nsec-owner": "bogus by the second validator: .* comes from a wildcard",
    "opt-out-stretched": r"A no\.open\.example\.: told to be secure, and is insecure",
    "opt-out-as-denial-of-ds": r"DS unsigned\.test\.: told to be secure, and is insecure",
    "iterations-stretched": r"A no\.slow\.example\.: told to be secure, and is insecure",
    "alias-splice": r"A mx\.alias\.example\.: a validator makes other records of the answer",
    "unsigned-alias": r"mx\.alias\.example\. .*no signatures",
    "alias-with-another-answer": r"A mx\.alias\.example\.: a validator makes other records",
    "set-of-another-question": "a validator makes other records of the answer",
    "bogus-by-a-set-of-another-question": "told to be bogus, and is secure",
    "alias-loop": r"A mx\.alias\.example\.: told to be secure, and is insecure",
    "wrong-synthesis": "a validator makes other records of the answer",
    "missing-ds": r"its chain has no DS good\.example\.",
    "missing-ds-as-insecure": r"its chain has no DS good\.example\.",
    "missing-keys": r"its chain has no DNSKEY good\.example\.",
    "missing-target": r"A mx\.alias\.example\.: its chain has no A mail\.good\.example\.",
    "stripped": r"told to be insecure, and is bogus: .*no signatures",
    "other-root": "keys of the root are not those of the trust anchor: .*no keys have a DS",
    "root-signed-by-no-anchor": "keys of the root are not those of the trust anchor: "
    ".*signature (for expected key and algorithm )?missing",
    "digest-downgrade": "bogus by the second validator: good.example DNSKEY: "
    "no key is one that is trusted",
    # libunbound on OpenSSL has another word for it.
    "ds-trap": r"DS hash mismatches key|signature crypto failed .* for DS good\.example\.",
    "ends-before-it-begins": "signature inception after expiration",
    "signed-for-ever": "signature inception after expiration",
    "absence-without-wildcard-denial": r"zz\.good\.example\. A IN>: nameerror proof failed",
    "absence-without-encloser": r"no\.rsa\.test\. TLSA IN>: nameerror proof failed",
    "denial-of-what-exists": r"TLSA IN>: nodata proof failed",
    "signer-is-no-zone": r"TLSA _25\._tcp\.mail\.good\.example\.: .*no signatures",
    "unknown-algorithm-as-secure": r"A www\.odd\.example\.: told to be secure, and is ins",
    "secure-as-insecure": r"TLSA _25\._tcp\.mail\.good\.example\.: told to be insecure",
    "secure-as-bogus": r"MX good\.example\.: told to be bogus, and is secure",
    # Which of the two bounds it meets first stands in the order of its keys.
    "key-trap": r"and is bogus: .*( for key good\.example\. while building chain of trust"
    r"|: too many RRSIG validations)",
    "lowered-ttl": "a set that is not in canonical form",
    "upper-case-owner": "a set that is not in canonical form",
    "unsorted-records": "a set that is not in canonical form",
    "octets-behind-a-set": "a set that is not in canonical form",
    "set-beside-the-signed-one": "two sets of one owner and type in a section",
    "unsorted-sets": "sets are not in order, or one is twice",
    "unused-set": "a set that nothing refers to",
    "index-out-of-range": "answer is no number that it may be",
    "two-answers": "a question twice, or out of order",
    "unsorted-answers": "a question twice, or out of order",
    "name-without-dot": "a name without its final dot",
    "duplicate-name": "not in canonical form",
    "floating-point": "a number that is no integer",
    "exponent": "a number that is no integer",
    "negative": "moment is no number that it may be",
    "too-large-number": "moment is no number that it may be",
    "no-moment": "a moment before 1970 or after 2106",
    "moment-without-dates": "a moment before 1970 or after 2106",
    "moment-that-wraps": "a moment before 1970 or after 2106",
    "other-rules": "rules of a version that is not known",
    "loose-base64": "sets is no base64 in its one form",
    "line-feed-in-base64": "sets is no base64 in its one form",
    "trailing-octets": "not in canonical form",
    "no-line-feed": "a file without its last line feed",
    "white-space": "not in canonical form",
    "unsorted-names": "not in canonical form",
    "needless-escape": "not in canonical form",
    "deep-nesting": "nested too deep",
    "deepest-nesting": "nested too deep",
    "unknown-member": "an answer: has a member that is not known",
    "lacking-member": "the bundle: has no member maker",
    "other-version": "its mediaType is another one",
    "own-skew": "skew: not that of version 1",
    "other-random": "not held for this bundle",
    "other-random-tls12": "not held for this bundle",
    "random-of-another-port": "not held for this bundle",
    "second-random-after-retry": "two hellos of one handshake contradict each other",
    "altered-transcript": "the server's signature is not right",
    "altered-parameters": "the server's signature is not right",
    "server-name-of-another": "the server's signature is not right",
    "handshake-of-a-stranger": "mx2.good.example: a handshake for another server name",
    "records-after-the-handshake": "a handshake before the TLSA records were known",
    "cut-message": "a handshake message that has no place there",
    "without-certificate": "a handshake message that has no place there",
    "hidden-address": r"no answer to AAAA mail\.good\.example\.",
    "untried-address": "the addresses that were asked are not those of mail.good.example",
    "mismatch-that-nobody-showed": "facts: no such peer",
    "asked-again-too-late": "asked again at .*that is after the verdict",
    "asked-again-too-early": "asked again at .*signature before inception date",
    "asked-again-and-not-before": "_26.* was asked for again, and not before",
    # These have the verdict of no audit; Again and Facts look at what an honest one leads to.
    "old-records-accuse": OTHER_VERDICT,
    "handshake-before-the-records": OTHER_VERDICT,
    "handshake-after-the-verdict": "was judged before its handshakes",
    "most-hosts-as-all": OTHER_VERDICT,
    "mail-host-kept-back-for-a-later-one": "facts: other hosts than were seen",
    "failed-ds-as-insecure": "told to be insecure, and is bogus: .*SERVFAIL no DS",
    "wildcard-as-delegation": r"DS a\.cut\.example\.: .*nodata proof failed",
    "spoilt-denial-of-many-iterations": "told to be insecure, and is bogus: .*slow.* NSEC3",
    "denial-beside-a-spoilt-set": "told to be secure, and is bogus: .*SOA IN>",
    "denial-beside-that-of-another-zone": "zz.*good.example.*(bogus|no zone of it signed it)",
    "denial-beside-an-unsigned-set": "told to be secure, and is bogus: .*SOA IN>",
    "set-longer-than-a-message": "a set that is not in canonical form",
    "ed448-half-known": "told to be (secure, and is insecure|insecure, and is secure)",
    "altered-leaf": "run: the path does not lead to the checkpoint's root",
    "other-place-in-the-run": "run: the path does not lead to the checkpoint's root",
    "shorter-path": "run: the path has not the length for its place",
    "odd-checkpoint": "run: this is no checkpoint of a run",
    "stamp-of-another": "run: the time-stamp is none",
}
# The verdict is another one than follows: what follows, and what was claimed beside it.
CLAIMED = {
    "partial-as-enforced": ("partial", {"grade": "enforced"}),
    "broken-as-enforced": ("broken", {"grade": "enforced"}),
    "enforced-as-broken": ("enforced", {"grade": "broken"}),
    "not-shown-as-enforced": ("undecided", {"grade": "enforced"}),
    "address-look-up-fails": ("partial", {"grade": "enforced"}),
    "mail-host-kept-back": ("enforced", {"hosts": []}),
    "mail-host-of-another": ("enforced", ("name", "mx2.good.example")),
    "other-access-to-the-host": ("enforced", ("access", "open")),
    "domain-as-bad-input": ("enforced", {"grade": "bad-input", "domain": "", "hosts": []}),
    "verdict-of-another-domain": ("enforced", {"domain": "two.good.example"}),
    "mismatch-as-dane": ("not-proved", {"status": "proved"}),
    "dane-as-mismatch": ("proved", {"status": "not-proved"}),
}
# What is within the bounds of libunbound and of the second validator, and right.
HELD = {"hash-trap": 3}


def knows_ed448():
    """Whether libunbound does, which is so if it stands on OpenSSL."""
    libraries = pathlib.Path("/usr/lib").glob("*/libunbound.so")
    found = subprocess.run(
        ["ldd", *libraries], capture_output=True, text=True, check=True
    )
    return "libcrypto" in found.stdout


def replay(path, *words):
    """A whole run."""
    return subprocess.run(
        [PROGRAM, "replay", "--trust-anchor", ANCHOR, *words, str(path)],
        capture_output=True,
        check=False,
        text=True,
        timeout=HANG_SECONDS,
    )


def cpu_seconds():
    """The processor time of the runs so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def inner(value):
    """The octets of a JSON value that stands in another one."""
    return canonical(value)


class Case(unittest.TestCase):
    """Bundles that are made once."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        global ANCHOR
        if hasattr(Case, "world"):
            return
        folder = tempfile.TemporaryDirectory()
        unittest.addModuleCleanup(folder.cleanup)
        cls = Case
        cls.folder = pathlib.Path(folder.name)
        cls.world = make_world()
        ANCHOR = str(cls.folder / "anchor.ds")
        root = cls.world.zones[name(".")]
        pathlib.Path(ANCHOR).write_text(f". IN DS {root.ds[0]}\n")
        cls.bundles = {}
        for label, words, octets in make_bundle.bundles(cls.world):
            cls.bundles[label] = (words is None, octets)
        plain = cls.bundles["positive"][1].replace(
            b'{"command":"deliver"}', inner(ABOUT)
        )
        cls.silent = None
        cls.silent = cls.verdict_of(plain.replace(b'"facts":{}', b'"facts":' + inner(FACTS)))

    @classmethod
    def put(cls, octets):
        """A file."""
        path = cls.folder / "bundle.json"
        path.write_bytes(octets)
        return path

    @classmethod
    def verdict_of(cls, octets):
        """What follows from a bundle; a reason, where it does not hold."""
        moment = str(json.loads(octets)["moment"])
        told = replay(cls.put(octets), "--json", "--at", moment)
        return json.loads(told.stdout) if told.stdout else told.stderr

    def dressed(self, label):
        """The octets of a bundle, with a verdict where it has none."""
        octets = self.bundles[label][1]
        return (
            octets.replace(b'{"command":"deliver"}', inner(ABOUT))
            .replace(b'"facts":{}', b'"facts":' + inner(FACTS))
            .replace(b'"verdict":{}', b'"verdict":' + inner(self.silent))
        )

    def soon(self, octets):
        """A replay that costs little."""
        before = cpu_seconds()
        told = replay(self.put(octets))
        self.assertLess(cpu_seconds() - before, MOST_SECONDS)
        return told

    def refused(self, octets, why):
        """It is refused for a reason, soon, and prints nothing else."""
        told = self.soon(octets)
        self.assertEqual((told.returncode, told.stdout), (REFUSED, ""), told.stderr)
        self.assertRegex(told.stderr, why)

    def with_verdict(self, value):
        """The same with the verdict that follows."""
        verdict = self.verdict_of(canonical(value) + b"\n")
        self.assertIsInstance(verdict, dict, verdict)
        return {**value, "verdict": verdict}

    def held(self, value, status=0):
        """It is replayed."""
        told = replay(self.put(canonical(value) + b"\n"))
        self.assertEqual(told.returncode, status, told.stderr)


class Stranger(Case):
    """What the stranger's reader is tested with."""

    def test_good_bundles_hold(self):
        for label, (is_good, octets) in self.bundles.items():
            if not is_good or b'"command":"audit"' in octets:
                continue
            with self.subTest(label):
                dressed = self.dressed(label)
                if label in (LACKS_ED448 if knows_ed448() else NEEDS_ED448):
                    self.refused(dressed, {**LACKS_ED448, **NEEDS_ED448}[label])
                elif b'"deliver"' in octets:
                    told = replay(self.put(dressed))
                    self.assertEqual(told.returncode, 3, told.stderr)
                else:
                    self.held(self.with_verdict(json.loads(octets)))

    def test_good_audits_hold(self):
        for label, audit in (*good_peers(self.world), *many_hosts(self.world)):
            with self.subTest(label):
                value = self.with_verdict(audit.value())
                self.assertEqual(value["verdict"]["grade"], audit.grade)
                status = {"enforced": 0, "undecided": 3}.get(audit.grade, 1)
                self.held(value, status)

    def test_each_attack_fails_for_its_own_reason(self):
        for label, (is_good, _) in self.bundles.items():
            if is_good or label in CLAIMED:
                continue
            if label in HELD:
                told = self.soon(self.dressed(label))
                self.assertEqual(told.returncode, HELD[label], told.stderr)
                continue
            with self.subTest(label):
                self.refused(self.dressed(label), WRONG[label])

    def test_a_claim_is_not_believed(self):
        for label, (follows, claimed) in CLAIMED.items():
            with self.subTest(label):
                octets = self.bundles[label][1]
                self.refused(octets, OTHER_VERDICT)
                honest = self.with_verdict(json.loads(octets))
                verdict = honest["verdict"]
                self.assertEqual(verdict.get("grade") or verdict["status"], follows)
                altered = copy.deepcopy(honest)
                if isinstance(claimed, dict):
                    altered["verdict"].update(claimed)
                else:
                    altered["verdict"]["hosts"][0][claimed[0]] = claimed[1]
                self.refused(canonical(altered) + b"\n", OTHER_VERDICT)

    def test_each_attack_has_a_row(self):
        bad = {label for label, (is_good, _) in self.bundles.items() if not is_good}
        self.assertEqual(bad, {*WRONG, *CLAIMED, *HELD})


class Facts(Case):
    """Claims of an audit that contradict what was signed, or the hour."""

    def audit(self, label="enforced"):
        """A bundle with the verdict that follows."""
        return self.with_verdict(dict(good_peers(self.world))[label].value())

    def altered(self, why, alter, label="enforced"):
        """What is refused however its verdict fits."""
        value = self.audit(label)
        alter(value)
        octets = canonical(value) + b"\n"
        self.assertRegex(self.verdict_of(octets), why)
        self.refused(octets, why)

    def test_claims(self):
        def text(old, new):
            def alter(value):
                facts = value["facts"]
                self.assertIn(old, facts["text"])
                facts["text"] = facts["text"].replace(old, new)

            return alter

        def without_peers(value):
            value["peers"] = []
            value["facts"]["chains"] = []

        shown = "connected yes\ntls-began yes\nsession TLSv1.3 TLS_AES_128_GCM_SHA256 X25519 128\n"
        for why, alter in (
            ("another version of TLS than was spoken", text("TLSv1.3", "TLSv1.2")),
            ("another cipher suite than was agreed on",
             text("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384")),
            ("another group than was agreed on", text("X25519", "X448")),
            ("facts: no such peer", lambda v: v["facts"].update(chains=[0, 1, 2])),
            ("two chains for one conversation", lambda v: v["facts"].update(chains=[0, 0])),
            ("unknown members", lambda v: v["facts"].update(more=1)),
            ("unknown members", lambda v: v["facts"].pop("number")),
            ("about: not in its one form", lambda v: v["about"].update(more=1)),
            ("a member of another type", lambda v: v["about"].update(thorough=0)),
            ("about or facts: a member of another type",
             lambda v: v["facts"].update(text=0)),
            ("facts: nobody shows this chain", text("192.0.2.1", "192.0.2.7")),
            ("facts: ", text("host 0\n", "")),
            ("facts: ", text("facts of dane audit, version 1", "facts")),
            ("facts: other hosts than were seen",
             text("name mail.good.example", "name mail2.good.example")),
        ):
            with self.subTest(why):
                self.altered(f"{why}|nobody shows this chain", alter)
        with self.subTest("a session that nobody signed"):
            value = self.audit()
            without_peers(value)
            told = self.verdict_of(canonical(value) + b"\n")
            self.assertNotEqual(told["grade"], "enforced", told)
        self.assertIn(shown, self.audit()["facts"]["text"])

    def test_hosts_are_those_that_were_seen(self):
        """Each once, and nothing else is said of them."""
        for alter in (
            lambda hosts: hosts.clear(),
            lambda hosts: hosts.append(dict(hosts[0])),
            lambda hosts: hosts[0].update(zz=1),
            lambda hosts: hosts[0].update(name=hosts[0]["name"].upper()),
            lambda hosts: hosts[0].update(name="no.such.example"),
            lambda hosts: hosts.extend({"name": f"n{i}", "moment": MOMENT} for i in range(9)),
        ):
            self.altered(
                "facts: other hosts than were seen", lambda v, f=alter: f(v["facts"]["hosts"])
            )
        for name, value in (
            ("number", 0),
            ("number", -1),
            ("number", True),
            ("milliseconds", -5),
            ("milliseconds", 2**63),
            ("chains", 0),
            ("chains", [True]),
            ("chains", [-1]),
        ):
            self.altered(
                "facts: (a number that it may not be|chains is no array)",
                lambda v, n=name, x=value: v["facts"].update({n: x}),
            )

    def test_long_arrays_cost_no_square(self):
        value = self.with_verdict(self.audit())
        value["verdict"]["findings"] = [{"code": f"x{i}"} for i in range(200_000)]
        self.refused(canonical(value) + b"\n", OTHER_VERDICT)

    def test_why_is_of_what_is_bogus(self):
        def alter(value):
            value["dns"]["answers"][0]["why"] = "no reason"

        self.altered("it says why it is bogus, and is not", alter)

    def test_moments_of_peers_share_what_they_cost(self):
        """Each of many peers has a moment of its own, and knew many answers."""
        world, host, peers, names = make_world(), "mail.rsa.test.", 280, 230
        anchor = pathlib.Path(ANCHOR)
        self.addCleanup(anchor.write_text, anchor.read_text())
        anchor.write_text(f". IN DS {world.zones[name('.')].ds[0]}\n")
        addresses = [f"10.0.{i // 200}.{i % 200 + 1}" for i in range(peers - 1)]
        world.zones[name("rsa.test.")].add(host, "A", *addresses)
        questions = [(f"x{i}.deep.ent.example.", "A") for i in range(names)]
        for owner, _ in questions:
            world.zones[name("deep.ent.example.")].add(owner, "A", "192.0.2.9")

        def show(random, server_name):
            return tls13(world.servers["rsa"], random, server_name)

        shown = dict.fromkeys(["192.0.2.3", *addresses], ("proved", show))
        audit = Audit(world, "rsa.test.", {host: shown}, "enforced")
        audit.bundle.answers |= Bundle(world, questions).answers
        value, moments = audit.bundle.value(), itertools.count(MOMENT - 300)

        def alter(one, _):
            one["answers"] = [
                i for i, x in enumerate(value["dns"]["answers"]) if x["type"] in (1, 15, 28, 52)
            ]
            one["moment"] = next(moments)
            return commitment(value, one)

        costly = self.with_verdict(audit.value(alter))
        self.refused(canonical(costly) + b"\n", "more signature checks than are allowed")

    def test_version_of_a_tls12_handshake(self):
        self.altered(
            "another version of TLS than was spoken",
            lambda v: v["facts"].update(text=v["facts"]["text"].replace("TLSv1.2", "TLSv1.3")),
            "tls12",
        )

    def test_hours(self):
        """No part of a bundle has an hour of its own."""

        def host(moment):
            value = self.audit()
            value["facts"]["hosts"][0]["moment"] = moment
            return canonical(value) + b"\n"

        self.refused(host(MOMENT + 3700), "was judged after the verdict")
        self.refused(host(MOMENT - 3700), "was judged before its handshakes")
        self.refused(host(2**53 - 1), "was judged after the verdict")
        self.refused(host(2**53), "facts: a number that it may not be")

        def peer(moment):
            def alter(one, random):
                one["moment"] = moment
                return commitment(audit.bundle.value(), one)

            audit = dict(good_peers(self.world))["enforced"]
            value = audit.value(alter)
            for one in value["facts"]["hosts"]:
                one["moment"] = max(moment, MOMENT)
            return value

        self.held(self.with_verdict(peer(MOMENT - 600)))
        late = self.with_verdict(peer(MOMENT + 3000))
        self.held(late)
        early = self.with_verdict(peer(MOMENT - 30 * DAY))
        self.refused(canonical(early) + b"\n", "at 2026.*, when a handshake was held: .*"
                     "not valid yet")
        after = peer(MOMENT + 4000)
        after["facts"]["hosts"][0]["moment"] = MOMENT
        after["verdict"] = self.audit()["verdict"]
        self.refused(canonical(after) + b"\n", "was judged before its handshakes")

    def test_a_later_handshake_of_a_check(self):
        value = json.loads(self.bundles["check"][1])

        def make(random, server_name):
            return tls13(self.world.servers["rsa"], random, server_name)

        peer = value["peers"][0]
        peer["moment"] = MOMENT + 4000
        peer["messages"] = [
            text64(m)
            for m in make(commitment(value, peer), peer["serverName"])
        ]
        honest = self.with_verdict(value)
        self.refused(canonical(honest) + b"\n", "mail.rsa.test: a handshake after the verdict")

    def test_one_handshake_for_two(self):
        value = self.with_verdict(dict(good_peers(self.world))["partial"].value())
        value["peers"][1]["messages"] = value["peers"][0]["messages"]
        self.refused(canonical(value) + b"\n", "a handshake that was shown for another peer")


class Again(Case):
    """Records that were asked for again around a handshake that accuses."""

    def bundle(self, label, changed, *moments):
        """A bundle whose TLSA records were asked for again."""
        value = self.with_verdict(dict(good_peers(self.world))[label].value())
        part = value["dns"]
        owner = "_25._tcp.mail.good.example."
        first = next(x for x in part["answers"] if x["name"] == owner and x["type"] == 52)
        answer = copy.deepcopy(first)
        if changed:
            zone = self.world.zones[name("good.example.")]
            wire = zone.set(name(owner), 52, changed)
            sets = sorted([*map(base64.b64decode, part["sets"]), wire])
            at = sets.index(wire)
            part["sets"] = [text64(one) for one in sets]
            for one in part["answers"]:
                for section in ("answer", "authority"):
                    one[section] = [i + (i >= at) for i in one[section]]
            answer = {**copy.deepcopy(first), "answer": [at]}
        part["again"] = [{"moment": moment, "answers": [answer]} for moment in moments]
        return canonical(value) + b"\n"

    def told(self, octets):
        """What is explained."""
        done = replay(self.put(octets), "--explain")
        self.assertEqual(done.stderr, "")
        return " ".join(done.stdout.split())

    def test_an_accusation_says_whether_it_has_them(self):
        without = self.with_verdict(dict(good_peers(self.world))["partial"].value())
        lacking = "It has no TLSA records that were asked for again around the handshakes"
        self.assertIn(lacking, self.told(canonical(without) + b"\n"))
        self.assertRegex(self.told(self.bundle("partial", None, MOMENT - 5, MOMENT + 5)),
                         r"asked for again before and after each handshake, and were the same\. "
                         r"The MX or SRV records were not: they may be old ones\.$")
        self.assertIn(lacking, self.told(self.bundle("partial", None, MOMENT + 5)))
        self.assertNotIn("accuses", self.told(self.bundle("enforced", None, MOMENT + 5)))

    def test_changed_records_accuse_nobody(self):
        record = bytes([3, 1, 1]) + bytes(32)
        self.refused(self.bundle("partial", [record], MOMENT - 5, MOMENT + 5),
                     "TLSA _25._tcp.mail.good.example.: it changed around the handshakes")
        self.assertNotIn("accuses", self.told(self.bundle("enforced", [record], MOMENT)))

    def test_nothing_and_too_late(self):
        value = json.loads(self.bundle("partial", None, MOMENT))
        value["dns"]["again"][0]["answers"] = []
        self.refused(canonical(value) + b"\n", "nothing was asked for")
        self.refused(self.bundle("partial", None, MOMENT + 2 * 3600), "that is after the verdict")

    def test_other_records_are_no_answer(self):
        value = json.loads(self.bundle("partial", None, MOMENT - 5, MOMENT + 5))
        soa = next(x for x in value["dns"]["answers"] if x["name"] == "." and x["type"] == 6)
        for again in value["dns"]["again"]:
            again["answers"] = [soa]
        self.assertIn("It has no TLSA records that were asked for again",
                      self.told(canonical(value) + b"\n"))

    def test_what_was_not_asked_before(self):
        value = json.loads(self.bundle("partial", None, MOMENT))
        value["dns"]["again"][0]["answers"][0]["name"] = "_26._tcp.mail.good.example."
        self.refused(canonical(value) + b"\n", "was asked for again, and not before")


class Together(Case):
    """Many bundles of one run, and keys of many roots."""

    def of_world(self, world, label="positive"):
        """The octets of a bundle of another world."""
        octets = Bundle(world, make_bundle.GOOD[label]).octets()
        return (
            octets.replace(b'{"command":"deliver"}', inner(ABOUT))
            .replace(b'"facts":{}', b'"facts":' + inner(FACTS))
            .replace(b'"verdict":{}', b'"verdict":' + inner(self.silent))
        )

    def file(self, label, octets):
        """A file of that name."""
        path = self.folder / f"{label}.json"
        path.write_bytes(octets)
        return path

    def anchors(self, label, *worlds):
        """A file with the keys of some roots."""
        path = self.folder / f"{label}.ds"
        path.write_text("".join(f". IN DS {world.zones[name('.')].ds[0]}\n"
                                for world in worlds))
        return path

    def run_of(self, anchor, *paths):
        """Status, standard output, and standard error without its file names."""
        done = subprocess.run(
            [PROGRAM, "replay", "--json", "--trust-anchor", str(anchor), *map(str, paths)],
            capture_output=True, check=False, text=True, timeout=HANG_SECONDS)
        return done.returncode, done.stdout, done.stderr

    def test_bundles_do_not_help_each_other(self):
        good = self.file("good", self.dressed("positive"))
        forged = [self.file(label, self.dressed(label)) for label in (
            "digest-downgrade", "mixed-times", "missing-keys", "wildcard-without-denial")]
        alone = self.run_of(ANCHOR, good)
        self.assertEqual(alone[0], 3)
        for bad in forged:
            with self.subTest(bad.name):
                refused = self.run_of(ANCHOR, bad)
                self.assertEqual(refused[0], REFUSED)
                for order in ((bad, good), (good, bad), (bad, good, bad), (good, bad, good)):
                    status, out, errors = self.run_of(ANCHOR, *order)
                    self.assertEqual(status, REFUSED)
                    self.assertEqual(out, alone[1] * order.count(good))
                    self.assertEqual(errors.count(refused[2].split(".json")[1]),
                                     order.count(bad), errors)

    def test_keys_of_three_roots(self):
        worlds = [self.world, make_world(), make_world()]
        paths = [self.file(f"root{i}", self.of_world(world)) for i, world in enumerate(worlds)]
        merged = self.anchors("merged", *worlds)
        each = [self.run_of(self.anchors(f"root{i}", world), path)
                for i, (world, path) in enumerate(zip(worlds, paths))]
        self.assertEqual([one[0] for one in each], [3, 3, 3], each)
        status, out, errors = self.run_of(merged, *paths)
        self.assertEqual((status, out, errors), (3, "".join(one[1] for one in each), ""))
        # A zone of one root below the keys of another one.
        mixed = Bundle(worlds[1], make_bundle.GOOD["positive"])
        mixed.at("good.example.", "DNSKEY").update(
            Bundle(worlds[2], make_bundle.GOOD["positive"]).at("good.example.", "DNSKEY"))
        octets = (mixed.octets().replace(b'{"command":"deliver"}', inner(ABOUT))
                  .replace(b'"facts":{}', b'"facts":' + inner(FACTS))
                  .replace(b'"verdict":{}', b'"verdict":' + inner(self.silent)))
        status, out, errors = self.run_of(merged, *paths, self.file("mixed", octets))
        self.assertEqual((status, out), (REFUSED, "".join(one[1] for one in each)))
        self.assertRegex(errors, r"mixed\.json: .*good\.example")
        bad = self.run_of(merged, self.folder / "mixed.json")
        self.assertEqual(bad[0], REFUSED)

    def test_the_root_rolls_over(self):
        world = make_world()
        root = world.zones[name(".")]
        old_anchor, old_key = self.anchors("old", world), root.keys[0]
        old = self.file("before", self.of_world(world))

        def change(keys, signer):
            root.keys = [signer]
            root.ds = [signer.ds(root.apex)]
            root.records[root.apex][48] = [key.dnskey.to_digestable() for key in keys]
            root.made.clear()

        new_key = Key(13)
        change([old_key, new_key], new_key)
        new_anchor = self.anchors("new", world)
        during = self.file("during", self.of_world(world))
        change([new_key], new_key)
        after = self.file("after", self.of_world(world))
        both = self.folder / "both.ds"
        both.write_text(old_anchor.read_text() + new_anchor.read_text())
        keys = self.folder / "keys.key"
        keys.write_text("".join(f". IN DNSKEY {key.dnskey.to_text()}\n"
                                for key in (old_key, new_key)))
        for anchor, path, status in (
            (old_anchor, old, 3), (old_anchor, during, REFUSED), (old_anchor, after, REFUSED),
            (new_anchor, old, REFUSED), (new_anchor, during, 3), (new_anchor, after, 3),
            (both, old, 3), (both, during, 3), (both, after, 3),
            (keys, old, 3), (keys, during, 3), (keys, after, 3),
        ):
            with self.subTest(f"{anchor.name} {path.name}"):
                told = self.run_of(anchor, path)
                self.assertEqual(told[0], status, told)
                if status == REFUSED:
                    self.assertIn("keys of the root are not those of the trust anchor", told[2])


class Mutants(Case):
    """Good bundles, altered at random; tests/programs/mutate_bundles.cpp judges them."""

    def test_no_mutant_is_better(self):
        paths = []
        for label, audit in good_peers(self.world):
            paths.append(self.folder / f"honest-{label}.json")
            octets = canonical(self.with_verdict(audit.value())) + b"\n"
            paths[-1].write_bytes(octets)
        for label, (is_good, octets) in self.bundles.items():
            # Whoever has a denial of too many iterations has what makes each name of that zone
            # insecure (RFC 9276 3.2): beside it a mutant can find that too.
            is_odd = label in (*NEEDS_ED448, *LACKS_ED448, "iterations")
            if not is_good or b'"command":"audit"' in octets or is_odd:
                continue
            paths.append(self.folder / f"honest-{label}.json")
            if b'"command":"check"' in octets:
                paths[-1].write_bytes(
                    canonical(self.with_verdict(json.loads(octets))) + b"\n"
                )
            else:
                paths[-1].write_bytes(self.dressed(label))
        done = subprocess.run(
            [MUTATOR, ANCHOR, str(MUTANTS), str(WHOLE), *map(str, paths)],
            capture_output=True,
            check=False,
            text=True,
        )
        print(done.stdout.strip(), file=sys.stderr)
        self.assertEqual((done.returncode, done.stderr[:2000]), (0, ""))


if __name__ == "__main__":
    PROGRAM, MUTATOR = (str(pathlib.Path(sys.argv.pop(1)).resolve()) for _ in range(2))
    unittest.main()
