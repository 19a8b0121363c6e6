"""Writes docs/dev/comparison.md: what other tools say of the deployments of audit_zoo.tsv.

    compare.py DANE ZONES_DIR > docs/dev/comparison.md

Run inside with_zones.py, as root: the other tools take resolver and trust anchor from files
of the system, which are other ones in a mount namespace of their own.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness import HANG_SECONDS

HERE = Path(__file__).resolve().parent
RESOLVER = "10.53.0.53"    # danetool's libunbound asks no loopback address
WORKERS = 4
TOOLS = ("posttls-finger", "danetool", "ldns-dane")

HEAD = """# Beside other tools

Written by `./dev compare`: what the tools that Debian has say of each deployment in
tests/programs/audit_zoo.tsv, where `dane audit`, and `qmail-remote` with it, were held to
what RFC 7672 demands.

- `posttls-finger -c -l dane` (Postfix) gets the domain; it looks at the first host that
  answers.
- `danetool --local-dns --check HOST --port 25 --starttls-proto smtp` (GnuTLS) gets the first MX host: it
  looks no MX record up.
- `ldns-dane verify HOST 25` gets it too; it speaks no STARTTLS.

*right*: it says proved of a domain that is enforced, or does not of one that is broken, undecided
or not deployed. *half*: it finds some of what is wrong with a domain that mail still reaches.
*misses*: it says nothing, or proved where not every way in is. *wrong*: it says proved of a domain that is
broken, or not proved of one that is enforced. In some of these others differ with reason: Postfix
drops clear text behind the go-ahead for TLS where we break off, OpenSSL looks at no key usage
where GnuTLS does, and of two keys each client is shown the one that it likes better.
"""


@dataclass(frozen=True)
class Row:
    """A deployment: what the audit says of it."""

    domain: str
    grade: str
    codes: str
    host: str


def enter() -> None:
    """Runs this program again with the files that the other tools read."""
    if os.environ.get("COMPARE_BOUND"):
        return
    zones = Path(sys.argv[2])
    (zones / "resolv.conf").write_text(f"nameserver {RESOLVER}\noptions trust-ad edns0\n")
    (zones / "outside.conf").write_text((zones / "resolver.conf").read_text()
                                        .replace("interface: 127.53.0.53",
                                                 f"interface: {RESOLVER}")
                                        .replace("127.0.0.0/8 allow", "0.0.0.0/0 allow")
                                        .replace("unbound.pid", "outside.pid"))
    subprocess.run(["ip", "addr", "add", f"{RESOLVER}/32", "dev", "lo"], check=True)
    unbound = subprocess.Popen(["unbound", "-d", "-c", str(zones / "outside.conf")],
                               stderr=subprocess.DEVNULL)
    script = ('mount --make-rprivate / && mount --bind "$1" "$(readlink -f /etc/resolv.conf)" '
              '&& mount --bind "$2" /usr/share/dns/root.key && shift 2 && exec "$@"')
    done = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh",
                           str(zones / "resolv.conf"), str(zones / "root.key"),
                           sys.executable, *sys.argv],
                          env={**os.environ, "COMPARE_BOUND": "yes"}, check=False)
    unbound.terminate()
    unbound.wait()
    sys.exit(done.returncode)


def said(command: list[str]) -> str:
    """All that a tool says."""
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, timeout=HANG_SECONDS, check=False)
        return done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired:
        return "no end"


def posttls_finger(row: Row) -> str:
    """`proved`, `not proved` or `nothing`."""
    text = said(["posttls-finger", "-c", "-l", "dane", "-T", "5", row.domain])
    if "Verified TLS connection established" in text:
        return "proved"
    told = ("TLS connection established", "SSL_connect error", "STARTTLS", "lookup error",
            "Failed to establish session")
    return "not proved" if any(words in text for words in told) else "nothing"


def danetool(row: Row) -> str:
    """The same."""
    text = said(["danetool", "--local-dns", "--check", row.host, "--port", "25", "--starttls-proto", "smtp"])
    if re.search(r"Verification: Certificate matches", text):
        return "proved"
    return "not proved" if "Verification:" in text else "nothing"


def ldns_dane(row: Row) -> str:
    """The same."""
    text = said(["ldns-dane", "-4", "-r", RESOLVER, "-k", "/usr/share/dns/root.key", "verify",
                 row.host, "25"])
    if "dane-validated successfully" in text:
        return "proved"
    return "not proved" if "did not dane-validate" in text else "nothing"


def judged(grade: str, word: str) -> str:
    """What a tool's word is worth."""
    if grade == "undecided":
        return "right" if word != "proved" else "misses"
    if grade in ("broken", "not-deployed"):
        if word == "proved":
            return "wrong"
        return "right" if word == "not proved" or grade == "not-deployed" else "misses"
    if grade == "enforced":
        return {"proved": "right", "not proved": "wrong", "nothing": "misses"}[word]
    return {"proved": "misses", "not proved": "half", "nothing": "misses"}[word]


def rows(dane: str, zones: Path) -> list[Row]:
    """The deployments, as the audit finds them now."""
    table = (HERE / "audit_zoo.tsv").read_text(encoding="utf-8").splitlines()
    domains = [line.split(" | ")[0].strip() for line in table
               if line.strip() and not line.startswith("#")]
    done = subprocess.run(
        [dane, "audit", "--unbound-conf", str(zones / "unbound.conf"), "--helo", "me.example",
         "--retries", "0", "--timeout", "4", "--dns-timeout", "6", "--per-address", "50",
         "--per-network", "500", "--json", "-f", "-"], input="\n".join(domains), text=True,
        capture_output=True, check=False)
    out = []
    for line in sorted(done.stdout.splitlines(), key=lambda line: json.loads(line)["number"]):
        found = json.loads(line)
        codes = sorted({item["code"] for item in found["findings"]
                        if item["severity"] != "note"})
        hosts = found["hosts"]
        if found["domain"]:
            out.append(Row(found["domain"], found["grade"], ", ".join(codes),
                           hosts[0]["name"] if hosts else found["domain"]))
    return out


def main() -> int:
    enter()
    found = rows(sys.argv[1], Path(sys.argv[2]))
    words: dict[str, list[str]] = {}
    with tempfile.TemporaryDirectory() as scratch:
        os.chdir(scratch)    # danetool leaves files where it is
        for name, tool in zip(TOOLS, (posttls_finger, danetool, ldns_dane)):
            with ThreadPoolExecutor(WORKERS) as pool:
                words[name] = list(pool.map(tool, found))
        os.chdir("/")
    print(HEAD)
    print("| of " + str(len(found)) + " deployments | right | half | misses | wrong |")
    print("| --- | --- | --- | --- | --- |")
    for name in TOOLS:
        worth = [judged(row.grade, word) for row, word in zip(found, words[name])]
        counts = " | ".join(str(worth.count(kind))
                            for kind in ("right", "half", "misses", "wrong"))
        print(f"| `{name}` | {counts} |")
    print("\n| domain | `dane audit` | its warnings and errors | "
          + " | ".join(f"`{name}`" for name in TOOLS) + " |")
    print("| --- | --- | --- | --- | --- | --- |")
    for index, row in enumerate(found):
        cells = []
        for name in TOOLS:
            word = words[name][index]
            cells.append(f"{word} ({judged(row.grade, word)})")
        print(f"| {row.domain} | {row.grade} | {row.codes} | " + " | ".join(cells) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
