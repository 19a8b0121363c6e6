#!/usr/bin/python3
"""Makes evidence bundles, good ones and hostile ones, without any program of ours.

    make_bundle.py OUTDIR

writes NAME.json for each, `anchor.ds` with the root's DS record, and `expected.tsv`: name, `good`
or `bad`, and words that the reason must contain. Every reader of bundles must accept the
good ones' DNS and handshakes and refuse the bad ones.
"""

import base64
import copy
import hashlib
import json
import pathlib
import sys

import dns.name

from signed_world import DAY, MOMENT, Key, World, Zone, name, number, wire_set

DNSKEY, DS, SOA, TLSA, A, AAAA, MX, CNAME, NSEC = (
    number(x) for x in ("DNSKEY", "DS", "SOA", "TLSA", "A", "AAAA", "MX", "CNAME", "NSEC"))
MEDIA_TYPE = "application/vnd.ucspi-dane.evidence.v1+json"


def text64(octets):
    """Base64 as text."""
    return base64.b64encode(octets).decode()


def canonical(value):
    """The octets of RFC 8785; no name here needs more than code points for its order."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


class Bundle:
    """A bundle in the making: answers with their sets, put into the file's form at the end."""

    def __init__(self, world, questions, command="deliver", moment=MOMENT, **about):
        self.world, self.moment = world, moment
        self.answers = {}
        for (owner, rdtype), found in world.closure(
                [(name(owner), number(rdtype)) for owner, rdtype in questions]).items():
            rcode, security, answer, authority, _ = found
            self.answers[owner, rdtype] = {"rcode": rcode, "security": security,
                                           "answer": answer, "authority": authority}
        self.members = {"mediaType": MEDIA_TYPE, "maker": "make_bundle.py", "rules": 1,
                        "about": {"command": command, **about}, "moment": moment,
                        "peers": [], "facts": {}, "verdict": {}}

    def at(self, owner, rdtype):
        """An answer, to be altered."""
        return self.answers[name(owner), number(rdtype)]

    def value(self):
        """The JSON value."""
        sets = sorted({wire for answer in self.answers.values() if "error" not in answer
                       for wire in answer["answer"] + answer["authority"]})
        answers = []
        for owner, rdtype in sorted(self.answers, key=lambda k: (k[0].to_text().encode(), k[1])):
            one = {**self.answers[owner, rdtype], "name": owner.to_text(), "type": rdtype}
            if "error" not in one:
                for section in ("answer", "authority"):
                    one[section] = sorted({sets.index(wire) for wire in one[section]})
            answers.append(one)
        return {**copy.deepcopy(self.members),
                "dns": {"skew": {"least": 3600, "most": 86400}, "answers": answers,
                        "sets": [text64(wire) for wire in sets]}}

    def octets(self):
        """The file."""
        return canonical(self.value()) + b"\n"


def make_world():
    """The zones of the tests."""
    root, example, test = Zone(".", 13), Zone("example.", 13), Zone("test.", 8, "opt-out")
    zones = [root, example, test]
    good = Zone("good.example.", 13)
    good.add("good.example.", "MX", "10 mail.good.example.")
    good.add("mail.good.example.", "A", "192.0.2.1")
    good.add("mail.good.example.", "AAAA", "2001:db8::1")
    good.add("_25._tcp.mail.good.example.", "TLSA", "3 1 1 " + "ab" * 32)
    good.add("*.wild.good.example.", "A", "192.0.2.2")
    good.add("_25._tcp.b.wild.good.example.", "TLSA", "3 1 1 " + "cd" * 32)
    good.add("*.star.good.example.", "TLSA", "3 1 1 " + "ef" * 32)
    rsa = Zone("rsa.test.", 8, "nsec3")
    rsa.add("rsa.test.", "MX", "0 mail.rsa.test.")
    rsa.add("mail.rsa.test.", "A", "192.0.2.3")
    rsa.add("_25._tcp.mail.rsa.test.", "TLSA", "3 1 1 " + "ab" * 32)
    rsa.add("*.wild.rsa.test.", "A", "192.0.2.4")
    open_zone = Zone("open.example.", 15, "opt-out")
    open_zone.add("www.open.example.", "A", "192.0.2.5")
    open_zone.add("*.wild.open.example.", "A", "192.0.2.6")
    alias = Zone("alias.example.", 16, "nsec3")
    alias.add("alias.example.", "MX", "10 mx.alias.example.")
    alias.add("mx.alias.example.", "CNAME", "mail.good.example.")
    alias.add("old.alias.example.", "DNAME", "good.example.")
    alias.add("out.alias.example.", "CNAME", "www.unsigned.test.")
    unsigned = Zone("unsigned.test.", denial=None)
    unsigned.add("www.unsigned.test.", "A", "192.0.2.7")
    plain = Zone("plain.example.", denial=None)
    plain.add("plain.example.", "MX", "10 mail.good.example.")
    deep = Zone("deep.ent.example.", 14)
    deep.add("www.deep.ent.example.", "A", "192.0.2.8")
    slow = Zone("slow.example.", 13, "nsec3", iterations=151)
    slow.add("www.slow.example.", "A", "192.0.2.9")
    odd = Zone("odd.example.", 13)
    odd.ds = [odd.ds[0].replace(" 13 ", " 200 ", 1)]
    odd.unknown = True
    odd.add("www.odd.example.", "A", "192.0.2.10")
    for child in (good, alias, plain, deep, slow, odd, open_zone):
        example.delegate(child)
    for child in (rsa, unsigned):
        test.delegate(child)
    for child in (example, test):
        root.delegate(child)
    zones += [good, rsa, alias, unsigned, plain, deep, slow, odd, open_zone]
    return World(*zones)


GOOD = {
    "positive": [("_25._tcp.mail.good.example.", "TLSA"), ("good.example.", "MX"),
                 ("mail.good.example.", "A"), ("mail.good.example.", "AAAA")],
    "positive-rsa": [("_25._tcp.mail.rsa.test.", "TLSA"), ("rsa.test.", "MX")],
    "nodata-nsec": [("mail.good.example.", "TLSA"), ("_tcp.mail.good.example.", "TLSA")],
    "nodata-nsec3": [("mail.rsa.test.", "TLSA"), ("_tcp.mail.rsa.test.", "TLSA")],
    "nxdomain-nsec": [("_25._tcp.no.good.example.", "TLSA"), ("zz.good.example.", "A"),
                      ("no-such-tld.", "MX")],
    "nxdomain-nsec3": [("_25._tcp.no.rsa.test.", "TLSA")],
    "wildcard-nsec": [("a.wild.good.example.", "A"), ("_25._tcp.a.star.good.example.", "TLSA")],
    "wildcard-nsec3": [("a.wild.rsa.test.", "A"), ("x.a.wild.rsa.test.", "A")],
    "wildcard-nodata": [("a.wild.good.example.", "TLSA"), ("a.wild.rsa.test.", "TLSA")],
    "alias": [("alias.example.", "MX"), ("mx.alias.example.", "A"), ("mx.alias.example.", "DS")],
    "dname": [("_25._tcp.mail.old.alias.example.", "TLSA"), ("no.old.alias.example.", "A")],
    "alias-to-insecure": [("out.alias.example.", "A")],
    "insecure-nsec": [("plain.example.", "MX"), ("no.plain.example.", "A")],
    "insecure-opt-out": [("www.unsigned.test.", "A"), ("unsigned.test.", "MX")],
    "opt-out-absence": [("no.open.example.", "A"), ("a.wild.open.example.", "A")],
    "empty-non-terminal": [("www.deep.ent.example.", "A"), ("ent.example.", "A")],
    "iterations": [("no.slow.example.", "A"), ("www.slow.example.", "A")],
    "unknown-algorithm": [("www.odd.example.", "A"), ("odd.example.", "DNSKEY")],
}


def good_bundles(world):
    """(name, octets) of bundles that hold DNS alone and are right."""
    for label, questions in GOOD.items():
        yield label, Bundle(world, questions).octets()
