"""Reads an AuthenticationChain (RFC 9102 2.3) as another verifier does, by dnspython alone.

    read_chain.py ROOT_KEY FILE OWNER

ROOT_KEY has the root's DS or DNSKEY records. Prints the TLSA records of OWNER if they are proved;
the exit status is 1, and standard error says why, if they are not. Denials are not read.
"""

import sys

import dns.dnssec
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.wire


def sets_of(octets: bytes) -> dict:
    """RRsets by owner, type and, for signatures, the type that they cover."""
    out: dict = {}
    parser = dns.wire.Parser(octets)
    while parser.remaining():
        owner = parser.get_name()
        rdtype, rdclass, ttl, length = parser.get_struct("!HHIH")
        with parser.restrict_to(length):
            rdata = dns.rdata.from_wire_parser(rdclass, rdtype, parser)
        covers = rdata.covers()
        key = (owner, rdtype, covers)
        if key not in out:
            out[key] = dns.rrset.RRset(owner, rdclass, rdtype, covers)
        out[key].add(rdata, ttl)
    return out


class Chain:
    """What a chain proves, from the root's keys down."""

    def __init__(self, sets: dict, anchors: list) -> None:
        self.sets, self.anchors = sets, anchors

    def keys(self, zone: dns.name.Name) -> dns.rrset.RRset:
        """The keys of a zone: the root's by its anchors, another's by its DS records."""
        keys = self.sets[(zone, dns.rdatatype.DNSKEY, dns.rdatatype.NONE)]
        named = self.anchors if zone == dns.name.root else list(
            self.proved(zone, dns.rdatatype.DS))
        entry = [key for key in keys if any(is_named(zone, key, one) for one in named)]
        if not entry:
            raise ValueError(f"no key of {zone} is named above it")
        trusted = dns.rrset.from_rdata_list(zone, keys.ttl, entry)
        self.validate(keys, {zone: trusted})
        return keys

    def proved(self, owner: dns.name.Name, rdtype: int) -> dns.rrset.RRset:
        """A set whose signer's keys are proved."""
        found = self.sets[(owner, rdtype, dns.rdatatype.NONE)]
        signer = self.signatures(found)[0].signer
        self.validate(found, {signer: self.keys(signer)})
        return found

    def signatures(self, rrset: dns.rrset.RRset) -> dns.rrset.RRset:
        """The signatures over a set."""
        return self.sets[(rrset.name, dns.rdatatype.RRSIG, rrset.rdtype)]

    def validate(self, rrset: dns.rrset.RRset, keys: dict) -> None:
        """An exception if no signature is right."""
        dns.dnssec.validate(rrset, self.signatures(rrset), keys)


def is_named(zone: dns.name.Name, key, named) -> bool:
    """Whether a DS or DNSKEY record names a key."""
    if named.rdtype == dns.rdatatype.DNSKEY:
        return key == named
    return dns.dnssec.make_ds(zone, key, named.digest_type) == named


def anchors_in(text: str) -> list:
    """The records of a file of trust anchors."""
    out = []
    for line in text.splitlines():
        words = line.split(";")[0].split()
        for rdtype in ("DS", "DNSKEY"):
            if rdtype in words:
                rest = " ".join(words[words.index(rdtype) + 1:])
                out.append(dns.rdata.from_text(dns.rdataclass.IN, rdtype, rest))
    return out


def main(words: list) -> int:
    """The command line."""
    with open(words[1], encoding="ascii") as file:
        anchors = anchors_in(file.read())
    with open(words[2], "rb") as file:
        octets = file.read()
    try:
        chain = Chain(sets_of(octets), anchors)
        for record in chain.proved(dns.name.from_text(words[3]), dns.rdatatype.TLSA):
            print("TLSA", record.to_text())
    except Exception as error:    # whatever dnspython stumbles over, nothing is proved
        print(f"not proved: {error!r}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
