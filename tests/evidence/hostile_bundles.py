"""Bundles as an attacker would write them: `ATTACKS` has name, words of the reason, and
maker.

Each is a good bundle with one thing altered, so that a reader that refuses it for another
reason has not seen the attack.
"""

import base64
import copy
import json

import dns.name
import dns.rdata

from good_bundles import (
    A,
    AAAA,
    CNAME,
    DNSKEY,
    DS,
    GOOD,
    NSEC,
    SOA,
    TLSA,
    Audit,
    Bundle,
    canonical,
    check_value,
    commitment,
    good_peers,
    in_run,
    make_world,
    many_hosts,
    text64,
    with_again,
    with_change,
    without_ed448,
)
from made_tls import message, tls13, vector
from signed_world import DAY, MOMENT, Key, name, number, wire_set

POSITIVE = GOOD["positive"]
ATTACKS = []


def attack(words, label=None):
    """Adds a hostile bundle to the list."""

    def add(make):
        ATTACKS.append((label or make.__name__.replace("_", "-"), words, make))
        return make

    return add


def of_sets(words, questions, label=None):
    """A hostile bundle by an alteration of a good one's answers."""

    def add(alter):
        def make(world):
            bundle = Bundle(world, questions)
            changed = alter(world, bundle)
            return (changed or bundle).octets()

        attack(words, label or alter.__name__.replace("_", "-"))(make)
        return alter

    return add


def of_json(words, label=None):
    """A hostile bundle by an alteration of a good one's JSON value, or of its octets."""

    def add(alter):
        def make(world):
            value = Bundle(world, POSITIVE).value()
            changed = alter(value)
            return (
                changed
                if isinstance(changed, bytes)
                else canonical(changed or value) + b"\n"
            )

        attack(words, label or alter.__name__.replace("_", "-"))(make)
        return alter

    return add


GOOD_ZONE, TLSA_OWNER = name("good.example."), name("_25._tcp.mail.good.example.")
# With the DS denials that a reader comes to who does not know where the zone begins.
TO_THE_NAME = [
    *POSITIVE,
    ("mail.good.example.", "DS"),
    ("_tcp.mail.good.example.", "DS"),
    (str(TLSA_OWNER), "DS"),
]


ALIAS = [("mx.alias.example.", "A"), ("mx.alias.example.", "DS")]


def re_signed(world, bundle, owner, rdtype, **how):
    """Puts a set that its zone signed otherwise in place of the one that answers."""
    zone = world.zone_of(name(owner), number(rdtype))
    bundle.at(owner, rdtype)["answer"] = [zone.set(name(owner), number(rdtype), **how)]


@of_sets("labels counts from", POSITIVE)
def expired(world, bundle):
    bundle.members["moment"] = MOMENT + 30 * DAY


@of_sets("labels counts from", POSITIVE)
def mixed_times(world, bundle):
    re_signed(
        world,
        bundle,
        str(TLSA_OWNER),
        "TLSA",
        times=(MOMENT - 60 * DAY, MOMENT - 30 * DAY),
    )


@of_sets("labels counts from", POSITIVE)
def signed_later(world, bundle):
    re_signed(
        world, bundle, str(TLSA_OWNER), "TLSA", times=(MOMENT + 2 * DAY, MOMENT + 9 * DAY)
    )


@of_sets("labels counts from", POSITIVE)
def beyond_skew(world, bundle):
    re_signed(
        world, bundle, str(TLSA_OWNER), "TLSA", times=(MOMENT - 3 * DAY, MOMENT - 30000)
    )


@of_sets("a signature over 9 labels", POSITIVE)
def too_many_labels(world, bundle):
    re_signed(world, bundle, str(TLSA_OWNER), "TLSA", labels=9)


@of_sets("next closer", [("a.wild.good.example.", "A")])
def wildcard_without_denial(world, bundle):
    bundle.at("a.wild.good.example.", "A")["authority"] = []


@of_sets("next closer", [("a.wild.rsa.test.", "A")])
def wildcard_without_denial_nsec3(world, bundle):
    bundle.at("a.wild.rsa.test.", "A")["authority"] = []


@of_sets("next closer", [("x.b.wild.good.example.", "A")])
def wildcard_below_a_name(world, bundle):
    zone, owner = world.zones[GOOD_ZONE], name("x.b.wild.good.example.")
    star = zone.records[name("*.wild.good.example.")][A]
    bundle.at(str(owner), "A").update(
        rcode=0,
        answer=[zone.set(owner, A, star, labels=3)],
        authority=[zone.nsec_before(owner)],
    )


@attack("next closer")
def name_covered_for_next_closer_nsec3(world):
    """The name that was asked for is covered, and not the one above it."""
    zone = world.zones[name("rsa.test.")]
    for number_of in range(1000):
        after = name(f"n{number_of}.wild.rsa.test.")
        below = name(f"x.{after}")
        covers = zone.nsec3(below, True)
        if covers != zone.nsec3(after, True):
            break
    bundle = Bundle(world, [(str(below), "A")])
    bundle.at(str(below), "A")["authority"] = [covers]
    return bundle.octets()


@of_sets("the cut's other side", [("good.example.", "MX")])
def denial_of_the_parent(world, bundle):
    parent = world.zones[name("example.")]
    bundle.at("good.example.", "MX").update(
        answer=[], authority=[parent.set(parent.apex, SOA), parent.nsec(GOOD_ZONE)]
    )


@of_sets("good.example. DS", POSITIVE)
def denial_of_the_child(world, bundle):
    zone = world.zones[GOOD_ZONE]
    bundle.at("good.example.", "DS").update(
        answer=[], authority=[zone.set(zone.apex, SOA), zone.nsec(GOOD_ZONE)]
    )
    for answer in bundle.answers.values():
        answer["security"] = "insecure"


@of_sets("is bogus", [("mail.good.example.", "A")])
def denial_from_above(world, bundle):
    parent = world.zones[name("example.")]
    bundle.at("mail.good.example.", "A").update(
        rcode=3, answer=[], authority=[parent.nsec(GOOD_ZONE), parent.nsec(parent.apex)]
    )


@of_sets("is bogus", [("mail.rsa.test.", "A")])
def denial_of_another_zone(world, bundle):
    """The NSEC3 records of the zone above, whose hashes happen to stand around."""
    above = world.zones[name("test.")]
    bundle.at("mail.rsa.test.", "A").update(
        rcode=3,
        answer=[],
        authority=[
            above.set(above.apex, SOA),
            above.nsec3(above.apex),
            above.nsec3(name("mail.rsa.test."), True),
        ],
    )


@of_sets("made of a wildcard", [("a.wild.good.example.", "TLSA")])
def expanded_nsec_owner(world, bundle):
    zone, star = world.zones[GOOD_ZONE], name("*.wild.good.example.")
    after = name("zz.good.example.").to_wire() + zone.bitmap([A, 46, 47])
    raw = after if star is None else after
    bundle.at("a.wild.good.example.", "TLSA")["authority"] = [
        zone.set(name("a.wild.good.example."), NSEC, [raw], labels=3)
    ]


@of_sets("opt-out", [("no.open.example.", "A")])
def opt_out_stretched(world, bundle):
    bundle.at("no.open.example.", "A")["security"] = "secure"


@of_sets("opt-out", [("unsigned.test.", "DS")])
def opt_out_as_denial_of_ds(world, bundle):
    bundle.at("unsigned.test.", "DS")["security"] = "secure"


@of_sets("iterations", [("no.slow.example.", "A")])
def iterations_stretched(world, bundle):
    bundle.at("no.slow.example.", "A")["security"] = "secure"


@of_sets(
    "does not belong to the answer",
    [("mx.alias.example.", "A"), ("mail.rsa.test.", "A")],
)
def alias_splice(world, bundle):
    at = bundle.at("mx.alias.example.", "A")
    at["answer"] = [at["answer"][0], *bundle.at("mail.rsa.test.", "A")["answer"]]


@of_sets("does not belong to the answer", [("mx.alias.example.", "A")])
def alias_with_another_answer(world, bundle):
    zone, owner = world.zones[GOOD_ZONE], name("mail.good.example.")
    at = bundle.at("mx.alias.example.", "A")
    at["answer"] = [at["answer"][0], zone.set(owner, A, [bytes([192, 0, 2, 66])])]


@of_sets("no signature in a signed zone", ALIAS)
def unsigned_alias(world, bundle):
    at = bundle.at("mx.alias.example.", "A")
    target = name("mail.good.example.").to_digestable()
    at["answer"][0] = wire_set(name("mx.alias.example."), CNAME, [target])
    at["security"] = "insecure"


@of_sets("one owner and type", POSITIVE)
def set_beside_the_signed_one(world, bundle):
    """One is checked, the other one used."""
    forged = wire_set(TLSA_OWNER, TLSA, [b"\3\1\1" + bytes(32)])
    bundle.at(str(TLSA_OWNER), "TLSA")["answer"].append(forged)


@of_sets("does not belong to the answer", POSITIVE)
def set_of_another_question(world, bundle):
    """It is right, and not what was asked for."""
    bundle.at(str(TLSA_OWNER), "TLSA")["answer"] += bundle.at("good.example.", "MX")["answer"]


@of_sets("claimed bogus, is refused", POSITIVE)
def bogus_by_a_set_of_another_question(world, bundle):
    """Whoever accuses has put it there."""
    set_of_another_question(world, bundle)
    bundle.at(str(TLSA_OWNER), "TLSA")["security"] = "bogus"


@of_sets("alias loop", [("mx.alias.example.", "A")])
def alias_loop(world, bundle):
    zone, owner = world.zones[name("alias.example.")], name("mx.alias.example.")
    bundle.at(str(owner), "A")["answer"] = [
        zone.set(owner, CNAME, [owner.to_digestable()])
    ]


@of_sets("not what the DNAME makes", [("_25._tcp.mail.old.alias.example.", "TLSA")])
def wrong_synthesis(world, bundle):
    at = bundle.at("_25._tcp.mail.old.alias.example.", "TLSA")
    at["answer"][1] = wire_set(
        name("_25._tcp.mail.old.alias.example."),
        CNAME,
        [name("_25._tcp.mx2.good.example.").to_digestable()],
    )


@of_sets("claimed insecure, is failed", POSITIVE)
def failed_ds_as_insecure(world, bundle):
    error = {"code": "servfail", "detail": "SERVFAIL", "kind": 2}
    bundle.answers[GOOD_ZONE, DS] = {"error": error}
    for (owner, rdtype), answer in bundle.answers.items():
        if owner.is_subdomain(GOOD_ZONE) and rdtype != DS:
            answer["security"] = "insecure"


@of_sets("no signature in a signed zone", [("x.a.cut.example.", "DS"), ("a.cut.example.", "DS")])
def wildcard_as_delegation(world, bundle):
    """The NS records of a wildcard delegate nothing (RFC 4592 4.2)."""
    owner = name("x.a.cut.example.")
    bundle.answers[owner, A] = {
        **bundle.at("a.cut.example.", "DS"),
        "security": "insecure",
        "answer": [wire_set(owner, A, [bytes([192, 0, 2, 66])])],
        "authority": [],
    }


def spoilt(wire):
    """A set whose signature is wrong."""
    return wire[:-1] + bytes([wire[-1] ^ 1])


@of_sets("claimed insecure, is bogus", [("no.slow.example.", "A")])
def spoilt_denial_of_many_iterations(world, bundle):
    """Whose signatures are wrong is not said to be costly."""
    at = bundle.at("no.slow.example.", "A")
    last = at["authority"][-1]
    at["authority"] = [spoilt(wire) if wire == last else wire for wire in at["authority"]]


@of_sets("no key made the signature", [("zz.good.example.", "A")])
def denial_beside_a_spoilt_set(world, bundle):
    at = bundle.at("zz.good.example.", "A")
    at["authority"] = [spoilt(at["authority"][0]), *at["authority"][1:]]


@of_sets("not the zone's", [("zz.good.example.", "A"), ("zz.rsa.test.", "A")])
def denial_beside_that_of_another_zone(world, bundle):
    """Nobody needs it, and a validator cannot say whose it is."""
    sets = bundle.at("zz.rsa.test.", "A")["authority"]
    bundle.at("zz.good.example.", "A")["authority"].append(sets[-1])


@of_sets("not the zone's", [("zz.good.example.", "A")])
def denial_beside_an_unsigned_set(world, bundle):
    zone, at = world.zones[GOOD_ZONE], bundle.at("zz.good.example.", "A")
    at["authority"][0] = wire_set(GOOD_ZONE, SOA, zone.records[GOOD_ZONE][SOA])


@of_sets("is no RRset", POSITIVE)
def set_longer_than_a_message(world, bundle):
    owner = name("mail.good.example.")
    records = [bytes([10, 0, i // 256, i % 256]) for i in range(2500)]
    bundle.at(str(owner), "A")["answer"] = [wire_set(owner, A, records)]


@of_sets("good.example. DS: missing", POSITIVE)
def missing_ds(world, bundle):
    del bundle.answers[GOOD_ZONE, DS]


@of_sets(
    "claimed insecure, is indeterminate: good.example. MX: good.example. DS: missing",
    POSITIVE,
)
def missing_ds_as_insecure(world, bundle):
    del bundle.answers[GOOD_ZONE, DS]
    for (owner, _), answer in bundle.answers.items():
        if owner.is_subdomain(GOOD_ZONE):
            answer["security"] = "insecure"


@of_sets("good.example. DNSKEY: missing", POSITIVE)
def missing_keys(world, bundle):
    del bundle.answers[GOOD_ZONE, DNSKEY]


@of_sets(
    "is indeterminate: mail.good.example. A: missing", [("mx.alias.example.", "A")]
)
def missing_target(world, bundle):
    del bundle.answers[name("mail.good.example."), A]


@of_sets("no signature in a signed zone", TO_THE_NAME)
def stripped(world, bundle):
    zone = world.zones[GOOD_ZONE]
    bundle.at(str(TLSA_OWNER), "TLSA").update(
        security="insecure",
        answer=[wire_set(TLSA_OWNER, TLSA, zone.records[TLSA_OWNER][TLSA])],
    )


@of_sets("trust anchor", POSITIVE)
def other_root(world, bundle):
    return Bundle(make_world(), POSITIVE)


@of_sets("no key made the signature", POSITIVE)
def root_signed_by_no_anchor(world, bundle):
    root, retired = world.zones[dns.name.root], Key(13)
    raws = [root.keys[0].dnskey.to_digestable(), retired.dnskey.to_digestable()]
    bundle.at(".", "DNSKEY")["answer"] = [
        root.set(dns.name.root, DNSKEY, raws, key=retired)
    ]


@of_sets("none matches DS", POSITIVE)
def digest_downgrade(world, bundle):
    zone, parent, forged = world.zones[GOOD_ZONE], world.zones[name("example.")], Key(13)
    texts = [zone.ds[0], forged.ds(GOOD_ZONE, "SHA1")]
    raws = [dns.rdata.from_text(1, DS, text).to_digestable() for text in texts]
    bundle.at("good.example.", "DS")["answer"] = [parent.set(GOOD_ZONE, DS, raws)]
    keys = [forged.dnskey.to_digestable()]
    bundle.at("good.example.", "DNSKEY")["answer"] = [
        zone.set(GOOD_ZONE, DNSKEY, keys, key=forged)
    ]
    for owner, rdtype in POSITIVE:
        re_signed(world, bundle, owner, rdtype, key=forged)


@of_sets("too many signature checks", POSITIVE)
def ds_trap(world, bundle):
    """Each of many DS records has the tag of the key, and another digest."""
    zone, parent = world.zones[GOOD_ZONE], world.zones[name("example.")]
    stem = zone.ds[0].rsplit(" ", 1)[0]
    texts = [f"{stem} {i:064x}" for i in range(500)]
    raws = [dns.rdata.from_text(1, DS, text).to_digestable() for text in texts]
    bundle.at("good.example.", "DS")["answer"] = [parent.set(GOOD_ZONE, DS, raws)]


@of_sets("labels counts from", POSITIVE)
def ends_before_it_begins(world, bundle):
    re_signed(
        world, bundle, str(TLSA_OWNER), "TLSA", times=(MOMENT + 2 * DAY, MOMENT - 2 * DAY)
    )


@of_sets("labels counts from", POSITIVE)
def signed_for_ever(world, bundle):
    """Of two times more than 2^31 seconds apart the later one is earlier (RFC 1982)."""
    re_signed(
        world,
        bundle,
        str(TLSA_OWNER),
        "TLSA",
        times=(MOMENT - DAY, MOMENT + 2**31 + DAY),
    )


@of_sets("nothing denies *.good.example.", [("zz.good.example.", "A")])
def absence_without_wildcard_denial(world, bundle):
    at = bundle.at("zz.good.example.", "A")
    at["authority"] = [world.zones[GOOD_ZONE].nsec_before(name("zz.good.example."))]


@of_sets("closest encloser", [("_25._tcp.no.rsa.test.", "TLSA")])
def absence_without_encloser(world, bundle):
    zone, at = world.zones[name("rsa.test.")], bundle.at("_25._tcp.no.rsa.test.", "TLSA")
    at["authority"] = [x for x in at["authority"] if x != zone.nsec3(zone.apex)]


@of_sets("denial says it exists", POSITIVE)
def denial_of_what_exists(world, bundle):
    bundle.at(str(TLSA_OWNER), "TLSA").update(
        answer=[], authority=[world.zones[GOOD_ZONE].nsec(TLSA_OWNER)]
    )


@of_sets("is no zone", TO_THE_NAME)
def signer_is_no_zone(world, bundle):
    zone = copy.copy(world.zones[GOOD_ZONE])
    zone.apex, zone.made = name("mail.good.example."), {}
    bundle.at(str(TLSA_OWNER), "TLSA")["answer"] = [zone.set(TLSA_OWNER, TLSA)]


@of_sets("claimed secure, is insecure", GOOD["unknown-algorithm"])
def unknown_algorithm_as_secure(world, bundle):
    bundle.at("www.odd.example.", "A")["security"] = "secure"


@of_sets("claimed insecure, is secure", POSITIVE)
def secure_as_insecure(world, bundle):
    bundle.at(str(TLSA_OWNER), "TLSA")["security"] = "insecure"


@of_sets("claimed bogus, is secure", POSITIVE)
def secure_as_bogus(world, bundle):
    bundle.at("good.example.", "MX")["security"] = "bogus"


@of_sets("too many signature checks", POSITIVE)
def key_trap(world, bundle):
    """Keys of one tag, for the tag is a sum of 16-bit words, and signatures that none
    made."""
    zone = world.zones[GOOD_ZONE]
    raw = zone.keys[0].dnskey.to_digestable()
    words = [raw[i : i + 2] for i in range(4, len(raw), 2)]
    keys = [raw[:4] + b"".join(words[i:] + words[:i]) for i in range(len(words))]
    bundle.at("good.example.", "DNSKEY")["answer"] = [zone.set(GOOD_ZONE, DNSKEY, keys)]
    good = zone.signature(TLSA_OWNER, TLSA, zone.records[TLSA_OWNER][TLSA])
    bad = [good[:-2] + i.to_bytes(2, "big") for i in range(300)]
    bundle.at(str(TLSA_OWNER), "TLSA")["answer"] = [
        wire_set(TLSA_OWNER, TLSA, zone.records[TLSA_OWNER][TLSA], bad)
    ]


@of_sets("longer than a message", POSITIVE)
def long_answer(world, bundle):
    """Sets that stand once in the file, and in no message that a name server can send."""
    answer = bundle.at(str(TLSA_OWNER), "TLSA")
    raw = (b"\xff" + bytes(255)) * 200
    answer["authority"] = [wire_set(name(f"{i}."), 16, [raw]) for i in range(2)]


@of_sets("too many NSEC3 hashes", [("a." * 100 + "rsa.test.", "A")])
def hash_trap(world, bundle):
    """Each ancestor of the name wants a hash."""


@of_sets("TTL", POSITIVE)
def lowered_ttl(world, bundle):
    zone = world.zones[GOOD_ZONE]
    raws = zone.records[TLSA_OWNER][TLSA]
    bundle.at(str(TLSA_OWNER), "TLSA")["answer"] = [
        wire_set(TLSA_OWNER, TLSA, raws, [zone.signature(TLSA_OWNER, TLSA, raws)], ttl=60)
    ]


@of_sets("not canonical", POSITIVE)
def upper_case_owner(world, bundle):
    at = bundle.at("good.example.", "MX")
    at["answer"] = [
        at["answer"][0].replace(
            b"\x04good\x07example\0\0\x0f", b"\x04GOOD\x07example\0" b"\0\x0f"
        )
    ]


@of_sets("in order", POSITIVE)
def unsorted_records(world, bundle):
    at = bundle.at("good.example.", "DNSKEY")
    one = at["answer"][0]
    at["answer"] = [one + one]


@of_sets("malformed", POSITIVE)
def octets_behind_a_set(world, bundle):
    at = bundle.at("good.example.", "MX")
    at["answer"] = [at["answer"][0] + b"\3abc"]


@of_json("not sorted")
def unsorted_sets(value):
    value["dns"]["sets"][:2] = value["dns"]["sets"][1::-1]


@of_json("used by no answer")
def unused_set(value):
    value["dns"]["sets"].append(text64(wire_set(name("zz.zz."), A, [b"\1\2\3\4"])))
    value["dns"]["sets"].sort(key=base64.b64decode)
    at = value["dns"]["sets"].index(text64(wire_set(name("zz.zz."), A, [b"\1\2\3\4"])))
    for answer in value["dns"]["answers"]:
        for section in ("answer", "authority"):
            answer[section] = [i + (i >= at) for i in answer[section]]


@of_json("indices")
def index_out_of_range(value):
    value["dns"]["answers"][0]["answer"] = [9999]


@of_json("two answers")
def two_answers(value):
    value["dns"]["answers"].insert(0, value["dns"]["answers"][0])


@of_json("answers")
def unsorted_answers(value):
    value["dns"]["answers"].reverse()


@of_json("name is not canonical")
def name_without_dot(value):
    value["dns"]["answers"][-1]["name"] = value["dns"]["answers"][-1]["name"].rstrip(".")


@of_json("canonical")
def duplicate_name(value):
    return (
        canonical(value).replace(
            b'{"about":', b'{"about":{"command":"check"},"about":', 1
        )
        + b"\n"
    )


@of_json("invalid literal for int")
def floating_point(value):
    return canonical(value).replace(b'"rules":1', b'"rules":1.0') + b"\n"


@of_json("invalid literal for int")
def exponent(value):
    return canonical(value).replace(b'"moment":1790000000', b'"moment":179e7') + b"\n"


@of_json("moment: is not in range")
def negative(value):
    value["moment"] = -1


@of_json("not below 2^53")
def too_large_number(value):
    value["moment"] = 2**53


@of_json("moment")
def no_moment(value):
    """libunbound takes it for today."""
    value["moment"] = 0


@of_json("moment")
def moment_without_dates(value):
    """In 32 bits it is -1, by which libunbound looks at no dates."""
    value["moment"] = 2**32 - 1


@of_json("moment")
def moment_that_wraps(value):
    """In 32 bits it is the moment of the signatures."""
    value["moment"] = 2**32 + MOMENT


@of_json("rules")
def other_rules(value):
    value["rules"] = 2


@of_json("base64")
def loose_base64(value):
    sets = value["dns"]["sets"]
    at = next(i for i, text in enumerate(sets) if text.endswith("="))
    stem = sets[at].rstrip("=")
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    last = letters[letters.index(stem[-1]) ^ 1]
    sets[at] = (stem[:-1] + last).ljust(len(sets[at]), "=")


@of_json("base64")
def line_feed_in_base64(value):
    value["dns"]["sets"][0] += "\n"


@of_json("canonical")
def trailing_octets(value):
    return canonical(value) + b"\n\n"


@of_json("canonical")
def no_line_feed(value):
    return canonical(value)


@of_json("canonical")
def white_space(value):
    return json.dumps(value, sort_keys=True).encode() + b"\n"


@of_json("canonical")
def unsorted_names(value):
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"


@of_json("canonical")
def needless_escape(value):
    return canonical(value).replace(b'"maker":"m', b'"maker":"\\u006d') + b"\n"


@of_json("nested too deeply")
def deep_nesting(value):
    for _ in range(100):
        value["facts"] = [value["facts"]]


@of_json("recursion")
def deepest_nesting(value):
    return (
        canonical(value).replace(
            b'"facts":{}', b'"facts":' + b"[" * 100000 + b"]" * 100000
        )
        + b"\n"
    )


@of_json("unknown or lacking: trusted")
def unknown_member(value):
    value["dns"]["answers"][0]["trusted"] = True


@of_json("unknown or lacking: maker")
def lacking_member(value):
    del value["maker"]


@of_json("mediaType")
def other_version(value):
    value["mediaType"] = value["mediaType"].replace("v1", "v2")


@of_json("skew")
def own_skew(value):
    value["dns"]["skew"]["most"] = 2**40


def peers_of(world, label):
    """The good bundle with handshakes of that name."""
    return dict(good_peers(world))[label]


def of_peers(words, label="enforced", **how):
    """A hostile bundle by an alteration of a good one with handshakes."""

    def add(alter):
        def make(world):
            return canonical(alter(world, peers_of(world, label))) + b"\n"

        attack(words, alter.__name__.replace("_", "-"))(make)
        return alter

    return add


@of_peers("not the commitment")
def other_random(world, audit):
    return audit.value(lambda peer, random: b"r" * 32)


@of_peers("not the commitment", "tls12")
def other_random_tls12(world, audit):
    return audit.value(lambda peer, random: b"r" * 32)


@of_peers("not the commitment")
def random_of_another_port(world, audit):
    value = audit.value()
    value["peers"][0]["port"] = 465
    return value


@of_peers("not the commitment", "retry")
def second_random_after_retry(world, audit):
    value = audit.value()
    hello = bytearray(base64.b64decode(value["peers"][0]["messages"][2]))
    hello[6] ^= 1
    value["peers"][0]["messages"][2] = text64(bytes(hello))
    return value


@of_peers("server's signature is wrong")
def altered_transcript(world, audit):
    value = audit.value()
    value["peers"][0]["messages"][2] = text64(message(8, vector(2, b"\0\x0a\0\0")))
    return value


@of_peers("server's signature is wrong", "tls12")
def altered_parameters(world, audit):
    value = audit.value()
    octets = bytearray(base64.b64decode(value["peers"][0]["messages"][3]))
    octets[9] ^= 1
    value["peers"][0]["messages"][3] = text64(bytes(octets))
    return value


@of_peers("server name")
def server_name_of_another(world, audit):
    value = audit.value()
    for peer in value["peers"]:
        peer["serverName"] = "mx2.good.example"
        hello = base64.b64decode(peer["messages"][0])
        peer["messages"][0] = text64(hello[:6] + commitment(value, peer) + hello[38:])
    return value


@attack("server name")
def handshake_of_a_stranger(world):
    """Two hosts share a key: the handshake of one says nothing of the other."""
    audit = Audit(
        world,
        "two.good.example.",
        {
            "mx2.good.example.": {
                "192.0.2.1": (
                    "proved",
                    lambda random, server_name: tls13(
                        world.servers["mail"], random, server_name
                    ),
                )
            }
        },
        "enforced",
    )

    def alter(peer, random):
        peer["serverName"] = "mail.good.example"
        return commitment(audit.bundle.value(), peer)

    return canonical(audit.value(alter)) + b"\n"


@of_peers("known before")
def records_after_the_handshake(world, audit):
    value = audit.bundle.value()

    def alter(peer, random):
        peer["answers"] = [
            i for i in peer["answers"] if value["dns"]["answers"][i]["type"] != TLSA
        ]
        return commitment(value, peer)

    return audit.value(alter)


@of_peers("header")
def cut_message(world, audit):
    value = audit.value()
    value["peers"][0]["messages"][2] = text64(
        base64.b64decode(value["peers"][0]["messages"][2])[:-1]
    )
    return value


@of_peers("other messages")
def without_certificate(world, audit):
    value = audit.value()
    del value["peers"][0]["messages"][3]
    return value


@of_peers("claimed enforced, is partial", "partial")
def partial_as_enforced(world, audit):
    audit.grade = "enforced"
    return audit.value()


@of_peers("claimed enforced, is broken", "broken")
def broken_as_enforced(world, audit):
    audit.grade = "enforced"
    return audit.value()


@of_peers("claimed broken, is enforced")
def enforced_as_broken(world, audit):
    audit.grade = "broken"
    return audit.value()


@of_peers("claimed enforced, is undecided", "undecided")
def not_shown_as_enforced(world, audit):
    audit.grade = "enforced"
    return audit.value()


@of_peers("missing: mail.good.example. AAAA")
def hidden_address(world, audit):
    del audit.bundle.answers[name("mail.good.example."), AAAA]
    del audit.hosts["mail.good.example."]["2001:db8::1"]
    return audit.value()


@of_peers("claimed enforced")
def untried_address(world, audit):
    del audit.hosts["mail.good.example."]["2001:db8::1"]
    return audit.value()


@of_peers("claimed enforced, is partial")
def address_look_up_fails(world, audit):
    """Half of the addresses are not known, so nobody knows that all of them are proved."""
    audit.bundle.at("mail.good.example.", "AAAA").update(
        rcode=2, security="insecure", answer=[], authority=[]
    )
    del audit.hosts["mail.good.example."]["2001:db8::1"]
    return audit.value()


@of_peers("no handshake is shown", "broken")
def mismatch_that_nobody_showed(world, audit):
    value = audit.value()
    value["peers"] = []
    value["verdict"]["hosts"][0]["addresses"][0]["protocol"] = "TLSv1.3"
    return value


@of_peers("no word of this mail host")
def mail_host_kept_back(world, audit):
    value = audit.value()
    value["verdict"]["hosts"] = []
    return value


@of_peers("no MX record leads there")
def mail_host_of_another(world, audit):
    value = audit.value()
    value["verdict"]["hosts"][0]["name"] = "mx2.good.example"
    return value


@of_peers("claimed open, is proved")
def other_access_to_the_host(world, audit):
    value = audit.value()
    value["verdict"]["hosts"][0]["access"] = "open"
    return value


@of_peers("is a domain name")
def domain_as_bad_input(world, audit):
    value = audit.value()
    value["verdict"].update(grade="bad-input", domain="", hosts=[])
    return value


@of_peers("the verdict is of another domain")
def verdict_of_another_domain(world, audit):
    value = audit.value()
    value["verdict"]["domain"] = "two.good.example"
    return value


@of_peers("path")
def other_place_in_the_run(world, audit):
    value = in_run(audit.value())
    value["run"]["index"] = 1
    return value


@of_peers("path")
def shorter_path(world, audit):
    value = in_run(audit.value())
    value["run"]["path"].pop()
    return value


@of_peers("path")
def altered_leaf(world, audit):
    value = in_run(audit.value())
    value["facts"]["more"] = "words"
    return value


@of_peers("checkpoint")
def odd_checkpoint(world, audit):
    value = in_run(audit.value())
    value["run"]["checkpoint"] += "\n"
    return value


@of_peers("stamp")
def stamp_of_another(world, audit):
    value = in_run(audit.value())
    value["run"]["stamps"] = [
        text64(bytes.fromhex("0609608648016503040201") + b"\4\x20" + bytes(32))
    ]
    return value


@attack("claimed dane, is refused")
def mismatch_as_dane(world):
    other = world.servers["other"]
    return canonical(check_value(world, lambda *x: tls13(other, *x))) + b"\n"


@attack("claimed mismatch, is proved")
def dane_as_mismatch(world):
    return (
        canonical(
            check_value(world, lambda *x: tls13(world.servers["rsa"], *x), "rejected")
        )
        + b"\n"
    )


@attack("a moment after the verdict")
def asked_again_too_late(world):
    return canonical(with_again(world, MOMENT + 40 * DAY)) + b"\n"


@attack("labels counts from")
def asked_again_too_early(world):
    return canonical(with_again(world, MOMENT - 40 * DAY)) + b"\n"


@attack("not asked before")
def asked_again_and_not_before(world):
    value = copy.deepcopy(with_again(world))
    again = value["dns"]["again"][0]
    again["answers"] = [{**again["answers"][0], "name": "_26._tcp.mail.good.example."}]
    return canonical(value) + b"\n"


@of_peers("asked again, it had another answer", "partial")
def old_records_accuse(world, audit):
    return with_change(world, audit.value())


def at_another_moment(audit, moment):
    """An audit whose handshakes were held then."""

    def alter(peer, random):
        peer["moment"] = moment
        return commitment(audit.bundle.value(), peer)

    return audit.value(alter)


@of_peers("labels counts from")
def handshake_before_the_records(world, audit):
    return at_another_moment(audit, MOMENT - 30 * DAY)


@of_peers("a moment after the verdict")
def handshake_after_the_verdict(world, audit):
    return at_another_moment(audit, MOMENT + 2 * 3600)


@attack("no word of this mail host")
def mail_host_kept_back_for_a_later_one(world):
    """Of two records of a host the last one stands in the place of somebody else's."""
    audit = dict(many_hosts(world))["many-hosts"]
    del audit.hosts[audit.mx.pop()[1]]
    audit.mx.append((70, "m0.many.example."))
    return canonical(audit.value()) + b"\n"


@attack("claimed enforced, is partial")
def most_hosts_as_all(world):
    audit = dict(many_hosts(world))["host-twice"]
    audit.grade, audit.findings = "enforced", []
    return canonical(audit.value()) + b"\n"


@attack("claimed secure, is insecure")
def ed448_half_known(world):
    """No validator knows an algorithm for one answer and not for another."""
    bundle = without_ed448(world)
    bundle.at("no.curve.example.", "A")["security"] = "secure"
    return bundle.octets()
