r"""Runs the rows of qmail_remote_cases.tsv with the real qmail-remote against running zones.

    qmail_remote_cases.py QMAIL_REMOTE ZONES_DIR [NAME...]    the cases whose names contain one

A row: `case | host | control | sender | recipients | expect | rules`. `control` holds
files besides `me`, `notipme` and `unbound.conf`, as `NAME=TEXT` joined by ` ;; `, with `\n` for a
line end and, in the text, `{ca}`, `{other-ca}`, `{certs}` for paths, `{NAME-pem}` for a
certificate and `{pin NAME}` for its SHA2-256. A sender or recipient without `@` is one of sender.example, or of the host;
`NAME*NUMBER` is so many of them. `-` is nothing. `expect` holds regular expressions joined
by ` & `, all found in the report, in which `<0>` stands for NUL; one with `!` in front is
not found.

Besides, in every case: exit status 0, nothing on standard error, a report in the form of
qmail-remote(8), and a message that Postfix or Exim is said to have accepted is there as it
was sent; one that nobody is said to have accepted is not.
"""

import hashlib
import re
import secrets
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from harness import HANG_SECONDS

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "zones"))
import der  # noqa: E402

DELIVERY_SECONDS = 20
SERVERS = {"127.61.0.": "postfix", "127.61.1.": "exim"}
REPORT = re.compile(rb"(?:[rhs][^\0]*\0)*[KZD][^\0]*\0")
WORKERS = 6
NONCE = secrets.token_hex(16)


@dataclass(frozen=True)
class Case:
    """One row."""

    name: str
    host: str
    control: str
    sender: str
    recipients: str
    expect: str
    rules: str


@dataclass
class Result:
    """What came of a case: a fault, or none; and who has the message."""

    case: Case
    fault: str = ""
    skipped: bool = False
    report: str = ""
    accepted: str = ""
    seconds: float = 0.0


def load() -> list[Case]:
    """All rows, names unique."""
    lines = (HERE / "qmail_remote_cases.tsv").read_text().splitlines()
    cases = [Case(*("" if cell.strip() == "-" else cell.strip() for cell in line.split(" | ")))
             for line in lines if line.strip() and not line.startswith("#")]
    names = [case.name for case in cases]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"qmail_remote_cases.tsv: two cases are called {name}")
    return cases


def body(token: str) -> bytes:
    """A message body with dots, long lines, eight bits and an empty line at its end."""
    lines = [token, ".", "..", ".x", "x" * 900, "From here", "bücher", ". ." * 200]
    return "\n".join([*lines, *(f"line {number}" for number in range(200)), "", ""]).encode()


def message(case: Case, token: str) -> bytes:
    """The whole of it."""
    head = f"Message-ID: <{token}@sender.example>\nSubject: {case.name}\n\n"
    return head.encode() + body(token)


def token_of(case: Case) -> str:
    """A word that is in no other message, of this run or another."""
    return "token-" + hashlib.sha256((case.name + NONCE).encode()).hexdigest()[:24]


def fill(text: str, directory: Path) -> str:
    """A control file's text."""
    certs = directory / "certs"
    text = text.replace("\\n", "\n").replace("{ca}", str(certs / "ca.pem"))
    text = text.replace("{other-ca}", str(certs / "other-ca.pem"))
    text = re.sub(r"\{([\w-]+)-pem\}", lambda found: (certs / f"{found[1]}.pem").read_text(),
                  text)
    text = re.sub(r"\{pin (\S+)\}", lambda found: hashlib.sha256(
        der.from_pem(certs / f"{found[1]}.pem")).hexdigest(), text)
    return text.replace("{certs}", str(certs))


def prepare(case: Case, home: Path, directory: Path) -> None:
    """qmail's home for a case."""
    (home / "control").mkdir(parents=True)
    (home / "queue" / "lock").mkdir(parents=True)
    (home / "queue" / "lock" / "deadhosts").touch()
    # The test internet lives in 127.0.0.0/8, which is this machine everywhere else.
    files = {"me": "me.sender.example", "timeoutremote": "20", "timeoutconnect": "3",
             "notipme": "127.0.0.0/8"}
    for item in filter(None, case.control.split(" ;; ")):
        name, _, text = item.partition("=")
        files[name] = text
    for name, text in files.items():
        file = home / "control" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(fill(text, directory) + "\n")
    if "unbound.conf" not in files:
        shutil.copy(directory / "unbound.conf", home / "control" / "unbound.conf")


def addresses(text: str, host: str) -> list[str]:
    """The words as addresses."""
    out = []
    for word in text.split():
        name, _, count = word.partition("*")
        names = [f"{name}{number}" for number in range(int(count))] if count else [word]
        out += [name if "@" in name else f"{name}@{host}" for name in names]
    return out


def run(case: Case, program: str, directory: Path, scratch: Path) -> Result:
    """Runs one case."""
    out = Result(case)
    began = time.monotonic()
    home = scratch / case.name
    prepare(case, home, directory)
    (home / "message").write_bytes(message(case, token_of(case)))
    sender = (addresses(case.sender, "sender.example") or [""])[0]
    words = [program, case.host, sender, *addresses(case.recipients or "someone", case.host)]
    with open(home / "message", "rb") as mail:
        try:
            done = subprocess.run(words, stdin=mail, capture_output=True, check=False,
                                  timeout=HANG_SECONDS,
                                  env={"QMAILHOME": str(home)})
        except subprocess.TimeoutExpired:
            out.fault = f"no end after {HANG_SECONDS} s"
            return out
    out.seconds = time.monotonic() - began
    out.report = done.stdout.decode(errors="replace").replace("\0", "<0>")
    out.fault = fault(case, done, out)
    return out


def fault(case: Case, done: subprocess.CompletedProcess, out: Result) -> str:
    """What is wrong with a run; nothing if it is right."""
    if done.returncode != 0 or done.stderr:
        return f"exit {done.returncode}, standard error {done.stderr!r}"
    if not REPORT.fullmatch(done.stdout):
        return "this is no report"
    last = done.stdout[:-1].rsplit(b"\0", 1)[-1].decode(errors="replace")
    if last.startswith("K"):
        found = [name for prefix, name in SERVERS.items() if last[1:].startswith(prefix)]
        out.accepted = found[0] if found else "another"
    for pattern in case.expect.split(" & "):
        wanted = not pattern.startswith("!")
        if bool(re.search(pattern.removeprefix("!"), out.report, re.M)) != wanted:
            return f"{'no' if wanted else 'unwanted'} match for {pattern}"
    return ""


def stored(directory: Path) -> dict[str, dict[str, bytes]]:
    """Server -> token -> body of every message that has arrived."""
    out: dict[str, dict[str, bytes]] = {"postfix": {}, "exim": {}}
    texts = [("postfix", file.read_bytes() + b"\n")
             for file in (directory / "postfix" / "mail" / "new").glob("*")]
    mbox = directory / "exim" / "mbox"
    if mbox.exists():
        parts = re.split(rb"^From .*\n", mbox.read_bytes(), flags=re.M)
        texts += [("exim", part.replace(b"\n>From ", b"\nFrom ")) for part in parts[1:]]
    for server, text in texts:
        head, _, rest = text.partition(b"\n\n")
        if found := re.search(rb"token-\w{24}", head):
            out[server][found[0].decode()] = rest[:-1]    # the store's own empty line
    return out


def check_stores(results: list[Result], directory: Path) -> None:
    """Compares what arrived with what was sent."""
    wanted = [r for r in results if r.accepted in ("postfix", "exim")]
    deadline = time.monotonic() + DELIVERY_SECONDS
    while True:
        arrived = stored(directory)
        missing = [r for r in wanted if token_of(r.case) not in arrived[r.accepted]]
        if not missing or time.monotonic() > deadline:
            break
        time.sleep(0.1)
    for result in results:
        token = token_of(result.case)
        if result.fault or result.skipped:
            continue
        if result in wanted:
            got = arrived[result.accepted].get(token)
            if got is None:
                result.fault = f"accepted by {result.accepted}, where it is not"
            elif hashlib.sha256(got).digest() != hashlib.sha256(body(token)).digest():
                result.fault = f"arrived in {result.accepted} as something else"
        elif any(token in arrived[server] for server in arrived):
            result.fault = "arrived, though nobody is said to have accepted it"


def tell(result: Result) -> str:
    """The line of a case."""
    name = result.case.name
    if result.skipped:
        return f"skipped {name}: that mail server is not here"
    if not result.fault:
        return f"ok {name} ({result.seconds * 1000:.0f} ms)"
    lines = "".join(f"\n    {line[:300]}" for line in result.report.splitlines()[:16])
    return f"FAILED {name} ({result.case.host}): {result.fault}{lines}"


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    directory = Path(words[2]).resolve()
    cases = [case for case in load()
             if len(words) == 3 or any(word in case.name for word in words[3:])]
    running = {name for name in ("postfix", "exim") if (directory / "pids" / name).exists()}

    def one(case: Case) -> Result:
        needs = {"exim"} if "exim" in case.host + case.control else {"postfix"}
        if not needs <= running:
            return Result(case, skipped=True)
        return run(case, words[1], directory, Path(scratch))

    with tempfile.TemporaryDirectory(prefix="qmail.") as scratch, \
            ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(one, cases))
        check_stores(results, directory)
    for result in results:
        print(tell(result))
    failed = sum(bool(result.fault) for result in results)
    skipped = sum(result.skipped for result in results)
    print(f"{len(cases) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
