"""Every RFC that the code speaks of stands in docs/dev/rfc-index.txt, and no other."""

import pathlib
import re
import sys

RFC = re.compile(r"\bRFC (\d{3,5})\b")
ENTRY = re.compile(r"^(\d{3,5})\s+.+\s+(yes|partial|no)\s*$")


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    spoken_of = set()
    for room in ("src", "resolver", "verify", "cli"):
        for file in sorted((root / room).rglob("*")):
            if file.suffix in (".h", ".cpp"):
                spoken_of.update(RFC.findall(file.read_text(encoding="utf-8")))
    listed = set()
    faults = []
    for line in (root / "docs/dev/rfc-index.txt").read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        entry = ENTRY.match(line)
        if entry is None:
            faults.append(f"docs/dev/rfc-index.txt: not NUMBER TITLE yes|partial|no: {line}")
        else:
            listed.add(entry.group(1))
    faults += [f"RFC {n} is spoken of and not listed" for n in sorted(spoken_of - listed)]
    faults += [f"RFC {n} is listed and not spoken of" for n in sorted(listed - spoken_of)]
    for fault in faults:
        print(fault)
    print(f"rfc_index: {len(faults)} faults, {len(spoken_of)} RFCs")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
