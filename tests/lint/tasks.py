"""Every task of tests/programs/tasks.tsv is held by a test that exists and is run.

    tasks.py ROOT

A holder may be (several stand with ` & ` between them):

    FILE.py:Class.test                  of tests/programs, where tests/CMakeLists.txt names the file
    tests/ROOM/FILE_test.cpp:Suite.Name
    cases.tsv:NAME                      a row of a table of tests/programs
    tests/lint/FILE.py                  that tests/CMakeLists.txt runs
    PAGE#COMMAND                        a line of a block that guides.py runs begins with it,
                                        behind the prompt where the block is a session
    open                                nothing does the task yet; OPEN has its number
"""

import pathlib
import re
import sys

import rules

LAST_TASK = 66
OPEN: set[int] = set()    # of those that nothing does yet
BLOCK = re.compile(r"^( *)<!-- (?:runs\b|session)[^\n]* -->\n\1```\w*\n(.*?)^\1```$", re.M | re.S)


class Holders:
    """What there is to hold a task."""

    def __init__(self, root: pathlib.Path) -> None:
        self.root = root
        self.registered = self.text("tests/CMakeLists.txt")
        self.followed = set(re.findall(r'self\.follow\("([^"]+)"\)',
                                       self.text("tests/programs/guides.py")))

    def text(self, name: str) -> str:
        """A file of the repository; empty if it is not there."""
        path = self.root / name
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def has_method(self, name: str, test: str) -> bool:
        suite, _, method = test.partition(".")
        body = re.search(rf"^class {re.escape(suite)}\(.*?(?=^class |\Z)",
                         self.text(f"tests/programs/{name}"), re.M | re.S)
        return bool(body and re.search(rf"^    def {re.escape(method)}\(", body[0], re.M)
                    and re.search(rf"(?<![\w./]){re.escape(name)}\b", self.registered))

    def has_command(self, page: str, command: str) -> bool:
        return page in self.followed and any(
            line.strip().removeprefix("$ ").startswith(command)
            for _, block in BLOCK.findall(self.text(page)) for line in block.splitlines())

    def fault(self, holder: str) -> str:
        """Why it holds nothing; empty if it does."""
        if re.fullmatch(r"tests/lint/\w+\.py", holder):
            name = pathlib.PurePath(holder).stem
            found = self.text(holder) and re.search(rf"\blint_{name}\b", self.registered)
            return "" if found else "is no lint that is run"
        if "#" in holder:
            page, command = holder.split("#", 1)
            return ("" if command and self.has_command(page, command)
                    else "is no command that guides.py runs")
        file, _, test = holder.partition(":")
        if file.endswith(".py"):
            return "" if self.has_method(file, test) else "is no test that is run"
        if file.endswith(".cpp"):
            found = tuple(test.split(".")) in rules.GTEST.findall(self.text(file))
            return "" if found else "is no unit test"
        if file in rules.TABLES:
            return "" if test in rules.known_cases(self.root) else "is no row of a table"
        return "is nothing that can hold a task"


def row_faults(holders: Holders, number: int, commands: str, held: str) -> list[str]:
    if held == "open":
        return [] if number in OPEN and commands == "-" else [
            f"task {number} is open, and tests/lint/tasks.py does not allow that"]
    found = [f"task {number}: {holder} {fault}" for holder in held.split(" & ")
             if (fault := holders.fault(holder))]
    if number in OPEN:
        found.append(f"task {number} is held: take it out of OPEN in tests/lint/tasks.py")
    if not re.fullmatch(r"[1-9]\d?", commands):
        found.append(f"task {number}: {commands} is no number of commands")
    return found


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    holders, seen, found = Holders(root), [], []
    for line in holders.text("tests/programs/tasks.tsv").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        cells = line.split(" | ", 3)
        if len(cells) != 4 or not cells[0].isdigit() or not all(map(str.strip, cells)):
            found.append(f"not NUMBER | TASK | COMMANDS | HELD: {line}")
            continue
        seen.append(int(cells[0]))
        found += row_faults(holders, seen[-1], cells[2], cells[3])
    found += [f"task {number} stands there {seen.count(number)} times"
              for number in range(1, max([LAST_TASK, *seen]) + 1) if seen.count(number) != 1]
    for line in found:
        print(line)
    still_open = ", ".join(map(str, sorted(OPEN))) or "none"
    print(f"tasks: {len(found)} faults, {len(seen)} tasks, open: {still_open}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
