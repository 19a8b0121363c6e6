"""Runs the rows of sslserver_peers.tsv: real clients against the real sslserver, each row with a
server of its own.

    sslserver_peers.py SSLSERVER SSLCLIENT [NAME...]     only the rows whose names contain one

A row: `case | server | client | status | expect | log [| input]`.

`server` has settings as NAME=VALUE (HOST is the host argument), options, and behind ` -- ` the
program, which is `{line}` where none is given. `client` has one or more steps, with ` && `
between them; each is a command, or `HUP` (SIGHUP, until there is a new keeper),
`stunnel SETTING=VALUE ...` (stunnel as client) or `good` (a client that wants nothing special
and must be served). `status` is that of each step, with blanks between them, or that of the
last one, where the others have 0; `0/1` allows both. `expect` and `log` hold regular
expressions, joined by ` & `: all are found in what the last step prints, and in the server's
log; one that begins with `!` is not found. `input` is what commands read, `hello` and a line
feed where none is given; their standard input ends when they do, no sooner. Behind a form
feed in it, s_client reads on when it has understood the command before.

In all cells `{name}` is a word of Table.words below.
"""

import contextlib
import functools
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import sslserver_support as support
from harness import HANG_SECONDS
from sslserver_giants import make_giants
from sslserver_material import PeerMaterial
from sslserver_support import NOBODY, Sslserver, context, is_root, openssl, talk, until

HERE = Path(__file__).resolve().parent
NAME = "server.example"
AT_ONCE = 3
MOST_SECONDS = 10    # of processor time for the connections of a row, under sanitizers too
COMMAND = rb"^(KEYUPDATE|RENEGOTIATING)"    # what s_client says of its own commands
SANITIZER = re.compile(r"AddressSanitizer|LeakSanitizer|runtime error:")

LINE = """#!/bin/sh
# Says the line that it read, and its variables.
read line
echo "line=$line"
exec env
"""
ECHO = """#!/usr/bin/env python3
import os
while data := os.read(0, 65536):
    while data:
        data = data[os.write(1, data):]
"""
UPPER = """#!/usr/bin/env python3
import sys
print(sys.stdin.readline().upper(), end="", flush=True)
"""
# For sslclient, which has the peer on 6 and 7.
TALK = """#!/bin/sh
echo hello >&7
exec cat <&6
"""
TALK_SMTP = """#!/bin/sh
printf 'EHLO x\\r\\nQUIT\\r\\n' >&7
exec cat <&6
"""
DOVECOT = """{version}
log_path = /dev/stderr
base_dir = {folder}/run
state_dir = {folder}/state
ssl = no
protocols = pop3
"""
# The settings that Dovecot 2.3 and those after it do not share.
DOVECOT_23 = "mail_location = maildir:{folder}/Maildir"
DOVECOT_24 = """dovecot_config_version = 2.4.0
dovecot_storage_version = 2.4.0
mail_driver = maildir
mail_path = {folder}/Maildir
mail_uid = {user}
mail_gid = {group}"""
POP3 = """#!/bin/sh
export USER=nobody HOME={folder} DOVECOT_PRESERVE_ENVS="USER HOME"
exec /usr/lib/dovecot/pop3 -c {folder}/dovecot.conf
"""


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    server: str
    client: str
    status: str
    expect: str
    log: str
    input: str = "hello\\n"


def load() -> list[Row]:
    """All rows, names unique."""
    rows = [Row(*(cell.strip() for cell in line.split(" | ")))
            for line in (HERE / "sslserver_peers.tsv").read_text().splitlines()
            if line.strip() and not line.startswith("#")]
    names = [row.name for row in rows]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"sslserver_peers.tsv: two rows are called {name}")
    return rows


class Backward:
    """A plain TCP server that says the first line of a connection backwards."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            peer, _ = self._listener.accept()
            with peer:
                peer.sendall(peer.recv(4096).rstrip(b"\n")[::-1] + b"\n")


def dovecot_settings(folder: Path) -> str:
    """What dovecot.conf says, in the words of the Dovecot that is here, if any."""
    said = subprocess.run(["sh", "-c", "dovecot --version"], capture_output=True, text=True,
                          check=False).stdout
    version = DOVECOT_23 if said.startswith("2.3.") else DOVECOT_24
    user, group = (NOBODY, NOBODY) if is_root() else (os.getuid(), os.getgid())
    return DOVECOT.format(folder=folder,
                          version=version.format(folder=folder, user=user, group=group))


def swaks_verify() -> str:
    """How swaks is to verify the server: a younger one looks at the name too."""
    said = subprocess.run(["sh", "-c", "swaks --version"], capture_output=True, text=True,
                          check=False).stdout
    version = re.search(r"version (\d+)", said)
    names = bool(version) and int(version[1]) >= 20240103
    return f"--tls-verify --tls-verify-target {NAME}" if names else "--tls-verify"


def make_mailbox(folder: Path) -> Path:
    """A mailbox with one message, and dovecot's settings for it."""
    for name in ("Maildir/new", "Maildir/cur", "Maildir/tmp", "run", "state"):
        (folder / name).mkdir(parents=True)
    (folder / "Maildir/new/1.a.b").write_text("Subject: one\n\nthe message\n")
    (folder / "dovecot.conf").write_text(dovecot_settings(folder))
    if is_root():
        subprocess.run(["chown", "-R", str(NOBODY), folder], check=True)
    return folder


def make_names(folder: Path, material: PeerMaterial) -> Path:
    """CERTDIR in both forms: one file, and a folder as certbot has it."""
    (folder / "wild.example").mkdir(parents=True)
    one, wild = material.one, material.wild
    (folder / "one.example.pem").write_text(one.chain.read_text() + one.key.read_text())
    (folder / "wild.example" / "fullchain.pem").write_text(wild.chain.read_text())
    (folder / "wild.example" / "privkey.pem").write_text(wild.key.read_text())
    return folder


def digest_of(file: Path, *words: str) -> str:
    """The SHA-256 of a certificate's key (`-pubkey`), or of all of it."""
    if words:
        key = openssl("x509", "-in", file, "-noout", *words)
        made = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "DER"],
                              input=key.encode(), capture_output=True, check=True).stdout
    else:
        made = subprocess.run(["openssl", "x509", "-in", file, "-outform", "DER"],
                              capture_output=True, check=True).stdout
    return subprocess.run(["sha256sum"], input=made, capture_output=True,
                          check=True).stdout.decode().split()[0]


class Table:
    """What all rows share."""

    def __init__(self, material: PeerMaterial, sslclient: str) -> None:
        self.material = material
        home = material.folder
        self.words = {
            "ca": material.root.file, "home": home, "clients": material.clients,
            "names": make_names(home / "names", material),
            "giants": make_giants(home / "giants", material),
            "pin": digest_of(material.rsa.chain, "-pubkey"),
            "anchor": digest_of(material.middle.file),
            "backward": Backward().port,
            "user": f"-u {NOBODY} -g {NOBODY}" if is_root() else "",
            "sslclient": f"{Path(sslclient).resolve()} -RHl0 -T 20+0",
            "line": self._script("line", LINE), "echo": self._script("echo.py", ECHO),
            "upper": self._script("upper.py", UPPER), "talk": self._script("talk", TALK),
            "talk_smtp": self._script("talk_smtp", TALK_SMTP),
            "verify": swaks_verify(),
            "smtp": self._script("smtp.py", (HERE / "sslserver_smtp.py").read_text()),
            "pop3": self._script("pop3", POP3.format(folder=make_mailbox(home / "mailbox"))),
        }

    def _script(self, name: str, text: str) -> Path:
        """A program that everybody may run."""
        file = self.material.folder / name
        file.write_text(text)
        file.chmod(0o755)
        return file

    def for_client(self, server: Sslserver, scratch: Path) -> dict:
        """The words that a row's client may name."""
        peer = f"127.0.0.1:{server.port}"
        ca = self.words["ca"]
        return {**self.words, "peer": peer, "port": server.port, "tmp": scratch,
                "s": f"openssl s_client -connect {peer} -CAfile {ca}",
                "g": f"gnutls-cli -p {server.port} 127.0.0.1 --x509cafile={ca} "
                     f"--verify-hostname={NAME} --sni-hostname={NAME}",
                "swaks": f"swaks --server {peer} --from a@b.example --to c@d.example "
                         "--helo x.example"}


# What a row cannot be run without, by a word in it.
NEEDS = {"{s}": "openssl version", "{g}": "gnutls-cli --version", "stunnel": "stunnel4 -version",
         "{swaks}": "swaks --version", "swaks} --tls": "perl -MNet::SSLeay -e1",
         "ucspi-proxy": "which ucspi-proxy ucspi-proxy-log", "HOST=:": "cat /proc/net/if_inet6",
         "{pop3}": "test -x /usr/lib/dovecot/pop3"}


@functools.cache
def works(command: str) -> bool:
    """Whether a command can be run here."""
    try:
        return subprocess.run(command.split(), stdin=subprocess.DEVNULL, capture_output=True,
                              check=False, timeout=HANG_SECONDS).returncode == 0
    except FileNotFoundError:
        return False


def missing(row: Row) -> str:
    """What is not on this machine and the row needs; nothing if it can be run."""
    return next((command for word, command in NEEDS.items()
                 if word in f"{row.server} {row.client}" and not works(command)), "")


def unmatched(patterns: str, text: str) -> str:
    """The first of several patterns that does not hold; nothing if all do."""
    for pattern in filter(None, (one.strip() for one in patterns.split(" & "))):
        is_found = re.search(pattern.removeprefix("!"), text, re.M) is not None
        if is_found == pattern.startswith("!"):
            return pattern
    return ""


def renew_keeper(server: Sslserver) -> None:
    """SIGHUP, until there is a keeper that was not there."""
    before = set(server.keepers())
    server.running.send_signal(signal.SIGHUP)
    until(lambda: set(server.keepers()) - before, "a new keeper")


def converse(running: subprocess.Popen, data: bytes) -> bytes:
    """What a client says that reads this. Behind a form feed it reads on when it has said
    that it understood a command."""
    heard = b""
    for number, part in enumerate(data.split(b"\f")):
        while number and not re.search(COMMAND, heard, re.M):
            some = os.read(running.stdout.fileno(), 65536)
            if not some:
                return heard
            heard += some
        with contextlib.suppress(BrokenPipeError):
            os.write(running.stdin.fileno(), part)
    while some := os.read(running.stdout.fileno(), 65536):
        heard += some
    return heard


def run_command(words: list[str], data: bytes) -> tuple[str, str]:
    """Status and output of a client, whose input stays open as long as it lives."""
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as running:
        late = threading.Timer(HANG_SECONDS, running.kill)
        late.start()
        try:
            output = converse(running, data).decode(errors="replace")
            return str(running.wait()), output
        finally:
            late.cancel()


def stunnel(settings: list[str], server: Sslserver, scratch: Path) -> list[str]:
    """The command for stunnel as a client between its standard input and the server."""
    file = scratch / "stunnel.conf"
    lines = ["foreground = yes", "debug = 6", "syslog = no", "client = yes", *settings,
             f"connect = 127.0.0.1:{server.port}"]
    file.write_text("\n".join(lines) + "\n")
    return ["stunnel4", str(file)]


def run_step(step: str, row: Row, server: Sslserver, scratch: Path) -> tuple[str, str]:
    """Status and output of one step."""
    if step == "HUP":
        renew_keeper(server)
        return "0", ""
    if step == "good":
        with talk(server, context()) as peer:
            heard = peer.say(b"hello\n").decode()
        return ("0" if "line=hello" in heard else "1"), heard
    words = shlex.split(step)
    if words[0] == "stunnel":
        words = stunnel(words[1:], server, scratch)
    return run_command(words, row.input.encode().decode("unicode_escape").encode("latin-1"))


def fault_of_client(row: Row, server: Sslserver, scratch: Path, words: dict) -> str:
    """What is wrong with what a row's client said; nothing if it is right."""
    steps = [step.strip().format_map(words) for step in row.client.split(" && ")]
    statuses = row.status.split()
    statuses = ["0"] * (len(steps) - len(statuses)) + statuses
    output = ""
    for number, (step, wanted) in enumerate(zip(steps, statuses, strict=True), 1):
        status, output = run_step(step, row, server, scratch)
        if status not in wanted.split("/"):
            return f"step {number}: status {status}, expected {wanted}\n{output}"
    pattern = unmatched(row.expect.format_map(words), output)
    return f"the client's output: {pattern}\n{output}" if pattern else ""


def fault_of_log(row: Row, server: Sslserver, words: dict) -> str:
    """What is wrong with the log and the end of a row's server."""
    until(lambda: len(re.findall(r": pid \d+ from", server.log))
          == len(re.findall(r": end \d+ ", server.log)), "the end of all connections")
    seconds = seconds_of_connections(server)
    if status := server.stop():
        return f"the server's status after SIGTERM is {status}"
    if seconds > MOST_SECONDS:
        return f"its connections took {seconds} seconds of processor time"
    if SANITIZER.search(server.log):
        return "a sanitizer has spoken"
    pattern = unmatched(row.log.format_map(words), server.log)
    return f"the log: {pattern}" if pattern else ""


def seconds_of_connections(server: Sslserver) -> float:
    """The processor time of the children that the listener has waited for, and of theirs."""
    words = Path(f"/proc/{server.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[13]) + int(words[14])) / os.sysconf("SC_CLK_TCK")


def start_server(row: Row, table: Table) -> Sslserver:
    """The server of a row."""
    before, _, program = f"{row.server} ".partition("-- ")
    words = before.format_map(table.words).split()
    settings = {**table.material.settings,
                **dict(word.split("=", 1) for word in words if re.match(r"[A-Z_]+=", word))}
    host = settings.pop("HOST", "127.0.0.1")
    options = " ".join(word for word in words if not re.match(r"[A-Z_]+=", word))
    program = (program.strip() or "{line}").format_map(table.words)
    return Sslserver(*shlex.split(program), settings=settings, options=options, host=host)


def run(row: Row, table: Table) -> str:
    """Runs a row; returns its line of the report."""
    if needed := missing(row):
        return f"skipped {row.name}: {needed}"
    scratch = table.material.folder / f"row-{row.name}"
    scratch.mkdir()
    began = time.monotonic()
    log = ""
    try:
        with start_server(row, table) as server:
            words = table.for_client(server, scratch)
            try:
                wrong = (fault_of_client(row, server, scratch, words)
                         or fault_of_log(row, server, words))
            finally:
                log = server.log
    except (OSError, ValueError) as fault:      # a TimeoutError is one too
        wrong = f"{type(fault).__name__}: {fault}"
    if not wrong:
        return f"ok {row.name} ({(time.monotonic() - began) * 1000:.0f} ms)"
    first, *more = wrong.splitlines()
    lines = "".join(f"\n    {line[:160]}" for line in (*more[:60], "log:",
                                                        *log.splitlines()[-20:]))
    return f"FAILED {row.name}: {first}\n    {row.client}{lines}"


def main(words: list[str]) -> int:
    """The command line."""
    if len(words) < 3:
        print(__doc__, file=sys.stderr)
        return 100
    support.PROGRAM = str(Path(words[1]).resolve())
    rows = [row for row in load()
            if len(words) == 3 or any(word in row.name for word in words[3:])]
    failed = skipped = 0
    material = PeerMaterial()
    try:
        table = Table(material, words[2])
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for line in pool.map(lambda row: run(row, table), rows):
                print(line, flush=True)
                failed += line.startswith("FAILED")
                skipped += line.startswith("skipped")
    finally:
        material.remove()
    print(f"{len(rows) - failed - skipped} passed, {failed} failed"
          + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
