"""IDNA2008 as its RFCs have it, without any mapping: a second judge of names.

Written from RFC 5890 to 5893 over Python's own Unicode data, so that it shares nothing
with libidn2. It asks what a registry must ask (RFC 5891 4), which is more than a look-up
has to (RFC 5891 5.4): the rules of CONTEXTO characters, and the bidi rule for every label
of a name that has a right-to-left one.
"""

import re
import unicodedata

VIRAMA = 9  # canonical combining class
PVALID_EXCEPTIONS = {0xDF, 0x3C2, 0x6FD, 0x6FE, 0xF0B, 0x3007}
CONTEXTO = {0xB7: "A.3", 0x375: "A.4", 0x5F3: "A.5", 0x5F4: "A.6", 0x30FB: "A.7",
            **{digit: "A.8" for digit in range(0x660, 0x66A)},
            **{digit: "A.9" for digit in range(0x6F0, 0x6FA)}}
DISALLOWED_EXCEPTIONS = {0x640, 0x7FA, 0x302E, 0x302F, *range(0x3031, 0x3036), 0x303B}
# The default ignorable code points among letters and marks that fold to themselves.
IGNORABLE = {0x34F, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10),
             *range(0xE0100, 0xE01F0)}
IGNORABLE_BLOCKS = (range(0x20D0, 0x2100), range(0x1D100, 0x1D200), range(0x1D200, 0x1D250))
OLD_HANGUL = (range(0x1100, 0x1200), range(0xA960, 0xA980), range(0xD7B0, 0xD800))
LETTER_DIGITS = {"Ll", "Lu", "Lo", "Nd", "Lm", "Mn", "Mc"}
# Letters of the Arabic block that join to the one before them alone, or to none.
RIGHT_JOINING = set("آأؤإاةدذرزوٱڈڑژۇۆۈۋەۀے")
NON_JOINING = set("ء")


class Refused(ValueError):
    """A name that IDNA2008 does not allow; the text begins with `RFC section`."""


def disallowed(char: str) -> str:
    """The section of RFC 5892 by which a character is refused; nothing if it is not."""
    point, category = ord(char), unicodedata.category(char)
    if point in PVALID_EXCEPTIONS or point in CONTEXTO or char in "\u200c\u200d":
        return ""
    if point in DISALLOWED_EXCEPTIONS:
        return "2.6"
    if category == "Cn":
        return "2.10"
    if re.fullmatch("[a-z0-9-]", char):
        return ""
    if any(point in block for block in OLD_HANGUL):
        return "2.9"
    if unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold()) != char:
        return "2.2"
    if point in IGNORABLE or category in ("Cf", "Zs", "Cc"):
        return "2.3"
    if any(point in block for block in IGNORABLE_BLOCKS):
        return "2.4"
    return "" if category in LETTER_DIGITS else "2.1"


def is_japanese(char: str) -> bool:
    """Whether a character's script is Hiragana, Katakana or Han."""
    return unicodedata.name(char, "").startswith(
        ("HIRAGANA LETTER", "KATAKANA LETTER", "CJK UNIFIED IDEOGRAPH", "IDEOGRAPHIC"))


def joins(label: str) -> str:
    """The joining types of a label: U none, R with the one before, D both, T seen through."""
    return "".join(
        "T" if unicodedata.category(char) == "Mn" else
        "U" if char in NON_JOINING or not unicodedata.name(char, "").startswith("ARABIC LET") else
        "R" if char in RIGHT_JOINING else "D" for char in label)


def context_holds(label: str, at: int) -> bool:
    """Whether the character there may stand where it does (RFC 5892 A)."""
    before, after = label[at - 1:at], label[at + 1:at + 2]
    point = ord(label[at])
    if point in (0x200C, 0x200D):
        if before and unicodedata.combining(before) == VIRAMA:
            return True
        types = joins(label)
        return (point == 0x200C and bool(re.search("DT*$", types[:at]))
                and bool(re.match("T*[RD]", types[at + 1:])))
    if point == 0xB7:
        return before == after == "l"
    if point == 0x375:
        return unicodedata.name(after or "?", "").startswith("GREEK")
    if point in (0x5F3, 0x5F4):
        return unicodedata.name(before or "?", "").startswith("HEBREW")
    if point == 0x30FB:
        return any(map(is_japanese, label))
    other = "[\u06f0-\u06f9]" if point < 0x6F0 else "[\u0660-\u0669]"
    return not re.search(other, label)


def bidi_holds(label: str) -> bool:
    """The six conditions of RFC 5893 2 for a label of a name that is a bidi one."""
    classes = [unicodedata.bidirectional(char) for char in label]
    end = [kind for kind in classes if kind != "NSM"][-1:]
    neutral = {"ES", "CS", "ET", "ON", "BN", "NSM"}
    if classes[0] in ("R", "AL"):
        return (set(classes) <= {"R", "AL", "AN", "EN"} | neutral
                and end[0] in ("R", "AL", "EN", "AN") and not {"EN", "AN"} <= set(classes))
    return classes[0] == "L" and set(classes) <= {"L", "EN"} | neutral and end[0] in ("L", "EN")


def check_u_label(label: str) -> None:
    """Raises `Refused` for what is no U-label (RFC 5891 4.2)."""
    if unicodedata.normalize("NFC", label) != label:
        raise Refused("5891 5.4: not in normal form C")
    for char in label:
        if section := disallowed(char):
            raise Refused(f"5892 {section}: U+{ord(char):04X}")
    if label[2:4] == "--":
        raise Refused("5891 5.4: hyphens in third and fourth place")
    if label.startswith("-") or label.endswith("-"):
        raise Refused("5891 4.2.3.1: a hyphen at an end")
    if unicodedata.category(label[0]).startswith("M"):
        raise Refused("5891 5.4: begins with a combining mark")
    for at, char in enumerate(label):
        if char in "\u200c\u200d" or ord(char) in CONTEXTO:
            if not context_holds(label, at):
                rule = CONTEXTO.get(ord(char)) or ("A.1" if char == "\u200c" else "A.2")
                raise Refused(f"5892 {rule}: U+{ord(char):04X}")


def u_label(label: str) -> str:
    """A label as a U-label, or as what it is if ASCII (RFC 5890 2.3)."""
    if not label:
        raise Refused("1035 3.1: an empty label")
    if label.isascii():
        label = label.lower()
        if not re.fullmatch("[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?", label):
            raise Refused("5890 2.3.1: not letters, digits and inner hyphens")
        if not label.startswith("xn--"):
            if label[2:4] == "--":
                raise Refused("5890 2.3.1: a reserved label")
            return label
        try:
            out = label[4:].encode().decode("punycode")
        except (UnicodeError, ValueError, OverflowError) as bad:
            raise Refused("5891 5.3: no Punycode") from bad
        if out.isascii() or a_label(out) != label:
            raise Refused("5891 5.3: does not encode back")
        label = out
    check_u_label(label)
    return label


def a_label(label: str) -> str:
    """The A-label of a U-label; an ASCII one as it is."""
    return label if label.isascii() else "xn--" + label.encode("punycode").decode()


def to_ascii(name: str) -> str:
    """The A-labels of a name, without trailing dot, or `Refused` with the reason."""
    labels = [u_label(label) for label in name.removesuffix(".").split(".")]
    kinds = {unicodedata.bidirectional(char) for label in labels for char in label}
    if kinds & {"R", "AL", "AN"}:
        for label in labels:
            if not bidi_holds(label):
                raise Refused(f"5893 2: {label}")
    encoded = [a_label(label) for label in labels]
    for label in encoded:
        if len(label) > 63:
            raise Refused("5890 2.3.2.1: a label longer than 63 octets")
    out = ".".join(encoded)
    if len(out) > 253:
        raise Refused("1035 2.3.4: longer than 253 octets")
    return out
