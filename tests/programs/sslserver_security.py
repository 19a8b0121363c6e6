"""What sslserver's processes can do to each other, and what they hold: private keys are in the
keeper alone, and whoever takes over a talker or a program gets at no key.

    sslserver_security.py SSLSERVER [NAME...]

Most needs root, which alone can look into all of them; with a debugger (gdb) a talker is made
to try for itself what it may do. What cannot be tried here is skipped, and says why. The last
line is `N passed, N failed`.
"""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import unittest
from pathlib import Path
from typing import Optional

import sslserver_support as support
from harness import HANG_SECONDS
from sslserver_support import (NOBODY, PYTHON, Material, Pair, Process, Sslserver, Talk,
                               as_root, children, client_hello, connect, context, descendants,
                               fact, is_root, openssl, process, talk, until)

SOMEBODY = 54321
PASSWORD = "a password that nobody else has"
# Of the system: the one that runs us may stand in a folder that only we may enter.
ANYBODYS_PYTHON = [shutil.which("python3", path="/usr/bin:/bin:/usr/local/bin")
                   or sys.executable, *PYTHON[1:]]
PART = 24           # octets of a key that are looked for; shorter ones may come by chance
ZEROS = bytes(4096)  # a page of memory that nobody has written to
MATERIAL: Material

# Run by sslserver: hears what it is to attack, and says what came of it as JSON.
ATTACKER = r"""
import ctypes, json, os, sys

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.restype = ctypes.c_long
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.syscall.restype = ctypes.c_long
order = json.loads(sys.stdin.readline())
out = {"uid": os.getuid(), "done": []}

def attempt(name, act):
    try:
        out[name] = act()
    except OSError as fault:
        out[name] = "errno %d" % fault.errno
    else:
        out["done"].append(name)

def read(path):
    with open(path, "rb") as file:
        return len(file.read(1000))

def call(*words):
    result = libc.syscall(*words)
    if result < 0:
        raise OSError(ctypes.get_errno(), "")
    return result

def trace(request, pid):
    if libc.ptrace(request, pid, None, None) < 0:
        raise OSError(ctypes.get_errno(), "")
    if request == 16:
        os.waitpid(pid, 0)
    libc.ptrace(17, pid, None, None)
    return "traced"

class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]

def read_memory(pid):
    here = ctypes.create_string_buffer(16)
    local = Vector(ctypes.addressof(here), 16)
    remote = Vector(0x400000, 16)
    return call(310, pid, ctypes.byref(local), 1, ctypes.byref(remote), 1, 0)

def take_descriptor(pid):
    handle = call(434, pid, 0)
    return call(438, handle, 0, 0)

for path in order["files"]:
    attempt("file " + path, lambda: read(path))
for pid in order["pids"]:
    for name in ("mem", "environ", "maps", "auxv", "smaps", "stack", "syscall", "io"):
        attempt("%s %s" % (pid, name), lambda: read("/proc/%d/%s" % (pid, name)))
    attempt("%s fds" % pid, lambda: len(os.listdir("/proc/%d/fd" % pid)))
    for fd in range(8):
        attempt("%s fd %d" % (pid, fd), lambda: open("/proc/%d/fd/%d" % (pid, fd), "rb").close())
    for name in ("cwd", "exe", "root"):
        attempt("%s %s" % (pid, name), lambda: os.readlink("/proc/%d/%s" % (pid, name)))
    attempt("%s attach" % pid, lambda: trace(16, pid))
    attempt("%s seize" % pid, lambda: trace(0x4206, pid))
    attempt("%s memory" % pid, lambda: read_memory(pid))
    attempt("%s descriptor" % pid, lambda: take_descriptor(pid))
for pid in order["readable"]:
    attempt("check %s" % pid, lambda: read("/proc/%d/environ" % pid))
print(json.dumps(out), flush=True)
sys.stdin.readline()
"""


def numbers_of(key: Path, *more: str) -> dict[str, bytes]:
    """The secret numbers of a private key, as the openssl command tells them."""
    text = openssl("pkey", "-in", key, "-noout", "-text", *more)
    found = {}
    for name, value in re.findall(
            r"^(priv|privateExponent|prime1|prime2|exponent1|exponent2|coefficient):\s*"
            r"((?:\n    [0-9a-f:]+)+)", text, re.M):
        found[name] = bytes.fromhex(re.sub(r"[^0-9a-f]", "", value)).lstrip(b"\0")
    return found


def patterns_of(key: Path, *more: str) -> list[bytes]:
    """What stands in the memory of whoever has a key: parts of its secret numbers, the most
    significant octet first (DER) and last (what is computed with), and lines of its file."""
    found = []
    for number in numbers_of(key, *more).values():
        for way in (number, number[::-1]):
            found += [way[at:at + PART] for at in range(0, len(way) - PART + 1, PART)]
    lines = key.read_bytes().splitlines()
    return found + [line[:60] for line in lines if len(line) >= 60 and b" " not in line]


def without_zeros(memory: bytes) -> bytes:
    """What is left of memory without its pages of zeros."""
    pages = (memory[at:at + len(ZEROS)] for at in range(0, len(memory), len(ZEROS)))
    return b"".join(page for page in pages if page != ZEROS)


def memory_of(pid: int) -> list[bytes]:
    """All that a process can read of its own memory, but for pages of zeros, which are most of
    what sanitizers have."""
    found = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text(encoding="utf-8").splitlines():
            begin, end = (int(word, 16) for word in line.split()[0].split("-"))
            if line.split()[1][0] != "r" or "[v" in line:
                continue
            if end - begin > 1 << 30:       # what sanitizers reserve
                continue
            with contextlib.suppress(OSError, ValueError, OverflowError):
                memory.seek(begin)
                found.append(without_zeros(memory.read(end - begin)))
    return found


def holds(pid: int, patterns: list[bytes]) -> list[bytes]:
    """Those patterns that are in the memory of a process."""
    memory = memory_of(pid)
    return [one for one in patterns if any(one in part for part in memory)]


def descriptors_of(pid: int) -> dict[int, str]:
    """What each descriptor of a process is."""
    found = {}
    for name in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(FileNotFoundError):
            found[int(name)] = os.readlink(f"/proc/{pid}/fd/{name}")
    return found


def debug(pid: int, *expressions: str) -> Optional[list[int]]:
    """The values of expressions in a process, by the debugger; None if it cannot."""
    words = ["gdb", "-nx", "-batch", "-iex", "set auto-load off", "-iex",
             "set debuginfod enabled off", "-p", str(pid)]
    for one in expressions:
        words += ["-ex", f"print (long){one}"]
    done = subprocess.run(words, stdin=subprocess.DEVNULL, capture_output=True, check=False,
                          timeout=HANG_SECONDS)
    values = re.findall(rb"^\$\d+ = (-?\d+)", done.stdout, re.M)
    return [int(value) for value in values] if len(values) == len(expressions) else None


with_debugger = unittest.skipUnless(shutil.which("gdb"), "there is no debugger")


class Case(unittest.TestCase):
    """A server with both kinds of keys."""

    def setUp(self) -> None:
        self.rsa, self.ecdsa = MATERIAL.rsa, MATERIAL.ecdsa

    def server(self, *program: str, options: str = "", **more) -> Sslserver:
        """A server for the time of the test."""
        settings = {"CERTFILE": f"{self.rsa.chain}:{self.ecdsa.chain}",
                    "KEYFILE": f"{self.rsa.key}:{self.ecdsa.key}",
                    **more.pop("settings", {})}
        # A talker that waits for a handshake is there until its memory was searched.
        options = f"-T {HANG_SECONDS} {options}"
        return self.enterContext(Sslserver(*(program or ("cat",)), options=options,
                                           settings=settings, **more))

    def talk(self, server: Sslserver, kind: str = "ECDSA") -> Talk:
        """A connection for the time of the test, with TLS 1.2 and a key of this kind."""
        only = support.ssl.TLSVersion.TLSv1_2
        return self.enterContext(talk(server, context(only=only, ciphers=f"ECDHE+a{kind}+AESGCM"),
                                      "server.example"))

    def half(self, server: Sslserver) -> Process:
        """The talker of a connection that has not said enough for a handshake."""
        known = {one.pid for one in server.talkers()}
        peer = self.enterContext(connect(server))
        peer.sendall(client_hello()[:50])
        talker = until(lambda: [one for one in server.talkers() if one.pid not in known],
                       "a talker")[0]
        until(lambda: fact(talker.pid, "NoNewPrivs") == "1", "a talker that is confined")
        until(lambda: children(talker.pid), "a starter")
        return talker

    def check_echo(self, secure: Talk, word: str) -> None:
        """The connection goes on."""
        secure.write(word.encode() + b"\n")
        self.assertEqual(secure.read_line(), word)


class Attacks(Case):
    """A program behind sslserver that is hostile."""

    def attack(self, server: Sslserver, files: tuple[Path, ...] = ()) -> dict:
        """What the program got at: the keeper and its own talker."""
        (keeper,) = server.keepers()
        with self.talk(server) as secure:
            (talker,) = server.talkers()
            own = subprocess.Popen(["sleep", "100"], preexec_fn=self.become)
            try:
                secure.write(json.dumps({
                    "pids": [keeper.pid, talker.pid], "files": [str(one) for one in files],
                    "readable": [own.pid]}).encode() + b"\n")
                out = json.loads(secure.read_line())
            finally:
                own.kill()
                own.wait()
            self.assertTrue(keeper.is_alive())
            secure.write(b"enough\n")
            secure.read_to_end()
        # The check of the check: it can look into processes of its own user.
        self.assertIn(f"check {own.pid}", out["done"])
        return out

    user = -1

    def become(self) -> None:
        """Makes a child the user whom the program is."""
        if self.user >= 0:
            os.setgroups([])
            os.setgid(self.user)
            os.setuid(self.user)

    def expect_nothing(self, out: dict) -> None:
        """All attacks have failed."""
        done = [one for one in out["done"] if not one.startswith("check")]
        self.assertEqual({one: out[one] for one in done}, {})

    @as_root
    def test_a_program_of_a_user_of_its_own(self) -> None:
        self.user = SOMEBODY
        server = self.server(*ANYBODYS_PYTHON, ATTACKER, options=f"-u {SOMEBODY} -g {SOMEBODY}")
        out = self.attack(server, (self.rsa.key, self.ecdsa.key))
        self.assertEqual(out["uid"], SOMEBODY)
        self.expect_nothing(out)

    @as_root
    def test_a_program_that_is_nobody_as_the_keeper_is(self) -> None:
        self.user = NOBODY
        server = self.server(*ANYBODYS_PYTHON, ATTACKER, options=f"-u {NOBODY} -g {NOBODY}")
        out = self.attack(server, (self.rsa.key, self.ecdsa.key))
        self.assertEqual(out["uid"], NOBODY)
        self.expect_nothing(out)

    @as_root
    def test_a_server_that_was_not_started_by_root(self) -> None:
        """The key file is the user's own; keeper and talker are closed all the same."""
        self.user = SOMEBODY
        become = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
        if not shutil.which(become[0]):
            self.skipTest("there is no setpriv")
        pair = Pair(MATERIAL.folder / "own.pem", MATERIAL.folder / "own.key")
        shutil.copy(self.ecdsa.chain, pair.chain)
        shutil.copy(self.ecdsa.key, pair.key)
        os.chown(pair.key, SOMEBODY, SOMEBODY)
        server = self.server(*ANYBODYS_PYTHON, ATTACKER, settings=pair.environment, before=become)
        self.expect_nothing(self.attack(server))

    @unittest.skipIf(is_root(), "root can look into everything")
    def test_a_server_of_ours(self) -> None:
        self.expect_nothing(self.attack(self.server(*ANYBODYS_PYTHON, ATTACKER)))


@as_root
class Keys(Case):
    """Where the private keys are, by looking into all memories."""

    def patterns(self) -> dict[str, list[bytes]]:
        """What is looked for, for each key."""
        return {"RSA": patterns_of(self.rsa.key), "ECDSA": patterns_of(self.ecdsa.key)}

    def used(self, server: Sslserver) -> list[Talk]:
        """Connections that have made the keeper use both keys."""
        out = [self.talk(server, "RSA"), self.talk(server, "ECDSA"),
               self.enterContext(talk(server, context(), "server.example"))]
        for number, one in enumerate(out):
            self.check_echo(one, f"{number}")
        return out

    def test_the_keeper_alone_holds_them(self) -> None:
        server = self.server()
        self.used(server)
        (keeper,) = server.keepers()
        talkers = server.talkers()
        self.assertEqual(len(talkers), 3)
        for kind, patterns in self.patterns().items():
            with self.subTest(kind):
                # The check of the check: they are found where they must be.
                self.assertNotEqual(holds(keeper.pid, patterns), [])
                for one in (*talkers, *(below for each in talkers
                                        for below in descendants(each.pid))):
                    self.assertEqual(holds(one.pid, patterns), [], one)
                self.assertEqual(holds(server.pid, patterns), [], "the listener")

    def test_neither_talker_nor_starter_holds_them_during_a_handshake(self) -> None:
        server = self.server()
        self.used(server)
        talker = self.half(server)
        (starter,) = children(talker.pid)
        for kind, patterns in self.patterns().items():
            for one in (talker, starter):
                with self.subTest(kind=kind, process=one):
                    self.assertEqual(holds(one.pid, patterns), [])

    def test_after_a_hang_up(self) -> None:
        server = self.server()
        self.used(server)
        (old,) = server.keepers()
        server.hang_up()
        until(lambda: any(one != old for one in server.keepers()), "a new keeper")
        self.used(server)
        new = next(one for one in server.keepers() if one != old)
        for kind, patterns in self.patterns().items():
            with self.subTest(kind):
                self.assertNotEqual(holds(new.pid, patterns), [])
                for one in server.talkers():
                    self.assertEqual(holds(one.pid, patterns), [], one)
                self.assertEqual(holds(server.pid, patterns), [], "the listener")

    def test_a_key_with_a_password(self) -> None:
        """Neither the key nor the password is in a talker, its starter, or the program's
        environment."""
        pair = Pair(MATERIAL.folder / "locked.pem", MATERIAL.folder / "locked.key")
        shutil.copy(self.rsa.chain, pair.chain)
        openssl("pkcs8", "-topk8", "-in", self.rsa.key, "-out", pair.key, "-passout",
                f"pass:{PASSWORD}")
        reader, writer = os.pipe()
        os.write(writer, PASSWORD.encode())
        os.close(writer)
        os.set_inheritable(reader, True)
        before = ["sh", "-c", f'exec 3<&{reader}; exec "$@"', "sh"]
        server = self.server(settings=pair.environment, options="-3", before=before,
                             pass_fds=(reader,))
        os.close(reader)
        with self.talk(server, "RSA") as secure:
            self.check_echo(secure, "one")
            talker = self.half(server)
            (starter,) = children(talker.pid)
            (keeper,) = server.keepers()
            patterns = patterns_of(self.rsa.key)
            self.assertNotEqual(holds(keeper.pid, patterns), [])
            for one in (*server.talkers(), starter):
                self.assertEqual(holds(one.pid, [PASSWORD.encode()]), [], one)
                self.assertEqual(holds(one.pid, patterns), [], one)
            self.assertEqual(holds(server.pid, patterns), [], "the listener")

    def test_nobody_has_a_file_open(self) -> None:
        """Sockets and pipes alone, besides the null device and the log."""
        server = self.server()
        self.used(server)
        half = self.half(server)
        log = os.readlink(f"/proc/{server.pid}/fd/2")
        for one in (*server.keepers(), *server.talkers(), half, *children(half.pid),
                    *children(server.pid)):
            for fd, what in descriptors_of(one.pid).items():
                if what in (log, "/dev/null") or re.match(r"(socket|pipe|anon_inode):", what):
                    continue
                self.fail(f"process {one} has {what} as {fd}")

    def test_talkers_have_little_open(self) -> None:
        """A connection, its program, the keeper, the log, and nothing of any other."""
        server = self.server()
        peers = self.used(server)
        first = descriptors_of(server.talkers()[0].pid)
        last = descriptors_of(server.talkers()[-1].pid)
        self.assertEqual(len(peers), 3)
        self.assertEqual(len(first), len(last))
        shared = {what for what in first.values() if what.startswith(("socket", "pipe"))} & {
            what for what in last.values()}
        self.assertLessEqual(shared, {os.readlink(f"/proc/{server.pid}/fd/2")}, shared)

    def test_a_core_is_never_written(self) -> None:
        before = ["sh", "-c", 'ulimit -c unlimited 2>/dev/null; cd /; exec "$@"', "sh"]
        server = self.server(before=before)
        with self.talk(server):
            (talker,) = server.talkers()
            os.kill(talker.pid, signal.SIGQUIT)
            self.assertEqual(server.status(), signal.SIGQUIT)    # 0x80 would be a core
        (keeper,) = server.keepers()
        for one in (keeper, self.half(server)):
            # A process that may be dumped owns its files there.
            self.assertEqual(os.stat(f"/proc/{one.pid}/environ").st_uid, 0)
            self.assertNotEqual(fact(one.pid, "Uid").split()[0], "0")


@as_root
class Rights(Case):
    """Whose rights the processes have."""

    def expect_no_rights(self, one: Process, user: int = 0) -> None:
        """No user and no group but this, which is its own alone unless told; no capability,
        and none to be had."""
        user = user or 0x70000000 + one.pid
        self.assertEqual(fact(one.pid, "Uid").split(), [str(user)] * 4)
        self.assertEqual(fact(one.pid, "Gid").split(), [str(user)] * 4)
        self.assertIn(fact(one.pid, "Groups").split(), ([], [str(user)]))
        for name in ("CapEff", "CapPrm", "CapInh", "CapAmb"):
            self.assertEqual(int(fact(one.pid, name), 16), 0, name)
        self.assertEqual(fact(one.pid, "NoNewPrivs"), "1")

    def test_of_talkers(self) -> None:
        for options, settings, user in (
                ("", {}, 0), (f"-u {SOMEBODY} -g {SOMEBODY}", {}, 0),
                ("", {"SSL_UID": "54322", "SSL_GID": "54322"}, 54322)):
            with self.subTest(options=options, settings=settings):
                server = self.server(options=options, settings=settings)
                with self.talk(server) as secure:
                    self.check_echo(secure, "one")
                    (talker,) = server.talkers()
                    self.expect_no_rights(talker, user)
                    self.expect_no_rights(self.half(server), user)

    def test_of_the_keeper(self) -> None:
        (keeper,) = self.server().keepers()
        self.expect_no_rights(keeper)

    def test_of_the_starter(self) -> None:
        """It has the program's user before anything of the peer is read."""
        server = self.server(options=f"-u {SOMEBODY} -g {SOMEBODY}")
        (starter,) = children(self.half(server).pid)
        self.assertEqual(fact(starter.pid, "Uid").split(), [str(SOMEBODY)] * 4)
        self.assertEqual(int(fact(starter.pid, "CapEff"), 16), 0)

    def test_the_talkers_root(self) -> None:
        jail = MATERIAL.folder / "jail"
        jail.mkdir(exist_ok=True)
        server = self.server(settings={"SSL_CHROOT": str(jail)})
        with self.talk(server) as secure:
            self.check_echo(secure, "one")
            (talker,) = server.talkers()
            (program,) = children(talker.pid)
            roots = {one.pid: os.readlink(f"/proc/{one.pid}/root")
                     for one in (talker, program)}
            self.assertEqual(roots, {talker.pid: str(jail), program.pid: "/"})


@as_root
@with_debugger
class TakenOver(Case):
    """A talker in which a stranger runs code of his own: the debugger plays him."""

    def setUp(self) -> None:
        super().setUp()
        self.sane = self.enterContext(subprocess.Popen(["sleep", "100"],
                                                       preexec_fn=self.become_nobody))
        self.addCleanup(self.sane.kill)

    def become_nobody(self) -> None:
        """A process of nobody, which is confined by nothing else."""
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)

    def values(self, pid: int, *expressions: str) -> list[int]:
        """What the expressions give in the process."""
        found = debug(pid, *expressions)
        if found is None:
            self.skipTest("the debugger cannot look into it")
        return found

    def test_it_opens_no_file(self) -> None:
        new = Path(f"/tmp/opened-by-a-talker.{os.getpid()}")
        opened = ('open("/etc/passwd", 0)', 'open("/", 0)', f'open("{new}", 0101, 0600)',
                  f'open("{self.rsa.chain}", 0)', 'open("/proc/self/mem", 2)',
                  'open("/dev/null", 2)')
        # The check of the check: nobody can open these where nothing else forbids it.
        self.assertGreater(self.values(self.sane.pid, *opened[:2])[0], 2)
        server = self.server()
        with self.talk(server) as secure:
            (talker,) = server.talkers()
            self.assertEqual(self.values(talker.pid, *opened), [-1] * len(opened))
            self.check_echo(secure, "still here")
        self.assertFalse(new.exists())

    def test_it_gets_no_rights_back(self) -> None:
        server = self.server()
        with self.talk(server) as secure:
            (talker,) = server.talkers()
            self.assertEqual(self.values(talker.pid, "setuid(0)", "setgid(0)", "chroot(\"/\")",
                                         "execl(\"/bin/sh\", \"sh\", 0)"), [-1] * 4)
            self.check_echo(secure, "still here")

    def test_it_harms_no_other_process(self) -> None:
        """Neither the keeper, which is nobody too, nor another talker, nor the listener."""
        server = self.server()
        with self.talk(server) as secure, self.talk(server):
            mine, other = server.talkers()
            (keeper,) = server.keepers()
            tried = []
            for pid in (keeper.pid, other.pid, server.pid, self.sane.pid):
                tried += [f"kill({pid}, 0)", f"ptrace(16, {pid}, 0, 0)",
                          f"syscall(434, {pid}, 0)"]      # pidfd_open harms nobody by itself
            values = self.values(mine.pid, *tried)
            faults = [word for word, value in zip(tried, values, strict=True)
                      if value != -1 and not word.startswith("syscall")]
            self.assertEqual(faults, [])
            self.check_echo(secure, "still here")
            self.assertIsNotNone(process(other.pid))

    def test_its_memory_cannot_be_dumped(self) -> None:
        """PR_GET_DUMPABLE and PR_GET_NO_NEW_PRIVS."""
        server = self.server()
        with self.talk(server):
            (talker,) = server.talkers()
            (keeper,) = server.keepers()
            for one in (talker, keeper):
                self.assertEqual(self.values(one.pid, "prctl(3, 0, 0, 0, 0)",
                                             "prctl(39, 0, 0, 0, 0)"), [0, 1])


if __name__ == "__main__":
    sys.exit(support.run_with_material(sys.modules[__name__], Material, sys.argv))
