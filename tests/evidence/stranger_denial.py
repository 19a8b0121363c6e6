"""What NSEC and NSEC3 records deny: the absence of names and types, never of a whole
delegation.

Both classes answer alike: `match` has the types at a name, `covers` says that a name and
all below it do not exist, `exists` that it can be a closest encloser (RFC 4592 3.3.1).
"""

import base64
import hashlib

import dns.name

NS, SOA, DNAME = 2, 6, 39
MOST_ITERATIONS = 150


def types_in(record):
    """The types in the bitmap of an NSEC or NSEC3."""
    return {window * 256 + 8 * i + bit for window, bits in record.windows
            for i, octet in enumerate(bits) for bit in range(8) if octet & 0x80 >> bit}


def is_end(kinds):
    """Whether the zone ends below a name of these types: a delegation or a DNAME."""
    return NS in kinds and SOA not in kinds or DNAME in kinds


def child(name, ancestor):
    """The next closer name: one label below an ancestor, on the way to the name."""
    return dns.name.Name(name.labels[-len(ancestor.labels) - 1 :])


def wildcard(name):
    """The name `*` below a name."""
    return dns.name.Name((b"*",) + name.labels)


class Nsec:
    """What the NSEC records of one zone say (RFC 4035 5.4, RFC 6840 4)."""

    too_costly = False

    def __init__(self, zone, sets, _):
        self.zone = zone
        self.all = [(s.owner, s.records[0].next, types_in(s.records[0])) for s in sets]

    def match(self, name):
        """The types at a name; none at an empty non-terminal; None if it is not shown."""
        for owner, after, kinds in self.all:
            if owner == name:
                return kinds
            if owner < name and after != name and after.is_subdomain(name):
                return set()
        return None

    def covers(self, name):
        """Whether a name and all below it do not exist. What lies below a delegation or a
        DNAME is not the zone's to deny."""
        return any(owner < name and (name < after or after == self.zone)
                   and not after.is_subdomain(name)
                   and not (name.is_subdomain(owner) and is_end(kinds))
                   for owner, after, kinds in self.all) and "covered"

    def exists(self, name):
        """Whether a record stands at the name or below it."""
        return any(x.is_subdomain(name) for owner, after, _ in self.all for x in (owner, after))


class Nsec3:
    """What the NSEC3 records of one zone say (RFC 5155 8)."""

    def __init__(self, zone, sets, spend):
        self.zone, self.spend, self.known = zone, spend, {}
        known = [(s.owner.labels[0].upper(), s.records[0]) for s in sets
                 if s.owner != zone and s.owner.parent() == zone
                 and s.records[0].algorithm == 1 and s.records[0].flags < 2]
        self.too_costly = any(record.iterations > MOST_ITERATIONS for _, record in known)
        self.all = [(base64.b32hexdecode(label), record) for label, record in known
                    if len(label) == 32 and (record.salt, record.iterations)
                    == (known[0][1].salt, known[0][1].iterations)]

    def hash(self, name):
        """The hash of a name by the parameters of this chain."""
        if name not in self.known:
            self.spend(len(self.known))
            out = name.to_digestable()
            for _ in range(self.all[0][1].iterations + 1 if self.all else 0):
                out = hashlib.sha1(out + self.all[0][1].salt).digest()
            self.known[name] = out
        return self.known[name]

    def match(self, name):
        """The types at a name; None if no record for it is shown."""
        at = self.hash(name)
        return next((types_in(record) for owner, record in self.all if owner == at), None)

    def covers(self, name):
        """Whether a name does not exist, or `opt-out` where it may be an unsigned
        delegation."""
        at = self.hash(name)
        for owner, record in self.all:
            after = record.next
            if owner < at < after or after <= owner and (at > owner or at < after):
                return "opt-out" if record.flags & 1 else "covered"
        return None

    def exists(self, name):
        """Whether the name exists; an ancestor that is a delegation denies nothing below."""
        kinds = self.match(name)
        return kinds is not None and not is_end(kinds)
