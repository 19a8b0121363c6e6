"""Good bundles of evidence, made without any program of ours."""

import base64
import copy
import hashlib
import json

import dns.name

from made_tls import Server, tls12, tls13
from signed_world import MOMENT, World, Zone, name, number

DNSKEY, DS, SOA, TLSA, A, AAAA, MX, CNAME, NSEC = (
    number(x) for x in ("DNSKEY", "DS", "SOA", "TLSA", "A", "AAAA", "MX", "CNAME", "NSEC")
)
MOST_HOSTS = 64    # MX records that an audit looks at
# What a sender gets to at a host is the best of its addresses.
ACCESS = ("proved", "encrypted", "open", "refused", "unknown")
MEDIA_TYPE = "application/vnd.ucspi-dane.evidence.v1+json"


def text64(octets):
    """Base64 as text."""
    return base64.b64encode(octets).decode()


def canonical(value):
    """The octets of RFC 8785; no name here needs more than code points for its order."""
    return json.dumps(
        value, sort_keys=True, ensure_ascii=False, separators=(",", ":")
    ).encode()


def suite_of(messages):
    """The name of the suite in the last ServerHello."""
    hello = [one for one in messages if one[0] == 2][-1]
    begin = 4 + 2 + 32 + 1 + hello[4 + 2 + 32]    # header, version, random, session
    number = int.from_bytes(hello[begin : begin + 2], "big")
    return {
        0x1301: "TLS_AES_128_GCM_SHA256",
        0x1302: "TLS_AES_256_GCM_SHA384",
        0xC02B: "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
        0xC02F: "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
    }[number]


class Bundle:
    """A bundle in the making: answers with their sets, put into the file's form at the
    end."""

    def __init__(self, world, questions, command="deliver", moment=MOMENT, **about):
        self.world, self.moment = world, moment
        self.answers = {}
        for (owner, rdtype), found in world.closure(
            [(name(owner), number(rdtype)) for owner, rdtype in questions]
        ).items():
            rcode, security, answer, authority, _ = found
            self.answers[owner, rdtype] = {
                "rcode": rcode,
                "security": security,
                "why": "",
                "octets": 0,
                "answer": answer,
                "authority": authority,
            }
        self.members = {
            "mediaType": MEDIA_TYPE,
            "maker": "make_bundle.py",
            "rules": 1,
            "about": {"command": command, **about},
            "moment": moment,
            "peers": [],
            "facts": {},
            "verdict": {},
        }

    def at(self, owner, rdtype):
        """An answer, to be altered."""
        return self.answers[name(owner), number(rdtype)]

    def value(self):
        """The JSON value."""
        sets = sorted(
            {
                wire
                for answer in self.answers.values()
                if "error" not in answer
                for wire in answer["answer"] + answer["authority"]
            }
        )
        answers = []
        for owner, rdtype in sorted(
            self.answers, key=lambda k: (k[0].to_text().encode(), k[1])
        ):
            one = {**self.answers[owner, rdtype], "name": owner.to_text(), "type": rdtype}
            if "error" not in one:
                for section in ("answer", "authority"):
                    one[section] = sorted({sets.index(wire) for wire in one[section]})
            answers.append(one)
        return {
            **copy.deepcopy(self.members),
            "dns": {
                "skew": {"least": 3600, "most": 86400},
                "answers": answers,
                "sets": [text64(wire) for wire in sets],
            },
        }

    def octets(self):
        """The file."""
        return canonical(self.value()) + b"\n"


def make_world():
    """The zones of the tests, and `servers` whose keys are in their TLSA records."""
    servers = {
        "mail": Server("mail.good.example"),
        "rsa": Server("mail.rsa.test", "rsa"),
        "ca": Server("mail.ca.example", with_ca=True),
        "other": Server("mail.good.example"),
    }
    root, example, test = Zone(".", 13), Zone("example.", 13), Zone("test.", 8, "opt-out")
    zones = [root, example, test]
    good = Zone("good.example.", 13)
    good.add("good.example.", "MX", "10 mail.good.example.")
    good.add("mail.good.example.", "A", "192.0.2.1")
    good.add("mail.good.example.", "AAAA", "2001:db8::1")
    good.add("_25._tcp.mail.good.example.", "TLSA", servers["mail"].tlsa())
    good.add("two.good.example.", "MX", "10 mx2.good.example.")
    good.add("mx2.good.example.", "A", "192.0.2.1")
    good.add("_25._tcp.mx2.good.example.", "TLSA", servers["mail"].tlsa())
    good.add("*.wild.good.example.", "A", "192.0.2.2")
    good.add("_25._tcp.b.wild.good.example.", "TLSA", "3 1 1 " + "cd" * 32)
    good.add("*.star.good.example.", "TLSA", "3 1 1 " + "ef" * 32)
    rsa = Zone("rsa.test.", 8, "nsec3")
    rsa.add("rsa.test.", "MX", "0 mail.rsa.test.")
    rsa.add("mail.rsa.test.", "A", "192.0.2.3")
    rsa.add("_25._tcp.mail.rsa.test.", "TLSA", servers["rsa"].tlsa())
    rsa.add("*.wild.rsa.test.", "A", "192.0.2.4")
    open_zone = Zone("open.example.", 15, "opt-out")
    open_zone.add("www.open.example.", "A", "192.0.2.5")
    open_zone.add("*.wild.open.example.", "A", "192.0.2.6")
    alias = Zone("alias.example.", 10, "nsec3")
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
    curve = Zone("curve.example.", 16, "nsec3")
    curve.add("www.curve.example.", "A", "192.0.2.12")
    odd = Zone("odd.example.", 13)
    odd.ds = [odd.ds[0].replace(" 13 ", " 200 ", 1)]
    odd.unknown = True
    odd.add("www.odd.example.", "A", "192.0.2.10")
    anchored = Zone("ca.example.", 13)
    anchored.add("ca.example.", "MX", "10 mail.ca.example.")
    anchored.add("mail.ca.example.", "A", "192.0.2.11")
    anchored.add("_25._tcp.mail.ca.example.", "TLSA", servers["ca"].tlsa(2))
    aged = Zone("aged.example.", 13, ds="SHA1")
    aged.add("www.aged.example.", "A", "192.0.2.13")
    cut = Zone("cut.example.", 13)
    cut.add("*.cut.example.", "NS", "ns.cut.example.")
    many = Zone("many.example.", 13)
    for i in range(MOST_HOSTS + 1):
        host = f"m{i}.many.example."
        many.add(host, "A", f"192.0.2.{20 + i}")
        many.add(f"_25._tcp.{host}", "TLSA", servers["mail"].tlsa())
        many.add("many.example.", "MX", f"{20 if i else 10} {host}")
        if i < MOST_HOSTS:
            many.add("twice.many.example.", "MX", f"{20 if i else 10} {host}")
    for domain in ("many.example.", "twice.many.example."):
        many.add(domain, "MX", "70 m0.many.example.")
    children = (good, anchored, alias, plain, deep, slow, odd, curve, open_zone)
    for child in (*children, aged, cut, many):
        example.delegate(child)
    for child in (rsa, unsigned):
        test.delegate(child)
    for child in (example, test):
        root.delegate(child)
    zones += [good, rsa, alias, unsigned, plain, deep, slow, odd, curve, open_zone, anchored]
    zones += [aged, cut, many]
    world = World(*zones)
    world.servers = servers
    return world


GOOD = {
    "positive": [
        ("_25._tcp.mail.good.example.", "TLSA"),
        ("good.example.", "MX"),
        ("mail.good.example.", "A"),
        ("mail.good.example.", "AAAA"),
    ],
    "positive-rsa": [("_25._tcp.mail.rsa.test.", "TLSA"), ("rsa.test.", "MX")],
    "nodata-nsec": [("mail.good.example.", "TLSA"), ("_tcp.mail.good.example.", "TLSA")],
    "nodata-nsec3": [("mail.rsa.test.", "TLSA"), ("_tcp.mail.rsa.test.", "TLSA")],
    "nxdomain-nsec": [
        ("_25._tcp.no.good.example.", "TLSA"),
        ("zz.good.example.", "A"),
        ("no-such-tld.", "MX"),
    ],
    "nxdomain-nsec3": [("_25._tcp.no.rsa.test.", "TLSA")],
    "wildcard-nsec": [
        ("a.wild.good.example.", "A"),
        ("_25._tcp.a.star.good.example.", "TLSA"),
    ],
    "wildcard-nsec3": [("a.wild.rsa.test.", "A"), ("x.a.wild.rsa.test.", "A")],
    "wildcard-nodata": [("a.wild.good.example.", "TLSA"), ("a.wild.rsa.test.", "TLSA")],
    "alias": [
        ("alias.example.", "MX"),
        ("mx.alias.example.", "A"),
        ("mx.alias.example.", "DS"),
    ],
    "dname": [
        ("_25._tcp.mail.old.alias.example.", "TLSA"),
        ("no.old.alias.example.", "A"),
        # No DNAME's alias is signed: who validates looks for the zone of each name.
        ("old.alias.example.", "DS"),
        ("no.old.alias.example.", "DS"),
        ("mail.old.alias.example.", "DS"),
        ("_tcp.mail.old.alias.example.", "DS"),
        ("_25._tcp.mail.old.alias.example.", "DS"),
    ],
    "alias-to-insecure": [("out.alias.example.", "A")],
    "insecure-nsec": [("plain.example.", "MX"), ("no.plain.example.", "A")],
    "insecure-opt-out": [("www.unsigned.test.", "A"), ("unsigned.test.", "MX")],
    "opt-out-absence": [("no.open.example.", "A"), ("a.wild.open.example.", "A")],
    "empty-non-terminal": [("www.deep.ent.example.", "A"), ("ent.example.", "A")],
    "iterations": [("no.slow.example.", "A"), ("www.slow.example.", "A")],
    "ed448": [("www.curve.example.", "A"), ("no.curve.example.", "A")],
    "sha1-digest": [("www.aged.example.", "A")],
    "unknown-algorithm": [("www.odd.example.", "A"), ("odd.example.", "DNSKEY")],
}


def good_bundles(world):
    """(name, octets) of bundles that hold DNS alone and are right."""
    for label, questions in GOOD.items():
        yield label, Bundle(world, questions).octets()


# Handshakes and verdicts.


def commitment(value, peer):
    """The random of a peer (docs/evidence-format.md, `peers`), from the values of the
    file."""
    known = []
    for index in peer["answers"]:
        answer = value["dns"]["answers"][index]
        sets = {
            section: [
                text64(hashlib.sha256(base64.b64decode(value["dns"]["sets"][i])).digest())
                for i in answer[section]
            ]
            for section in ("answer", "authority")
        }
        known.append(
            {
                "name": answer["name"],
                "type": answer["type"],
                "rcode": answer["rcode"],
                **sets,
            }
        )
    server_name = peer["serverName"].encode()
    return hashlib.sha256(
        b"ucspi-dane evidence v1 hello\0"
        + base64.b64decode(peer["blind"])
        + hashlib.sha256(canonical(known)).digest()
        + base64.b64decode(peer["previous"])
        + peer["port"].to_bytes(2, "big")
        + peer["moment"].to_bytes(8, "big")
        + len(server_name).to_bytes(2, "big")
        + server_name
    ).digest()


class Audit:
    """A bundle of `dane audit` about a domain with hosts, addresses and handshakes."""

    def __init__(self, world, domain, hosts, grade, port=25):
        questions = [(domain, "MX")]
        records = world.zone_of(name(domain)).records[name(domain)][MX]
        self.mx = sorted(
            (int.from_bytes(raw[:2], "big"), dns.name.from_wire(raw, 2)[0].to_text())
            for raw in records
        )[:MOST_HOSTS]
        for host, _ in hosts.items():
            questions += [(host, "A"), (host, "AAAA"), (f"_{port}._tcp.{host}", "TLSA")]
            questions.append((f"_tcp.{host}", "TXT"))
        self.bundle, self.domain, self.port = (
            Bundle(world, questions, "audit"),
            domain,
            port,
        )
        self.bundle.members["about"].update(
            domain=domain.rstrip("."),
            probe="dane",
            publicOnly=False,
            thorough=False,
            trustStore=False,
        )
        self.hosts, self.grade = hosts, grade
        self.findings = (
            []
            if grade == "enforced"
            else [
                {
                    "code": "tlsa-absent",
                    "severity": "warning",
                    "subject": domain,
                    "detail": "",
                }
            ]
        )
        self.changes = {}

    def value(self, alter=lambda peer, random: random):
        """The JSON value; `alter` may change a peer and its random before messages are
        made."""
        claims = []
        for preference, host in self.mx:
            addresses = self.hosts[host]
            claims.append(
                {
                    "name": host.rstrip("."),
                    "preference": preference,
                    "access": min((x[0] for x in addresses.values()), key=ACCESS.index),
                    "addresses": [
                        {"address": a, "access": x[0]} for a, x in addresses.items()
                    ],
                }
            )
        verdict = {
            "version": 1,
            "number": 1,
            "grade": self.grade,
            "domain": self.domain.rstrip("."),
            "input": self.domain.rstrip("."),
            "findings": self.findings,
            "hosts": claims,
        }
        self.bundle.members["verdict"] = verdict
        value = self.bundle.value()
        for host, addresses in self.hosts.items():
            for address, (_, make) in addresses.items():
                if make is None:
                    continue
                base = host.rstrip(".")
                peer = {
                    "address": address,
                    "port": self.port,
                    "host": base,
                    "how": "usual",
                    "serverName": base,
                    "moment": MOMENT,
                    "blind": text64(b"b" * 32),
                    "previous": text64(bytes(32)),
                    "answers": [
                        i
                        for i, answer in enumerate(value["dns"]["answers"])
                        if answer["type"] in (A, AAAA, MX, TLSA)
                    ],
                }
                random = alter(peer, commitment(value, peer))
                peer["messages"] = [text64(m) for m in make(random, peer["serverName"])]
                value["peers"].append(peer)
        value["facts"] = self.facts(value["peers"])
        return value

    def facts(self, peers):
        """What was seen beside that, in the lines of a `dane audit --quick`."""
        lines, hosts = ["facts of dane audit, version 1"], list(self.hosts)
        for host in hosts:
            lines += ["new-host {", f"name {host.rstrip('.')}"]
            for address, (access, make) in self.hosts[host].items():
                lines += ["seen {", f"address {address}", "shown {"]
                if make:
                    messages = next(
                        peer["messages"] for peer in peers if peer["address"] == address
                    )
                    version = 3 if len(messages) > 4 else 2
                    suite = suite_of([base64.b64decode(m) for m in messages])
                    session = f"session TLSv1.{version} {suite} X25519 128"
                    lines += ["connected yes", "tls-began yes", session]
                elif access == "refused":
                    why = "starttls-not-offered STARTTLS is not offered"
                    lines += [f"error 2 {why}", "connected yes"]
                else:
                    lines.append("error 2 connect Connection refused")
                lines += ["}", "}"]
            lines.append("}")
        domain = self.domain.rstrip(".")
        lines += ["audit {", f"word {domain}", f"moment {MOMENT}", "seen {"]
        lines += [f"domain {domain}", "mx {"]
        lines += [f"host {preference} {host.rstrip('.')}" for preference, host in self.mx]
        lines += ["}", "}", *(f"host {hosts.index(host)}" for _, host in self.mx), "}"]
        return {
            "chains": list(range(len(peers))),
            "hosts": [{"name": host.rstrip("."), "moment": MOMENT} for host in hosts],
            "milliseconds": 100,
            "number": 1,
            "text": "\n".join(lines) + "\n",
        }


def good_peers(world):
    """(name, JSON value) of bundles with handshakes that are right."""
    mail, rsa, ca, other = (world.servers[x] for x in ("mail", "rsa", "ca", "other"))

    def good(make, grade="enforced", second=None, claim="proved"):
        return Audit(
            world,
            "good.example.",
            {
                "mail.good.example.": {
                    "192.0.2.1": (claim, make),
                    "2001:db8::1": second or (claim, make),
                }
            },
            grade,
        )

    def by(kind, server, **how):
        return lambda random, server_name: kind(server, random, server_name, **how)

    yield "enforced", good(by(tls13, mail))
    yield "retry", good(by(tls13, mail, retry=True))
    yield "retry-sha384", good(by(tls13, mail, retry=True, suite=0x1302))
    yield "raw-key", good(by(tls13, mail, raw=True))
    yield "tls12", good(by(tls12, mail))
    yield "tls12-raw-key", good(by(tls12, mail, raw=True))
    for kind in (tls12, tls13):
        yield f"rsa-{kind.__name__}", Audit(
            world,
            "rsa.test.",
            {"mail.rsa.test.": {"192.0.2.3": ("proved", by(kind, rsa))}},
            "enforced",
        )
    yield "trust-anchor", Audit(
        world,
        "ca.example.",
        {"mail.ca.example.": {"192.0.2.11": ("proved", by(tls13, ca))}},
        "enforced",
    )
    yield "partial", good(by(tls13, mail), "partial", ("refused", by(tls13, other)))
    yield "broken", good(by(tls13, other), "broken", ("refused", None), "refused")
    yield "undecided", good(None, "undecided", claim="unknown")


def many_hosts(world):
    """(name, Audit) of domains with more MX records than are looked at; of those one host has
    two."""
    for label, domain in (("many-hosts", "many.example."), ("host-twice", "twice.many.example.")):
        hosts = {
            f"m{i}.many.example.": {
                f"192.0.2.{20 + i}": (
                    "proved",
                    lambda random, server_name: tls13(
                        world.servers["mail"], random, server_name
                    ),
                )
            }
            for i in range(MOST_HOSTS + 1)
        }
        audit = Audit(world, domain, hosts, "partial")
        audit.hosts = {host: hosts[host] for _, host in audit.mx}
        yield label, audit


def check_value(world, make, status="dane"):
    """The JSON value of a bundle of `dane check` about one address."""
    owner = "_25._tcp.mail.rsa.test."
    bundle = Bundle(
        world,
        [("mail.rsa.test.", "A"), ("mail.rsa.test.", "AAAA"), (owner, "TLSA")],
        "check",
        host="mail.rsa.test",
        port=25,
        options=[],
    )
    bundle.members["facts"] = {
        "connections": [
            {
                "address": "192.0.2.3",
                "failures": [],
                "host": "mail.rsa.test",
                "port": 25,
                "tries": [
                    {
                        "handshake": 0,
                        "milliseconds": 10,
                        "progress": "established",
                        "session": {
                            "cipher": "TLS_AES_128_GCM_SHA256",
                            "exporter": text64(bytes(32)),
                            "group": "X25519",
                            "protocol": "TLSv1.3",
                        },
                    }
                ],
            }
        ]
    }
    bundle.members["verdict"] = {
        "version": 1,
        "host": "mail.rsa.test",
        "port": 25,
        "status": "proved" if status == "dane" else "not-proved",
        "peers": [
            {
                "address": "192.0.2.3",
                "status": status,
                "reason": "ok" if status == "dane" else "mismatch",
            }
        ],
    }
    value = bundle.value()
    peer = {
        "address": "192.0.2.3",
        "port": 25,
        "host": "mail.rsa.test",
        "how": "usual",
        "serverName": "mail.rsa.test",
        "moment": MOMENT,
        "blind": text64(b"c" * 32),
        "previous": text64(bytes(32)),
        "answers": [
            i
            for i, answer in enumerate(value["dns"]["answers"])
            if answer["type"] == TLSA
        ],
    }
    peer["messages"] = [
        text64(m) for m in make(commitment(value, peer), peer["serverName"])
    ]
    value["peers"].append(peer)
    return value


def without_ed448(world):
    """A bundle whose maker did not know Ed448."""
    bundle = Bundle(world, GOOD["ed448"])
    for (owner, _), answer in bundle.answers.items():
        if owner.is_subdomain(name("curve.example.")):
            answer["security"] = "insecure"
    bundle.at("curve.example.", "DS")["security"] = "secure"
    return bundle


def with_failed_look_up(world):
    """An audit of a domain whose DS records nobody could look up, so that its MX records were
    bogus."""
    audit = Audit(world, "good.example.", {"mail.good.example.": {}}, "broken")
    audit.mx, audit.hosts = [], {}
    error = {"code": "servfail", "detail": "SERVFAIL", "kind": 2}
    audit.bundle.answers = {
        question: answer
        for question, answer in audit.bundle.answers.items()
        if not question[0].is_subdomain(name("good.example."))
    }
    audit.bundle.answers[name("good.example."), DS] = {"error": error}
    audit.bundle.answers[name("good.example."), MX] = {
        "rcode": 2, "security": "bogus", "why": "no DS", "octets": 0, "answer": [], "authority": [],
    }
    return audit


def with_again(world, moment=MOMENT + 60):
    """A bundle whose TLSA question was asked again."""
    bundle = Bundle(world, GOOD["positive"])
    value = bundle.value()
    value["dns"]["again"] = [
        {
            "moment": moment,
            "answers": [
                answer for answer in value["dns"]["answers"] if answer["type"] == TLSA
            ],
        }
    ]
    return value


def with_change(world, value):
    """A bundle whose TLSA records were others when they were asked for again."""
    part, owner = value["dns"], name("_25._tcp.mail.good.example.")
    wire = world.zone_of(owner).set(owner, TLSA, [bytes([3, 1, 1]) + bytes(32)])
    sets = sorted([*map(base64.b64decode, part["sets"]), wire])
    at = sets.index(wire)
    part["sets"] = [text64(one) for one in sets]
    for answer in part["answers"]:
        for section in ("answer", "authority"):
            answer[section] = [i + (i >= at) for i in answer[section]]
    first = next(x for x in part["answers"] if (x["name"], x["type"]) == (str(owner), TLSA))
    part["again"] = [{"moment": MOMENT, "answers": [{**first, "answer": [at]}]}]
    return value


def in_run(value, others=3, index=2):
    """The bundle as a leaf among others; its run's checkpoint has no stamps."""

    def leaf_hash(leaf):
        return hashlib.sha256(b"\0" + leaf).digest()

    def root(hashes):  # RFC 6962 2.1
        if len(hashes) == 1:
            return hashes[0]
        k = 1 << (len(hashes) - 1).bit_length() - 1
        return hashlib.sha256(b"\1" + root(hashes[:k]) + root(hashes[k:])).digest()

    def path(m, hashes):
        if len(hashes) == 1:
            return []
        k = 1 << (len(hashes) - 1).bit_length() - 1
        if m < k:
            return [*path(m, hashes[:k]), root(hashes[k:])]
        return [*path(m - k, hashes[k:]), root(hashes[:k])]

    hashes = [leaf_hash(bytes([i]) * 32) for i in range(others)]
    hashes.insert(index, leaf_hash(hashlib.sha256(canonical(value)).digest()))
    checkpoint = (
        f"ucspi-dane evidence v1\n{len(hashes)}\n{text64(root(hashes))}\n"
        f"{text64(bytes(32))}\n"
    )
    return {
        **value,
        "run": {
            "checkpoint": checkpoint,
            "index": index,
            "stamps": [],
            "path": [text64(x) for x in path(index, hashes)],
        },
    }
