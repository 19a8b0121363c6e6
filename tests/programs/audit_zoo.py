r"""Audits every domain of audit_zoo.tsv, and sees that the real qmail-remote agrees.

    audit_zoo.py DANE QMAIL_REMOTE ZONES_DIR [WORD...]    the domains that contain one

A row: `domain | grade | codes`, and perhaps a mark. `codes` are all that `dane
audit` finds, sorted, `-` for none. Two notes are not written where both are found:
`mta-sts-absent` and `tlsrpt-absent`; `+texts` says that neither is found, and goes without
saying where the MX look-up itself ends the audit.

Grade and codes are compared exactly, also where a resolver on this machine is believed
(--trust-ad). Then mail is sent to every domain under the default
policy: `enforced` is delivered and Verified, `partial` is delivered, `broken` and
`undecided` are not, `not-deployed` is never Verified nor held back for want of proof
(4.7.5).

Marks: `self: REASON`, no mail is sent, since there the sender takes a mail host for itself;
`unbound: SETTING`, a line more in unbound.conf for both.

Every code of the catalogue is in the table, but for what a resolver meets or not as it
happens (tests/audit/dns_findings_test.cpp has that), what takes very long
(audit_hostile.py), a key that no mail server would show (odd_leaves.py), and what comes with
an option (audit_private.py). audit_advice.tsv has the rows that are those of a domain that
follows its advice. Exit status 77 where Postfix or Exim is not here, since most rows need
them.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import qmail_remote_cases as sender
from harness import HANG_SECONDS
from nameservers import RESOLVER  # the sender's cases know the way

HERE = Path(__file__).resolve().parent
TABLE = HERE / "audit_zoo.tsv"
BESIDE = {"mta-sts-absent", "tlsrpt-absent"}
ENDS = {"bad-input", "no-domain", "mx-bogus", "mx-lookup-fails", "mx-null", "no-mail-host",
        "mx-none-usable"}
ELSEWHERE = {"tlsa-server-stale", "host-slow", "private-address", "unsupported-key"}
WORKERS = 8
OPTIONS = ("--helo", "me.example", "--retries", "0", "--timeout", "8", "--dns-timeout", "8",
           "--per-address", "50", "--per-network", "500", "--rate", "2000", "--parallel", "60",
           "--json")
SKIPPED = 77


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    domain: str
    grade: str
    codes: frozenset[str]
    exempt: str = ""     # why no mail is sent
    setting: str = ""    # of the resolver, beside those of the zones


def codes_of(text: str) -> frozenset[str]:
    """The codes of a cell, whole."""
    words = set(text.split()) - {"-"}
    if "+texts" in words or words & ENDS:
        return frozenset(words - {"+texts"})
    return frozenset(words if words & BESIDE else words | BESIDE)


def cell_of(codes: frozenset[str]) -> str:
    """The other way round."""
    if codes >= BESIDE or codes & ENDS:
        return " ".join(sorted(codes - BESIDE)) or "-"
    return " ".join(sorted(codes if codes & BESIDE else codes | {"+texts"}))


def load() -> list[Row]:
    """All rows, domains unique and codes in order."""
    rows = []
    for line in TABLE.read_text().splitlines():
        if not line or line.startswith("#"):
            continue
        domain, grade, cell, *mark = (part.strip() for part in line.split(" | "))
        kind, _, text = "".join(mark).partition(": ")
        if kind not in ("", "self", "unbound"):
            raise ValueError(f"{TABLE.name}: {domain}: no such mark as {kind}")
        row = Row(domain, grade, codes_of(cell), text if kind == "self" else "",
                  text if kind == "unbound" else "")
        if cell_of(row.codes) != cell:
            raise ValueError(f"{TABLE.name}: {domain}: codes are written {cell_of(row.codes)}")
        rows.append(row)
    domains = [(row.domain, row.setting) for row in rows]
    for domain in domains:
        if domains.count(domain) > 1:
            raise ValueError(f"{TABLE.name}: {domain[0]} is there twice")
    return rows


def configuration(setting: str, directory: Path, scratch: Path) -> Path:
    """The resolver's settings, with one more."""
    if not setting:
        return directory / "unbound.conf"
    file = Path(tempfile.mkdtemp(dir=scratch)) / "unbound.conf"
    text = (directory / "unbound.conf").read_text()
    file.write_text(text.replace("server:\n", f"server:\n  {setting}\n", 1))
    return file


def audit(program: str, rows: list[Row], directory: Path, *words: str) -> dict[str, dict]:
    """What `dane audit` says, by domain; `words` say how it resolves."""
    command = [program, "audit", "-f", "-", *OPTIONS, *words,
               "--mta-sts-ca", str(directory / "certs" / "ca.pem")]
    done = subprocess.run(command, input="".join(f"{row.domain}\n" for row in rows),
                          capture_output=True, text=True, check=False, timeout=HANG_SECONDS)
    if done.returncode not in (0, 1, 3):
        raise ValueError(f"dane audit: exit {done.returncode}: {done.stderr[-300:]}")
    found = [json.loads(line) for line in done.stdout.splitlines()]
    return {one["input"]: one for one in found}


def audit_faults(row: Row, found: dict | None) -> list[str]:
    """Where the audit says something else."""
    if found is None:
        return [f"{row.domain}: no line about it"]
    out = []
    if found["grade"] != row.grade:
        out.append(f"{row.domain}: expected {row.grade}, got {found['grade']}")
    codes = {finding["code"] for finding in found["findings"]}
    details = {finding["code"]: finding["detail"] for finding in found["findings"]}
    for code in sorted(row.codes - codes):
        out.append(f"{row.domain}: no {code}")
    for code in sorted(codes - row.codes):
        out.append(f"{row.domain}: unwanted {code}: {details[code]}")
    return out


def disagreement(row: Row, report: str) -> str:
    """Why the grade is not what happens to mail; nothing if it is."""
    delivered = bool(re.search(r"(?:^|\0)K", report))
    verified = bool(re.search(r"^Verified", report, re.M))
    unproved = "(#4.7.5)" in report
    wrong = {
        "enforced": not (delivered and verified),
        "partial": not delivered,
        "broken": delivered,
        "undecided": delivered,
        "not-deployed": verified or unproved,
        "bad-input": delivered,
    }[row.grade] or "(#4.3.0)" in report    # the sender's own trouble
    said = " / ".join(report.replace("\0", "<0>").splitlines())
    return f"{row.grade}, and the sender says {said[:300]}" if wrong else ""


def sender_faults(row: Row, program: str, directory: Path, scratch: Path) -> list[str]:
    """Sends to one domain."""
    if row.exempt:
        return []
    home = Path(tempfile.mkdtemp(dir=scratch))
    sender.prepare(sender.Case("", "", "timeoutremote=5", "", "", "", ""), home, directory)
    shutil.copy(configuration(row.setting, directory, scratch),
                home / "control" / "unbound.conf")
    (home / "message").write_text("Subject: zoo\n\nzoo\n")
    words = [program, row.domain, "me@sender.example", f"you@{row.domain}"]
    try:
        with open(home / "message", "rb") as mail:
            done = subprocess.run(words, stdin=mail, capture_output=True, check=False,
                                  timeout=HANG_SECONDS,
                                  env={"QMAILHOME": str(home)})
    except subprocess.TimeoutExpired:
        return [f"{row.domain}: the sender finds no end"]
    wrong = disagreement(row, done.stdout.decode(errors="replace"))
    return [f"{row.domain}: {wrong}"] if wrong else []


def catalogue(program: str) -> set[str]:
    """Every code there is."""
    done = subprocess.run([program, "audit", "--catalogue"], capture_output=True, text=True,
                          check=True)
    return set(re.findall(r"^## (\S+)$", done.stdout, re.M))


def coverage_faults(program: str, rows: list[Row]) -> list[str]:
    """Codes that nothing brings about, and words that are no codes."""
    codes = catalogue(program)
    used = {code for row in rows for code in row.codes}
    return ([f"{code} is in no row" for code in sorted(codes - used - ELSEWHERE)]
            + [f"{code} is no code" for code in sorted(used - codes)])


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 4:
        print(__doc__, file=sys.stderr)
        return 100
    dane, qmail_remote, directory = words[1], words[2], Path(words[3]).resolve()
    every = load()
    rows = [row for row in every
            if len(words) == 4 or any(word in row.domain for word in words[4:])]
    faults = coverage_faults(dane, every)
    if not all((directory / "pids" / name).exists() for name in ("postfix", "exim")):
        print("skipped: no Postfix, or no Exim")
        return SKIPPED
    with tempfile.TemporaryDirectory(prefix="zoo.") as name, \
            ThreadPoolExecutor(WORKERS) as pool:
        scratch = Path(name)
        for setting in sorted({row.setting for row in rows}):
            some = [row for row in rows if row.setting == setting]
            unbound = configuration(setting, directory, scratch)
            ways = [("--unbound-conf", str(unbound))]
            if not setting:
                ways.append(("--trust-ad", "--forward", RESOLVER))
            for words in ways:
                found = audit(dane, some, directory, *words)
                faults += [f"{words[0]}: {fault}" for row in some
                           for fault in audit_faults(row, found.get(row.domain))]
        sent = pool.map(lambda row: sender_faults(row, qmail_remote, directory, scratch), rows)
        faults += [fault for some in sent for fault in some]
    for fault in faults:
        print(f"FAILED {fault}")
    print(f"{len(rows)} domains, {len(faults)} faults")
    return 1 if faults or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
