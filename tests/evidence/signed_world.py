"""A small signed Internet in memory: zones, keys, and the answers that a resolver would
give.

A `World` has `Zone`s. `World.answer` does what an authoritative server and a resolver do
together: aliases, DNAMEs, wildcards, denials by NSEC or NSEC3, delegations with and
without DS. Nothing here validates; the reader that is tested has that code, and this file
has no line of it.
"""

import base64
import hashlib
import struct

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdatatype
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import (
    ec,
    ed448,
    ed25519,
    padding,
    rsa,
    utils,
)

MOMENT = 1_790_000_000
DAY = 86400
TTL = 3600


def name(text):
    """A name of a text with a final dot."""
    return dns.name.from_text(text, None)


def number(rdtype):
    """The number of a type."""
    return int(dns.rdatatype.from_text(rdtype))


class Key:
    """A key of a zone."""

    def __init__(self, algorithm, flags=257, bits=2048):
        self.algorithm = algorithm
        self.private = {
            13: lambda: ec.generate_private_key(ec.SECP256R1()),
            14: lambda: ec.generate_private_key(ec.SECP384R1()),
            15: ed25519.Ed25519PrivateKey.generate,
            16: ed448.Ed448PrivateKey.generate,
        }.get(algorithm, lambda: rsa.generate_private_key(65537, bits))()
        self.dnskey = dns.dnssec.make_dnskey(self.private.public_key(), algorithm, flags)
        self.tag = dns.dnssec.key_id(self.dnskey)

    def sign(self, data):
        """The signature in the form of DNSSEC."""
        if self.algorithm in (13, 14):
            size, digest = (
                (32, hashes.SHA256()) if self.algorithm == 13 else (48, hashes.SHA384())
            )
            r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(digest)))
            return r.to_bytes(size, "big") + s.to_bytes(size, "big")
        if self.algorithm in (15, 16):
            return self.private.sign(data)
        digest = {5: hashes.SHA1, 7: hashes.SHA1, 8: hashes.SHA256, 10: hashes.SHA512}
        return self.private.sign(data, padding.PKCS1v15(), digest[self.algorithm]())

    def ds(self, apex, digest="SHA256"):
        """The text of the DS record."""
        kind = {"SHA1": 1, "SHA256": 2, "SHA384": 4}[digest]
        mark = hashlib.new(
            digest, apex.to_digestable() + self.dnskey.to_digestable()
        ).hexdigest()
        return f"{self.tag} {self.algorithm} {kind} {mark}"


def wire_set(owner, rdtype, rdatas, signatures=(), ttl=TTL):
    """The wire form of docs/evidence-format.md."""
    head = owner.to_digestable()

    def record(kind, raw):
        return head + struct.pack("!HHIH", kind, 1, ttl, len(raw)) + raw

    return b"".join(
        [record(rdtype, raw) for raw in sorted(set(rdatas))]
        + [record(46, raw) for raw in sorted(set(signatures))]
    )


class Zone:
    """A zone and its keys; `denial` is nsec, nsec3, opt-out, or None where nothing is
    signed."""

    def __init__(self, apex, algorithm=13, denial="nsec", iterations=0, ds="SHA256"):
        self.apex, self.denial, self.iterations = name(apex), denial, iterations
        self.keys = [Key(algorithm)] if denial else []
        self.times = (MOMENT - 5 * DAY, MOMENT + 9 * DAY)
        self.records, self.made = {}, {}
        self.add(
            apex,
            "SOA",
            f"ns.{apex.lstrip('.')} host.{apex.lstrip('.')} 1 3600 900 604800 300",
        )
        self.add(apex, "NS", f"ns.{apex.lstrip('.')}")
        if denial:
            self.add(apex, "DNSKEY", self.keys[0].dnskey.to_text())
        if denial in ("nsec3", "opt-out"):
            self.add(apex, "NSEC3PARAM", f"1 0 {iterations} ab")
        self.ds = [self.keys[0].ds(self.apex, ds)] if denial and ds else []

    def add(self, owner, rdtype, *texts):
        """Adds records."""
        at = self.records.setdefault(name(owner), {}).setdefault(number(rdtype), [])
        at += [
            dns.rdata.from_text(1, number(rdtype), text).to_digestable() for text in texts
        ]

    def delegate(self, zone):
        """Delegates to a zone, with the DS records that it has."""
        self.add(str(zone.apex), "NS", f"ns.{zone.apex}")
        if zone.ds:
            self.add(str(zone.apex), "DS", *zone.ds)

    # Signatures.

    def signature(self, owner, rdtype, rdatas, key=None, times=None, labels=None):
        """The RDATA of an RRSIG; fewer labels than the owner has mean a wildcard."""
        key, times = key or self.keys[0], times or self.times
        own = len(owner.labels) - 1 - (owner.labels[0] == b"*")
        labels = own if labels is None else labels
        signed = owner
        if labels < own:
            signed = dns.name.Name((b"*",) + owner.labels[-labels - 1 :])
        head = (
            struct.pack(
                "!HBBIIIH",
                rdtype,
                key.algorithm,
                labels,
                TTL,
                times[1] % 2**32,
                times[0] % 2**32,
                key.tag,
            )
            + self.apex.to_digestable()
        )
        data = head + b"".join(
            signed.to_digestable() + struct.pack("!HHIH", rdtype, 1, TTL, len(raw)) + raw
            for raw in sorted(set(rdatas))
        )
        return head + key.sign(data)

    def set(self, owner, rdtype, rdatas=None, labels=None, **how):
        """A set, signed if the zone is; `labels` as of `signature`."""
        if rdatas is None:
            rdatas = self.records[owner][rdtype]
        if not self.denial:
            return wire_set(owner, rdtype, rdatas)
        asked = (owner, rdtype, tuple(rdatas), labels, self.times, *how.items())
        if asked not in self.made:  # ECDSA signs anew with another number each time
            self.made[asked] = wire_set(
                owner,
                rdtype,
                rdatas,
                [self.signature(owner, rdtype, rdatas, labels=labels, **how)],
            )
        return self.made[asked]

    # Denial.

    def is_delegation(self, owner):
        """Whether a name is delegated by this zone."""
        return owner != self.apex and number("NS") in self.records.get(owner, {})

    def is_glue(self, owner):
        """Whether a name lies below a delegation."""
        while owner != self.apex:
            owner = owner.parent()
            if self.is_delegation(owner):
                return True
        return False

    def types(self, owner, more=()):
        """The types in a bitmap."""
        kinds = set(self.records.get(owner, {})) | set(more)
        if self.is_delegation(owner):
            kinds &= {number("NS"), number("DS"), number("NSEC"), number("RRSIG")}
        return sorted(kinds)

    def bitmap(self, kinds):
        """The wire form of a bitmap with types below 256."""
        if not kinds:
            return b""
        bits = bytearray(max(kinds) // 8 + 1)
        for kind in kinds:
            bits[kind // 8] |= 0x80 >> kind % 8
        return bytes([0, len(bits)]) + bytes(bits)

    def nsec(self, owner, after=None, **how):
        """The NSEC set of an owner."""
        owners = sorted(x for x in self.records if not self.is_glue(x))
        after = after or owners[(owners.index(owner) + 1) % len(owners)]
        raw = after.to_wire() + self.bitmap(self.types(owner, (46, 47)))
        return self.set(owner, 47, [raw], **how)

    def nsec_before(self, owner):
        """The NSEC set that covers a name."""
        return self.nsec(
            max(x for x in self.records if x <= owner and not self.is_glue(x))
        )

    def hashed(self, owner):
        """The NSEC3 hash of a name."""
        out = owner.to_digestable()
        for _ in range(self.iterations + 1):
            out = hashlib.sha1(out + b"\xab").digest()
        return out

    def hashed_names(self):
        """The NSEC3 chain: hash and name, in order, empty non-terminals among them."""
        names = set()
        for owner in self.records:
            if self.is_glue(owner):
                continue
            unsigned = (
                self.is_delegation(owner) and number("DS") not in self.records[owner]
            )
            if self.denial == "opt-out" and unsigned:
                continue
            while owner not in names:
                names.add(owner)
                owner = owner.parent() if owner != self.apex else owner
        return sorted((self.hashed(owner), owner) for owner in names)

    def nsec3(self, owner, covering=False, flags=None):
        """The NSEC3 set that matches or covers a name; None if there is none."""
        chain, at = self.hashed_names(), self.hashed(owner)
        places = [i for i, (mark, _) in enumerate(chain) if mark <= at] or [
            len(chain) - 1
        ]
        place = places[-1]
        if (chain[place][0] == at) == covering:
            return None
        kinds = self.types(chain[place][1])
        if kinds and (not self.is_delegation(chain[place][1]) or number("DS") in kinds):
            kinds = sorted({*kinds, 46})
        after = chain[(place + 1) % len(chain)][0]
        flags = (self.denial == "opt-out") if flags is None else flags
        raw = struct.pack("!BBHB", 1, flags, self.iterations, 1) + b"\xab"
        raw += bytes([20]) + after + self.bitmap(kinds)
        label = base64.b32hexencode(chain[place][0]).lower()
        return self.set(dns.name.Name((label,) + self.apex.labels), 50, [raw])

    def exists(self, owner):
        """Whether a name exists, as an empty non-terminal too."""
        return any(x.is_subdomain(owner) for x in self.records)

    def closest(self, owner):
        """The closest encloser and the next closer name."""
        after = owner
        while not self.exists(after.parent()):
            after = after.parent()
        return after.parent(), after

    def deny_name(self, owner):
        """The sets that show that a name does not exist, nor a wildcard for it."""
        encloser, after = self.closest(owner)
        star = dns.name.Name((b"*",) + encloser.labels)
        if self.denial == "nsec":
            return [self.nsec_before(owner), self.nsec_before(star)]
        return [self.nsec3(encloser), self.nsec3(after, True), self.nsec3(star, True)]

    def deny_type(self, owner):
        """The sets that show that a name has no such type, or that a wildcard has
        none."""
        star = None
        if not self.exists(owner):
            encloser, after = self.closest(owner)
            star = dns.name.Name((b"*",) + encloser.labels)
        if self.denial == "nsec":
            if star:
                return [self.nsec_before(owner), self.nsec(star)]
            return [
                self.nsec(owner) if owner in self.records else self.nsec_before(owner)
            ]
        if star:
            return [self.nsec3(encloser), self.nsec3(after, True), self.nsec3(star)]
        found = self.nsec3(owner)
        if found:
            return [found]
        encloser = owner.parent()  # an unsigned delegation in an opt-out span
        while not self.nsec3(encloser):
            owner, encloser = encloser, encloser.parent()
        return [self.nsec3(encloser), self.nsec3(owner, True)]


class World:
    """Zones that make an Internet."""

    def __init__(self, *zones):
        self.zones = {zone.apex: zone for zone in zones}

    def zone_of(self, owner, rdtype=0):
        """The zone that answers a question: for DS the parent."""
        if rdtype == number("DS") and owner != dns.name.root:
            owner = owner.parent()
        while owner not in self.zones:
            owner = owner.parent()
        return self.zones[owner]

    def is_secure(self, zone):
        """Whether a chain leads from the root to a zone."""
        while zone.apex != dns.name.root:
            if not zone.denial or not zone.ds or getattr(zone, "unknown", False):
                return False
            zone = self.zone_of(zone.apex.parent())
        return True

    def answer(self, owner, rdtype, depth=0):
        """(rcode, security, answer sets, authority sets, targets of aliases)."""
        zone = self.zone_of(owner, rdtype)
        security = "secure" if self.is_secure(zone) else "insecure"
        for dname in (
            x
            for x, kinds in zone.records.items()
            if number("DNAME") in kinds and owner.is_subdomain(x) and owner != x
        ):
            link = dns.rdata.from_wire(
                1, 39, zone.records[dname][39][0], 0, len(zone.records[dname][39][0])
            )
            target = dns.name.Name(
                owner.labels[: -len(dname.labels)] + link.target.labels
            )
            made = wire_set(owner, 5, [target.to_digestable()])
            if rdtype == 5:
                return 0, security, [zone.set(dname, 39), made], [], []
            return self.follow(target, rdtype, security, [zone.set(dname, 39), made], [])
        source, labels, proof = owner, None, []
        if not zone.exists(owner):
            encloser, after = zone.closest(owner)
            source = dns.name.Name((b"*",) + encloser.labels)
            if source not in zone.records:
                sets = zone.deny_name(owner) if zone.denial else []
                if zone.denial == "opt-out" or zone.iterations > 150:
                    security = "insecure"
                return 3, security, [], self.with_soa(zone, sets), []
            labels = len(encloser.labels) - 1
            if zone.denial:
                proof = [
                    zone.nsec_before(owner)
                    if zone.denial == "nsec"
                    else zone.nsec3(after, True)
                ]
        kinds = zone.records.get(source, {})
        if (
            zone.denial in ("nsec3", "opt-out")
            and labels is not None
            and (zone.denial == "opt-out" or zone.iterations > 150)
        ):
            security = "insecure"
        for kind in (rdtype, 5):
            if kind in kinds:
                found = zone.set(owner, kind, kinds[kind], labels=labels)
                if kind == rdtype:
                    return 0, security, [found], proof, []
                target = dns.name.from_wire(kinds[5][0], 0)[0]
                return self.follow(target, rdtype, security, [found], proof)
        sets = zone.deny_type(owner) if zone.denial else []
        hidden = zone.denial == "opt-out" and len(sets) > 1
        if hidden or zone.iterations > 150:
            security = "insecure"
        return 0, security, [], self.with_soa(zone, sets), []

    def with_soa(self, zone, sets):
        """The authority section of a denial."""
        return [zone.set(zone.apex, 6), *(x for x in sets if x)]

    def follow(self, target, rdtype, security, answer, authority):
        """Adds what an alias leads to."""
        rcode, more, rest, proof, targets = self.answer(target, rdtype)
        return (
            rcode,
            min(security, more),
            answer + rest,
            authority + proof,
            [target, *targets],
        )

    def closure(self, questions):
        """All questions that a validator needs for these: {(name, type): answer}."""
        out, todo = {}, [(dns.name.root, 6), (dns.name.root, 48), *questions]
        while todo:
            owner, rdtype = todo.pop()
            if (owner, rdtype) in out:
                continue
            out[owner, rdtype] = found = self.answer(owner, rdtype)
            todo += [(target, rdtype) for target in found[4]]
            end = self.zone_of(owner, rdtype).apex
            for i in range(len(end.labels) - 1, 0, -1):
                cut = dns.name.Name(end.labels[i - 1 :])
                todo.append((cut, 43))
                if cut in self.zones and not self.zones[cut].ds:
                    break
                if cut in self.zones:
                    todo.append((cut, 48))
                    if not self.is_secure(self.zones[cut]):
                        break
        return out
