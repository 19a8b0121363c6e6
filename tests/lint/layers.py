"""Holds every #include and a few words of code against the rooms of docs/architecture.md.

Data moves to the right; nothing on the right is included by anything on its left, and what
decides touches no session, clock or environment.
"""

import pathlib
import re
import sys

# room -> the rooms of ours that it may include, itself always
ROOMS = {
    "src/base": [],
    "src/io": ["src/base"],
    "resolver": ["src/base", "src/io/loop.h", "src/io/pulse.h"],
    "verify": ["src/base"],
    "src/tls": ["src/base", "src/io", "verify/chain.h", "verify/certificate.h",
                "verify/key.h", "verify/stand_in.h", "verify/tls_key.h"],
    "src/relay": ["src/base", "src/io", "src/tls"],
    "src/client": ["src/base", "src/io", "src/tls", "resolver", "verify"],
    "src/ucspi": ["src/base", "src/io", "src/tls", "src/client", "src/relay", "resolver",
                  "verify"],
    "src/smtp": ["src/base", "src/io", "src/tls"],
    "src/mail": ["src/base", "src/io", "src/tls", "src/client", "src/smtp", "resolver",
                 "verify"],
    "src/tlsrpt": ["src/base", "src/io", "verify/verdict.h"],
    "src/qmail": ["src/base", "src/io", "src/tls", "src/client", "src/smtp", "src/mail",
                  "src/tlsrpt", "resolver", "verify"],
    "src/audit": ["src/base", "src/io", "src/tls", "src/client", "src/smtp", "src/mail",
                  "resolver", "verify"],
    "src/publish": ["src/base", "verify"],
    "cli": ["src", "resolver", "verify"],
}
# header -> the files that may include it
ONLY_IN = {
    "unbound.h": ["resolver/context.cpp", "resolver/unbound_source.cpp",
                  "resolver/trust_anchor.cpp", "resolver/unbound_events.cpp",
                  "resolver/unbound_messages.cpp", "resolver/unbound_options.cpp"],
    "gmp.h": ["verify/curve.cpp"],
    "idn2.h": ["src/base/idna.cpp"],
    "unictype.h": ["src/base/bidi.cpp", "src/base/misleading.cpp"],
    "unicase.h": ["src/base/fold.cpp"],
    "arpa/nameser.h": ["resolver/answer_section.cpp", "resolver/wire_name.cpp"],
}
PURE = ["src/base", "verify"]
FORBIDDEN_IN_PURE = re.compile(
    r"gnutls_session_|gnutls_handshake|gnutls_record_|gnutls/dane\.h|\btime\(|gettimeofday"
    r"|system_clock::now|steady_clock::now|\bgetenv\(|\bsocket\(|\bfopen\(|ifstream|std::thread")
INCLUDE = re.compile(r'^\s*#include\s+[<"]([^>"]+)[>"]', re.MULTILINE)


def room_of(path: str) -> str | None:
    """The room that a file of ours, or an include of one, lives in."""
    for room in ROOMS:
        if path.startswith(room + "/"):
            return room
    return None


def is_allowed(room: str, include: str) -> bool:
    if room_of(include) is None or include.startswith(room + "/"):
        return True
    return any(include == open_to or include.startswith(open_to + "/")
               for open_to in ROOMS[room])


def faults(root: pathlib.Path) -> list[str]:
    found = []
    for file in sorted(root.rglob("*")):
        path = file.relative_to(root).as_posix()
        room = room_of(path)
        if room is None or file.suffix not in (".h", ".cpp"):
            continue
        text = file.read_text(encoding="utf-8")
        for include in INCLUDE.findall(text):
            if not is_allowed(room, include):
                found.append(f"{path}: {room} must not include {include}")
            if include in ONLY_IN and path not in ONLY_IN[include]:
                found.append(f"{path}: {include} has its own file: {ONLY_IN[include]}")
        if room in PURE:
            for match in FORBIDDEN_IN_PURE.finditer(text):
                found.append(f"{path}: {match.group(0)} has no place where it is decided")
    return found


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    found = faults(root)
    for line in found:
        print(line)
    print(f"layers: {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
