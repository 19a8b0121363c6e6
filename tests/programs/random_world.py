"""Signed name spaces that nobody has written by hand: zones, drawn by a seed.

`draw(seed)` is a `World` of a root, some top-level domains and the zones below, with
whatever DNSSEC lets stand in them: random_zones.py signs and serves it. A world whose seed
is even is honest, all of it is as its owners meant it; in others some zones have flaws.
What is drawn depends on the seed alone, never on keys or on the time.
"""

import random
from dataclasses import dataclass, field

Name = tuple[bytes, ...]    # labels, without the root's

# Not 16, Ed448, which not every libunbound knows.
ALGORITHMS = [13, 13, 13, 8, 8, 10, 14, 15, 15, 7]
ITERATIONS = [0, 0, 0, 0, 1, 12, 100, 150, 151, 500]
TTLS = [0, 1, 60, 300, 300, 3600, 86400, 2**31 - 1]
MINUTE, HOUR, DAY = 60, 3600, 86400
# When signatures begin and end, in seconds from now. A tenth of their lifetime, from an
# hour to a day, is forgiven at both ends, so that the last three count.
DATES = [(-DAY, 14 * DAY), (-DAY, 14 * DAY), (-10 * DAY, DAY), (-5, 30 * DAY), (-HOUR, 2 * HOUR),
         (-30 * DAY, 10 * MINUTE), (-400 * DAY, 3650 * DAY), (-30 * DAY, -12 * HOUR),
         (12 * HOUR, 30 * DAY), (-HOUR, -20 * MINUTE)]
LABELS = [b"mail", b"mx", b"www", b"a", b"b", b"c", b"deep", b"x-y", b"xn--bcher-kva", b"_a", b"0",
          b"l" * 63, b"m" * 40]
# In names that are no mail hosts: a dot, a space, a quote, a backslash, octets that are no text.
ODD_LABELS = [b"a.b", b"sp ace", b"back\\slash", b"\x00\xff\x7f", b"(at)@$;", b"\xc3\xbc",
              b"Z\xc9"]
FLAWS = ["expired", "future", "wrong-ds", "ds-for-unsigned", "strip", "corrupt", "changed",
         "no-denial", "less-denial", "silent", "servfail", "refused", "labels", "bitmap", "ttl",
         "no-keys"]


def text(name: Name) -> str:
    """A name in presentation form (RFC 1035 5.1) with its final dot."""

    def octet(value: int) -> str:
        char = chr(value)
        if char.isascii() and (char.isalnum() or char in "-_*"):
            return char
        return f"\\{char}" if 0x21 <= value <= 0x7e else f"\\{value:03}"

    return "".join("".join(map(octet, label)) + "." for label in name) or "."


def size(name: Name) -> int:
    """How many octets a name has on the wire, which are 255 at most."""
    return 1 + sum(len(label) + 1 for label in name)


def is_below(name: Name, above: Name) -> bool:
    """Whether a name is another one or below it."""
    return len(name) >= len(above) and name[len(name) - len(above):] == above


@dataclass(eq=False)
class Zone:
    """A zone; what signs it is of `algorithms`: one key for all, or a pair of each."""

    apex: Name
    server: int
    algorithms: list[int] = field(default_factory=list)   # none: not signed
    is_split: bool = False
    digests: list[int] = field(default_factory=list)      # of its DS records
    strange_ds: bool = False     # one more that no validator knows
    nsec3: bool = False
    iterations: int = 0
    salt: str = ""
    opt_out: bool = False
    dates: tuple[int, int] = DATES[0]
    flaws: list[str] = field(default_factory=list)
    seed: int = 0                # of what is drawn while it is signed
    ends: list[Name] = field(default_factory=list)        # zones and DNAMEs below
    records: dict[tuple[Name, str], list[str]] = field(default_factory=dict)
    ttls: dict[tuple[Name, str], int] = field(default_factory=dict)

    def types(self, name: Name) -> set[str]:
        """What stands at a name."""
        return {kind for owner, kind in self.records if owner == name}

    def may_have(self, name: Name, kind: str) -> bool:
        """Whether such a record may stand there (RFC 1034 3.6.2, RFC 6672 2.4)."""
        there = self.types(name) - {kind}
        if size(name) > 240 or any(is_below(name, end) for end in self.ends):
            return False
        if kind == "DNAME" and any(owner != name and is_below(owner, name)
                                   for owner, _ in self.records):
            return False
        return "CNAME" not in there and not (kind == "CNAME" and there)

    def add(self, name: Name, kind: str, *data: str) -> bool:
        """Adds records, if they may stand there."""
        if not self.may_have(name, kind):
            return False
        of_set = self.records.setdefault((name, kind), [])
        of_set += [one for one in data if one not in of_set]
        if kind in ("CNAME", "DNAME"):
            del of_set[1:]
        if kind == "DNAME" and name != self.apex:
            self.ends.append(name)
        return True


@dataclass
class World:
    """All zones, the root first, and the names that are worth asking for."""

    seed: int
    zones: list[Zone]
    domains: list[Name]
    hosts: list[Name]


class Draw:
    """Draws a world."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = World(seed, [], [], [])
        self.targets: list[Name] = []    # of aliases

    def likely(self, chance: float) -> bool:
        """True, so often."""
        return self.random.random() < chance

    # Zones.

    def zone(self, apex: Name, signed: float) -> Zone:
        """A zone, which is signed so often."""
        draw = self.random
        zone = Zone(apex, draw.randrange(3) if apex else 0, seed=draw.getrandbits(32))
        if self.likely(signed):
            zone.algorithms = draw.sample(sorted(set(ALGORITHMS)), 2) if self.likely(0.1) else [
                draw.choice(ALGORITHMS)]
            zone.is_split = self.likely(0.4)
            zone.digests = draw.choice([[2], [2], [2], [1], [4], [1, 2], [2, 4], [1, 2, 4], []])
            # A validator may leave SHA-1 out beside a better digest (RFC 4509 3), and need not.
            zone.strange_ds = 2 in zone.digests and self.likely(0.1)
            zone.nsec3 = self.likely(0.6)
            zone.iterations = draw.choice(ITERATIONS)
            zone.salt = draw.choice(["", "", f"{draw.getrandbits(32):08x}", "ab" * 60])
            zone.opt_out = self.likely(0.4)
            zone.dates = draw.choice(DATES)
        zone.add(apex, "SOA", f"ns0. hostmaster. 1 3600 900 86400 {draw.choice([0, 300, 3600])}")
        zone.add(apex, "NS", f"ns{zone.server}.")
        self.world.zones.append(zone)
        self.world.domains += [apex] * (len(apex) > 1)
        return zone

    def home(self, name: Name) -> Zone:
        """The zone that a name lies in."""
        return max((zone for zone in self.world.zones if is_below(name, zone.apex)),
                   key=lambda zone: len(zone.apex))

    def delegate(self, apex: Name, signed: float) -> bool:
        """A zone, if there may be one."""
        parent = self.home(apex)
        if size(apex) > 150 or parent.apex == apex or not parent.may_have(apex, "NS") or any(
                is_below(owner, apex) for owner, _ in parent.records):
            return False
        zone = self.zone(apex, signed)
        parent.add(apex, "NS", f"ns{zone.server}.")
        parent.ends.append(apex)
        return True

    def zones(self) -> None:
        """The root and what is delegated below."""
        root = self.zone((), 1)
        root.digests, root.dates = [2], DATES[0]
        for number in range(3):
            root.add((b"ns%d" % number,), "A", f"127.53.0.{number + 1}")
        for label in self.random.sample([b"aa", b"bb", b"cc", b"xn--p1ai"], 3):
            self.delegate((label,), 0.9)
        for _ in range(self.random.randint(10, 22)):
            above = self.random.choice(self.world.zones[1:4] + self.world.zones[1:]).apex
            self.delegate((*self.labels(3), *above), 0.75)

    def labels(self, most: int, odd: float = 0) -> Name:
        """Some labels."""
        return tuple(self.random.choice(ODD_LABELS if self.likely(odd) else LABELS)
                     for _ in range(self.random.randint(1, most)))

    # What stands in a zone.

    def fill(self, zone: Zone) -> None:
        """Hosts, wildcards, aliases and mail domains."""
        for _ in range(self.random.randint(1, 4)):
            self.host(zone, (*self.labels(3), *zone.apex))
        for _ in range(self.random.randint(0, 2)):
            self.wildcard(zone)
        if self.likely(0.3):
            self.host(zone, zone.apex)

    def host(self, zone: Zone, name: Name) -> None:
        """A host with addresses, or without any, and TLSA records, or without."""
        draw = self.random
        count = draw.choice([0, 1, 1, 1, 2, 3, 40])
        zone.add(name, "A", *(f"127.99.{draw.randrange(256)}.{i + 1}" for i in range(count)))
        if self.likely(0.3):
            zone.add(name, "AAAA", f"2001:db8::{draw.randrange(65536):x}")
        if self.likely(0.1):
            zone.add(name, "TXT", '"no address"')
        self.world.hosts.append(name)
        self.targets.append(name)
        self.tlsa(zone, name)

    def tlsa(self, zone: Zone, host: Name) -> None:
        """TLSA records of a host, where they may be."""
        owner = (b"_25", b"_tcp", *host)
        where = self.random.choice(["own", "own", "own", "none", "any-port", "below", "alias",
                                    "zone", "empty"])
        if where == "zone" and len(host) > 1 and self.delegate((b"_tcp", *host), 0.7):
            self.home(owner).add(owner, "TLSA", *self.associations())
        elif where == "any-port":
            zone.add((b"*", b"_tcp", *host), "TLSA", *self.associations())
        elif where == "below":
            zone.add((b"*", *host), "TLSA", *self.associations())
        elif where == "alias":
            zone.add(owner, "CNAME", text((b"_dane", *zone.apex)))
            zone.add((b"_dane", *zone.apex), "TLSA", *self.associations())
        elif where == "empty":    # an empty non-terminal
            zone.add((b"x", *owner), "TLSA", *self.associations())
        elif where == "own":
            zone.add(owner, "TLSA", *self.associations())

    def associations(self) -> list[str]:
        """TLSA data, some of which nobody can use."""
        return [f"{self.random.choice(['3 1 1', '3 1 1', '2 1 1', '3 0 2', '0 0 1', '9 9 9'])} "
                f"{self.random.getrandbits(256):064x}"
                for _ in range(self.random.choice([1, 1, 1, 2, 3, 60]))]

    def wildcard(self, zone: Zone) -> None:
        """A wildcard and names that it makes, or that it would but for others."""
        below = (*self.labels(2), *zone.apex) if self.likely(0.5) else zone.apex
        owner = (b"*", *below)
        if self.likely(0.3):
            zone.add(owner, "CNAME", text(self.target()))
        else:
            zone.add(owner, "A", "127.99.0.1")
            if self.likely(0.5):
                zone.add(owner, "MX", f"10 {text(self.target())}", f"20 {text((b'w', *below))}")
            if self.likely(0.5):
                zone.add((b"_25", b"_tcp", *owner), "TLSA", *self.associations())
            if self.likely(0.5):
                zone.add(owner, "TLSA", *self.associations())
        made = [(b"w", *below), (b"v", b"w", *below), (b"_25", b"_tcp", b"w", *below), owner[1:]]
        self.world.domains += made[:2]
        self.world.hosts += made[:2]
        self.targets += made
        if self.likely(0.3):
            zone.add((b"under", b"w", *below), "A", "127.99.0.2")

    def target(self) -> Name:
        """A name for an alias to lead to."""
        if self.likely(0.1) or not self.targets:
            return (*self.labels(2, 0.3), *self.random.choice(self.world.zones).apex)
        name = self.random.choice(self.targets)
        return name if size(name) < 250 else self.random.choice(self.world.zones[1:]).apex

    def aliases(self) -> None:
        """CNAMEs and DNAMEs within and across zones, and loops."""
        for _ in range(self.random.randint(5, 25)):
            zone = self.random.choice(self.world.zones[1:])
            name = (*self.labels(2, 0.3), *zone.apex)
            if self.likely(0.3):
                above = self.target()
                # With the octets of what stands below an alias most is too long to be a name.
                if self.likely(0.2) and zone.add(zone.apex, "DNAME", text(above)):
                    name = zone.apex
                elif not zone.add(name, "DNAME", text(above)):
                    continue
                zone.ends += [name] * (name not in zone.ends and name != zone.apex)
                made = [(label, *name) for label in (b"a", b"w", b"mail", b"l" * 63)]
                made += [(b"_25", b"_tcp", *name)]
            elif zone.add(name, "CNAME", text(self.target())):
                made = [name]
            else:
                continue
            self.targets += made
            self.world.domains += made[:2]
            self.world.hosts += made[:2]

    def mail(self) -> None:
        """The MX records of zones and of names in them."""
        for zone in self.world.zones[1:]:
            names = [zone.apex, (*self.labels(2), *zone.apex)]
            for name in names[:self.random.randint(0, 2)]:
                if self.likely(0.05):
                    data = ["0 ."]
                else:
                    data = [f"{self.random.choice([0, 10, 10, 20, 65535])} {text(self.mail_host())}"
                            for _ in range(self.random.choice([1, 1, 2, 3, 6]))]
                if self.likely(0.05):
                    data = [*data[:1], *(f"{i} m{i}.{text(zone.apex)}" for i in range(1000, 1070))]
                if zone.add(name, "MX", *data):
                    self.world.domains.append(name)

    def mail_host(self) -> Name:
        """Where an MX record leads to: most often to a host."""
        name = self.random.choice(self.world.hosts) if self.likely(0.8) else self.target()
        return name if size(name) < 250 else self.target()

    def strangeness(self) -> None:
        """TTLs and flaws."""
        for zone in self.world.zones:
            common = self.random.choice(TTLS[2:])
            for key in zone.records:
                zone.ttls[key] = self.random.choice(TTLS) if self.likely(0.2) else common
            if self.world.seed % 2 and zone.apex and self.likely(0.25):
                zone.flaws = self.random.sample(FLAWS, self.random.choice([1, 1, 2]))

    def draw(self) -> World:
        """All of it."""
        self.zones()
        for zone in self.world.zones[1:]:
            self.fill(zone)
        self.aliases()
        self.mail()
        self.strangeness()
        nothing = [(b"nothing", *zone.apex) for zone in self.world.zones[1:] if self.likely(0.3)]
        world = self.world
        world.domains = list(dict.fromkeys(world.domains + nothing))
        world.hosts = list(dict.fromkeys(world.hosts))
        return world


def draw(seed: int) -> World:
    """The world of a seed."""
    return Draw(seed).draw()
