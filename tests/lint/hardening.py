"""Whether programs were built as hard to exploit as the compiler can make them.

    hardening.py PROGRAM...

Looks at the programs themselves, for a flag that is passed may be one that is overruled.
"""

import re
import subprocess
import sys


def readelf(option: str, program: str) -> str:
    """What readelf says."""
    return subprocess.run(["readelf", "-W", option, program], check=True, text=True,
                          capture_output=True).stdout


def faults(program: str) -> list[str]:
    """What is missing, in words."""
    headers, segments = readelf("-h", program), readelf("-l", program)
    dynamic, symbols = readelf("-d", program), readelf("--dyn-syms", program)
    with open(program, "rb") as file:
        content = file.read()
    checks = {
        "position independent (PIE)": "DYN (" in headers and "PIE" in dynamic,
        "read-only relocations": "GNU_RELRO" in segments,
        "all symbols bound at start": re.search(r"BIND_NOW|\bNOW\b", dynamic),
        "no executable stack": re.search(r"GNU_STACK\s.*\sRW\s", segments),
        "stack protector": "__stack_chk_fail" in symbols,
        "fortified calls": re.search(r"__\w+_chk\b", symbols.replace("__stack_chk_fail", "")),
        # The text is the library's, which may be linked statically or not.
        "assertions of libstdc++": (b"%s:%d: %s: Assertion '" in content
                                    or "__glibcxx_assert_fail" in symbols),
    }
    return [f"{program}: not built with: {what}" for what, there in checks.items() if not there]


def main() -> int:
    """The command line."""
    found = [fault for program in sys.argv[1:] for fault in faults(program)]
    for line in found:
        print(line)
    print(f"hardening: {len(found)} faults in {len(sys.argv) - 1} programs")
    return 1 if found or len(sys.argv) < 2 else 0


if __name__ == "__main__":
    sys.exit(main())
