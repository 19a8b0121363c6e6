"""Every test that docs/dev/rules.md names exists, and every rule R1 to R202 has its row."""

import pathlib
import re
import sys

LAST_RULE = 202
TABLES = ("cases.tsv", "qmail_remote_cases.tsv")
GTEST = re.compile(r"\b(?:TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*(\w+)\s*,\s*(\w+)")
NAMED = re.compile(r"`(\w+)\.(\w+)`")
ZOO = re.compile(r"`zoo:([\w-]+)`")
CASE = re.compile(r"`case:([\w.+-]+)`")


def known_tests(root: pathlib.Path) -> set[str]:
    tests = set()
    for file in (root / "tests").rglob("*.cpp"):
        for suite, name in GTEST.findall(file.read_text(encoding="utf-8")):
            tests.add(f"{suite}.{name}")
    for file in (root / "tests").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        suite = None
        for line in text.splitlines():
            if match := re.match(r"class (\w+)", line):
                suite = match.group(1)
            if (match := re.match(r"\s+def (test_\w+)", line)) and suite:
                tests.add(f"{suite}.{match.group(1)}")
    return tests


def known_cases(root: pathlib.Path) -> set[str]:
    found = set()
    for table in TABLES:
        lines = (root / "tests/programs" / table).read_text(encoding="utf-8").splitlines()
        found |= {line.split(" | ")[0].strip() for line in lines
                  if line.strip() and not line.startswith("#")}
    return found


def zoo_codes(root: pathlib.Path) -> set[str]:
    """The findings that some row of the zoo must show."""
    lines = (root / "tests/programs/audit_zoo.tsv").read_text(encoding="utf-8").splitlines()
    return {code for line in lines if " | " in line and not line.startswith("#")
            for code in line.split(" | ")[2].split()}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    text = (root / "docs/dev/rules.md").read_text(encoding="utf-8")
    tests, cases = known_tests(root), known_cases(root)
    faults = [f"docs/dev/rules.md names {suite}.{name}, which is no test"
              for suite, name in NAMED.findall(text)
              if f"{suite}.{name}" not in tests]
    faults += [f"docs/dev/rules.md names case:{name}, which is no row of any table"
               for name in CASE.findall(text) if name not in cases]
    codes = zoo_codes(root)
    faults += [f"docs/dev/rules.md names zoo:{code}, which no row of the zoo has"
               for code in ZOO.findall(text) if code not in codes]
    rows = set(re.findall(r"^\|\s*(R\d+)\s*\|", text, re.MULTILINE))
    faults += [f"docs/dev/rules.md has no row for R{n}"
               for n in range(1, LAST_RULE + 1) if f"R{n}" not in rows]
    for fault in faults:
        print(fault)
    print(f"rules: {len(faults)} faults, {len(rows)} rules")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
