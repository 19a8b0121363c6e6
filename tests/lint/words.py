"""Words: what names and comments must keep to, so that each can be read alone.

1. A type name that headers of two name spaces define has one row in docs/dev/words.md that
   names both; and what docs/dev/words.md names in code font with `::` exists. Types of a
   single .cpp file are read with that file and do not count.
2. No comment starts with a word that points at the comment before it ("The same for ...").
3. Each room has one header that opens with `// ROOM: `. What that comment names exists.
   It names the ways in: the headers that other rooms include; where these are more than
   eight, those that three rooms or more include. A newcomer needs no more, and a header
   that only one room uses costs nobody a change of the comment.
4. A level of security goes down in src/base/policy.cpp alone: nobody else sets `proof` or
   `tls` of a Requirement. Codes are compared as values, never as words, and what a
   requirement rests on is not read out of a line for people.
"""

import collections
import pathlib
import re
import sys

import rooms

TYPE = re.compile(r"(?:class|struct|enum class|enum|union)\s+(?:\[\[\w+\]\]\s+)?(\w+)[^;()]*$")
TYPE_ON_ONE_LINE = re.compile(r"(?:class|struct|enum class|enum|union)\s+(\w+)[^;()]*\{")
POINTS_BACK = re.compile(r"(The same|As|Those|Of)\b")
MEMBER_POINTS_BACK = re.compile(r"///<\s+(the same|as above)\b")
NAMED_FILE = re.compile(r"(?<![\w/.])((?:\w+/)*\w+\.(?:h|cpp))\b")
QUALIFIED = re.compile(r"`((?:\w+::)+\w+)`")
MANY = 8
CODE_AS_TEXT = re.compile(r'\bcode\s*[!=]=\s*"|"\s*[!=]=\s*[\w.]+\.code\b')
SETS_A_LEVEL = re.compile(
    r"\.proof\s*=(?!=)|\.tls\s*=(?!=)[^;]*\bTls::|\brequire(?:ment|d)\.tls\s*=(?!=)")
READS_A_SOURCE = re.compile(r'\bsource(?:\(\))?\.(?:starts_with|ends_with|find)\("')
LEVELS = "src/base/policy.cpp"


def types_of(text: str):
    """(name space, name) of each type that a header defines at name-space scope."""
    inside: list[str] = []
    for line in text.splitlines():
        if match := re.match(r"namespace ([\w:]+) \{", line):
            inside.append(match.group(1))
        elif line.startswith("}  // namespace") and inside:
            inside.pop()
        elif match := TYPE.match(line) or TYPE_ON_ONE_LINE.match(line):
            yield "::".join(inside), match.group(1)


def says_both(row: str, spaces: set[str], name: str) -> bool:
    if f"`*::{name}`" in row:
        return True
    return all(f"`{space}::{name}`" in row or (f"`{space}::*`" in row and f"`{name}`" in row)
               for space in spaces)


def type_faults(house: rooms.House, page: str) -> list[str]:
    spaces: dict[str, set[str]] = collections.defaultdict(set)
    for path, text in house.files.items():
        if path.endswith(".h"):
            for space, name in types_of(text):
                spaces[name].add(space)
    rows = [line for line in page.splitlines() if line.startswith("|")]
    return [f"docs/dev/words.md: no row says what {name} means in each of "
            + ", ".join(sorted(where))
            for name, where in sorted(spaces.items())
            if len(where) > 1 and not any(says_both(row, where, name) for row in rows)]


def page_faults(house: rooms.House, page: str) -> list[str]:
    """What the page names is there: types and functions in code font, and files."""
    everything = "\n".join(house.files.values())
    types = {f"{space}::{name}" for path, text in house.files.items() if path.endswith(".h")
             for space, name in types_of(text)}
    found = [f"docs/dev/words.md: there is no {word}"
             for word in sorted(set(QUALIFIED.findall(page)))
             if word not in types and
             (word.rsplit("::", 1)[1][0].isupper() or
              not re.search(rf"\b{word.rsplit('::', 1)[1]}\b", everything))]
    return found + [f"docs/dev/words.md: there is no {file}"
                    for file in sorted(set(NAMED_FILE.findall(page)))
                    if file not in house.files]


def comment_faults(path: str, text: str) -> list[str]:
    found = []
    before = ""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = line.strip()
        match = re.match(r"///?(?!<)\s+(.*)", stripped)
        if match and not before.startswith("//") and POINTS_BACK.match(match.group(1)):
            found.append(f"{path}:{number}: starts with a word that points back: {stripped}")
        if MEMBER_POINTS_BACK.search(line):
            found.append(f"{path}:{number}: points at another line: {stripped}")
        before = "" if stripped.startswith("///<") else stripped
    return found


def room_comment(text: str) -> str:
    lines = []
    for line in text.splitlines():
        if not line.startswith("//"):
            break
        lines.append(line)
    return "\n".join(lines)


def ways_in(house: rooms.House, room: str) -> set[str]:
    users: dict[str, set[str]] = collections.defaultdict(set)
    for path in house.files:
        for name in house.includes(path):
            if house.room_of(name) == room and (user := house.room_of(path)) != room:
                users[name.removeprefix(room + "/")].add(user or "")
    if len(users) <= MANY:
        return set(users)
    return {name for name, rooms_ in users.items() if len(rooms_) >= 3}


def room_faults(house: rooms.House, room: str) -> list[str]:
    headers = [path for path in house.files
               if path.endswith(".h") and house.room_of(path) == room]
    opening = [path for path in headers if house.files[path].startswith(f"// {room}: ")]
    if not headers:
        return []
    if len(opening) != 1:
        return [f"{room}: one header opens with `// {room}: `, not {len(opening)} "
                + " ".join(opening)]
    comment = room_comment(house.files[opening[0]])
    named = set(NAMED_FILE.findall(comment))
    found = [f"{opening[0]}: names {name}, which is not there" for name in sorted(named)
             if name not in house.files and f"{room}/{name}" not in house.files]
    if len(headers) > 3:
        found += [f"{opening[0]}: does not name {name}, a way into the room"
                  for name in sorted(ways_in(house, room))
                  if name not in named and f"{room}/{name}" != opening[0]]
    return found


def code_faults(path: str, text: str) -> list[str]:
    found = []
    for pattern, why in ((CODE_AS_TEXT, "compares a code with a word"),
                         (SETS_A_LEVEL, f"a level goes down in {LEVELS} alone"),
                         (READS_A_SOURCE, "reads a line that is for people")):
        if pattern is SETS_A_LEVEL and path == LEVELS:
            continue
        for match in pattern.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: {why}")
    return found


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    house = rooms.House(root)
    page = (root / "docs/dev/words.md").read_text(encoding="utf-8")
    found = type_faults(house, page) + page_faults(house, page)
    for room in house.rooms:
        found += room_faults(house, room)
    for path, text in house.files.items():
        found += comment_faults(path, text) + code_faults(path, text)
    for line in found:
        print(line)
    print(f"words: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
