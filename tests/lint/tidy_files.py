"""Prints the source files of the programs that clang-tidy can read, one a line.

The clang of Debian 12 does not know coroutines with this standard library, so a file that
includes them, itself or through another header of the project, is left to GCC's warnings.
Which files those are follows from the #include lines: a list kept by hand would be wrong
with the next #include.
"""

import pathlib
import re
import subprocess
import sys

COROUTINES = re.compile(r"^#include <(asio\.hpp|asio/|coroutine>)", re.M)
OWN = re.compile(r'^#include "([^"]+)"', re.M)


def main() -> None:
    root = pathlib.Path(sys.argv[1])
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "*.cpp", "*.h"],
                            cwd=root, check=True, capture_output=True, text=True)
    texts = {name: (root / name).read_text() for name in listed.stdout.split()
             if (root / name).exists() and not name.startswith("tests/")}
    includes = {name: OWN.findall(text) for name, text in texts.items()}
    unreadable = {name for name, text in texts.items() if COROUTINES.search(text)}
    grown = True
    while grown:
        more = {name for name in includes if not unreadable.isdisjoint(includes[name])}
        grown = not more <= unreadable
        unreadable |= more
    readable = sorted(name for name in texts
                      if name.endswith(".cpp") and name not in unreadable)
    if not readable:
        sys.exit("tidy_files: no file is readable: what is looked for is wrong")
    print("\n".join(readable))


main()
