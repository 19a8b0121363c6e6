"""Shows the main job: good peers are proved and spoken to, bad ones refused, and why.

usage: demo.py SSLCLIENT ZONES_DIR

One line a case; exit status 1 when a peer is judged otherwise than the zones were made for.
"""

import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass

from harness import HANG_SECONDS


@dataclass(frozen=True)
class Case:
    """A peer of the test internet and what must come of it."""

    host: str
    story: str
    proved: bool
    port: int = 443
    options: tuple[str, ...] = ()
    child: str = "exec 7>&-"    # what the program on the descriptors does, for sh


CASES = [
    Case("www.secure.example", "its key is in DNSSEC (3 1 1)", True),
    Case("u211.secure.example", "its own CA's key is in DNSSEC (2 1 1)", True),
    Case("u200-unsent.secure.example", "the CA is in the DNS alone (2 0 0)", True),
    Case("expired-ee.secure.example", "3 1 1 knows no dates: an expired certificate", True),
    Case("www.bücher.example", "an internationalised name", True),
    Case("alias.secure.example", "an alias, all secure", True),
    Case("raw.secure.example", "a raw public key, no certificate (RFC 7250)", True),
    Case("mx1.mail.example", "Postfix, after STARTTLS", True, 25, ("--starttls", "smtp"),
         r"printf 'QUIT\r\n' >&7; cat <&6 >/dev/null"),
    Case("absent.secure.example", "securely no TLSA; falls back to the CA of -a", True, 443,
         ("-a", "{zones}/certs/ca.pem")),
    Case("absent.secure.example", "securely no TLSA, no CA named", False),
    Case("mismatch.secure.example", "another key than the one in DNSSEC", False),
    Case("evil11.secure.example", "a forger who appends the genuine CA", False),
    Case("expired-ta.secure.example", "2 1 1 knows dates: expired", False),
    Case("wrong-name-ta.secure.example", "the CA's certificate for another host", False),
    Case("all-unusable.secure.example", "not one record can be used", False),
    Case("www.plain.example", "a zone without DNSSEC", False),
    Case("www.unsigned.example", "a zone whose signatures were stripped", False),
    Case("www.expired.example", "a zone whose signatures have expired", False),
    Case("www.servfail.example", "name servers that fail for TLSA", False),
    Case("no-starttls.mail.example", "STARTTLS stripped", False, 25, ("--starttls", "smtp")),
]
COLOURS = {"ok": "\033[32m", "bad": "\033[31m", "dim": "\033[2m", "off": "\033[0m"}


def run(program: str, zones: pathlib.Path, case: Case) -> tuple[int, dict[str, str], bool]:
    """The exit status, the verdict, and whether the child was started."""
    command = [program, "--unbound-conf", str(zones / "unbound.conf"), "-qRHl0", "-T", "3+3",
               "--json", *(word.format(zones=zones) for word in case.options),
               case.host, str(case.port), "sh", "-c", f"echo child; {case.child}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=HANG_SECONDS, check=False)
    lines = done.stderr.strip().splitlines()
    verdict = json.loads(lines[0]) if lines else {"status": "?", "detail": done.stderr}
    return done.returncode, verdict, done.stdout == "child\n"


def main() -> int:
    program, zones = sys.argv[1], pathlib.Path(sys.argv[2])
    colour = COLOURS if sys.stdout.isatty() else dict.fromkeys(COLOURS, "")
    print("sslclient asks the signed test internet, and believes nobody else.\n")
    wrong = 0
    for case in CASES:
        status, verdict, child = run(program, zones, case)
        proved = verdict["status"] not in ("rejected", "?")
        as_meant = (proved, child, status) == (case.proved, case.proved, 0 if case.proved else 111)
        wrong += not as_meant
        word = (f"{colour['ok']}proved {colour['off']}" if proved
                else f"{colour['bad']}refused{colour['off']}")
        print(f"{word} {case.host}:{case.port}  {case.story}")
        print(f"        {colour['dim']}{verdict['detail']}{colour['off']}", flush=True)
        if not as_meant:
            print(f"        NOT AS MEANT: exit {status}, child started: {child}")
    print(f"\n{len(CASES) - wrong} as meant, {wrong} not. No CA file was read but the one "
          "that -a names.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
