"""sslserver when much is asked of it: crowds, long days, strangers that do harm, processes that
are killed, certificates read again all the time, a machine that has no process left.

    sslserver_load.py SSLSERVER [NAME...]

CONNECTIONS in the environment says how many connections come in turn (2000), SECONDS how
long certificates are read again and again (8). Memory and rates are printed, and only absurd
ones are faults. The last line is `N passed, N failed`.
"""

import contextlib
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Callable, Iterator

import sslserver_support as support
from harness import HANG_SECONDS, START_SECONDS
from sslserver_support import (Material, Pair, Process, Sslserver, as_root, client_hello,
                               connect, context, descendants, is_root, process, until)

CONNECTIONS = int(os.environ.get("CONNECTIONS", 2000))
SECONDS = float(os.environ.get("SECONDS", 8))
AT_ONCE = 4
ANSWER = ("sh", "-c", 'read line; echo "heard $line"')
HEARD = b"heard hello\n"
SOMEBODY = 54321                # a user who runs nothing else
MOST_PER_CONNECTION = 64 << 10  # KiB, under sanitizers too
MOST_GROWTH = 1 << 10           # KiB of the listener, over all connections
MATERIAL: Material


def secure(server: Sslserver, tls: ssl.SSLContext) -> ssl.SSLSocket:
    """A connection with its handshake done."""
    return tls.wrap_socket(connect(server), server_hostname="server.example")


def finish(peer: ssl.SSLSocket) -> bytes:
    """Says hello, and hears all that comes to the end."""
    with peer:
        peer.sendall(b"hello\n")
        heard = b""
        while some := peer.recv(4096):
            heard += some
        return heard


def zombies_of(pid: int) -> list[int]:
    """Children that ended and that nobody waited for."""
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            words = Path(f"/proc/{name}/stat").read_text(encoding="utf-8", errors="replace")
            state, parent = words.rpartition(")")[2].split()[:2]
            if state == "Z" and int(parent) == pid:
                found.append(int(name))
    return found


def count_descriptors(pid: int) -> int:
    """How many descriptors a process has; -1 where one may not look."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except PermissionError:
        return -1


def memory_of(pid: int, field: str = "Pss") -> int:
    """The memory of a process in KiB, what it shares counted in part."""
    for file in ("smaps_rollup", "status"):
        try:
            text = Path(f"/proc/{pid}/{file}").read_text(encoding="ascii", errors="replace")
        except PermissionError:
            field = "VmRSS"
            continue
        if found := re.search(rf"^{field}:\s+(\d+) kB", text, re.M):
            return int(found[1])
    return 0


def is_sanitized() -> bool:
    """Whether the program looks after its memory."""
    return b"__asan_init" in Path(support.PROGRAM).read_bytes()


class Case(unittest.TestCase):
    """A server, and what must be true of it afterwards."""

    def server(self, *program: str, options: str = "", **more) -> Sslserver:
        """A server for the time of the test, ECDSA alone: a handshake costs little."""
        settings = {**MATERIAL.ecdsa.environment, **more.pop("settings", {})}
        return self.enterContext(Sslserver(*program, options=options, settings=settings, **more))

    def expect_served(self, server: Sslserver) -> None:
        """A new connection gets its answer."""
        self.assertEqual(finish(secure(server, context(MATERIAL.root.file))), HEARD)

    def expect_quiet(self, server: Sslserver, keepers: int = 1) -> None:
        """Nobody is left but the listener and its keeper, and nobody is a zombie."""
        until(lambda: len(descendants(server.pid)) == keepers and not zombies_of(server.pid),
              f"the listener alone with its keeper: {descendants(server.pid)}")
        begun = len(re.findall(r"^sslserver: pid \d+ from", server.log, re.M))
        until(lambda: len(re.findall(r"^sslserver: end \d+ status", server.log, re.M)) == begun,
              "an end for each beginning")
        self.assertIsNone(server.running.poll())


class Crowd(Case):
    """Many at once."""

    def test_200_at_once_where_100_have_room(self) -> None:
        server = self.server(*ANSWER, options="-c 100 -b 200")
        tls = context(MATERIAL.root.file)
        there = threading.Semaphore(0)
        everybody_speaks = threading.Event()
        sockets = [connect(server) for _ in range(200)]

        def talk(plain: socket.socket) -> bytes:
            peer = tls.wrap_socket(plain, server_hostname="server.example")
            there.release()
            self.assertTrue(everybody_speaks.wait(HANG_SECONDS))
            return finish(peer)

        with ThreadPoolExecutor(200) as pool:
            talks = [pool.submit(talk, one) for one in sockets]
            for _ in range(100):
                self.assertTrue(there.acquire(timeout=START_SECONDS))
            server.find(r"sslserver: status: 100/100")
            self.assertFalse(there.acquire(timeout=0.5), "one more than -c allows")
            everybody_speaks.set()
            self.assertEqual({one.result(HANG_SECONDS) for one in talks}, {HEARD})
        self.assertEqual(server.statuses(200), [0] * 200)
        most = max(map(int, re.findall(r"status: (\d+)/100", server.log)))
        self.assertEqual(most, 100)
        self.expect_quiet(server)

    def test_memory(self) -> None:
        server = self.server("cat", options="-c 60")
        tls = context(MATERIAL.root.file)
        listener = memory_of(server.pid)
        with contextlib.ExitStack() as stack:
            for _ in range(50):
                peer = stack.enter_context(secure(server, tls))
                peer.sendall(b"x\n")
                self.assertEqual(peer.recv(10), b"x\n")
            talkers = [memory_of(one.pid) for one in server.talkers()]
            programs = [memory_of(below.pid) for one in server.talkers()
                        for below in descendants(one.pid)]
            keeper = sum(memory_of(one.pid) for one in server.keepers())
            print(f"memory: talker {sum(talkers) / 50:.0f} KiB, its program (cat) "
                  f"{sum(programs) / 50:.0f} KiB, listener {listener} KiB, keeper {keeper} KiB")
        self.assertEqual((len(talkers), len(programs)), (50, 50))
        self.assertLess(max(talkers), MOST_PER_CONNECTION)
        self.expect_quiet(server)


class Turns(Case):
    """A long day."""

    def test_many_in_turn(self) -> None:
        """Nothing is lost with any of them: no descriptor, no process, no memory."""
        server = self.server(*ANSWER, base="-1RHl0")     # a day's log is not what is tried
        (keeper,) = server.keepers()
        tls = context(MATERIAL.root.file)
        self.expect_served(server)

        def settled() -> bool:
            return len(descendants(server.pid)) == 1

        until(settled, "the listener alone")
        before = [count_descriptors(pid) for pid in (server.pid, keeper.pid)]
        memory = memory_of(server.pid, "Anonymous")
        began = time.monotonic()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            heard = pool.map(lambda _: finish(secure(server, tls)), range(CONNECTIONS))
            wrong = [one for one in heard if one != HEARD]
        rate = CONNECTIONS / (time.monotonic() - began)
        self.assertEqual(wrong, [])
        until(settled, "the end of all")
        after = [count_descriptors(pid) for pid in (server.pid, keeper.pid)]
        growth = memory_of(server.pid, "Anonymous") - memory
        print(f"{CONNECTIONS} connections, {rate:.0f} a second beside the client; descriptors "
              f"of listener and keeper {after}; the listener grew by {growth} KiB")
        self.assertEqual(after, before)
        self.assertEqual(zombies_of(server.pid) + zombies_of(keeper.pid), [])
        self.assertEqual([one.pid for one in server.keepers()], [keeper.pid])
        if not is_sanitized():      # freed memory is kept for a while there
            self.assertLess(growth, MOST_GROWTH)
        self.expect_served(server)


class Strangers(Case):
    """Those who do harm, beside those who do not."""

    def test_half_handshakes_and_garbage_beside_good_ones(self) -> None:
        server = self.server(*ANSWER, options="-c 200 -b 100 -T 20")
        hello = client_hello()
        tls = context(MATERIAL.root.file)
        with contextlib.ExitStack() as stack:
            for number in range(50):
                half = stack.enter_context(connect(server))
                half.sendall(hello[:1 + number * 4])
            for number in range(50):
                garbage = stack.enter_context(connect(server))
                with contextlib.suppress(OSError):
                    garbage.sendall(random.Random(number).randbytes(600))
            with ThreadPoolExecutor(AT_ONCE) as pool:
                heard = pool.map(lambda _: finish(secure(server, tls)), range(50))
                self.assertEqual(set(heard), {HEARD})
        self.assertEqual(sum(status == 0 for status in server.statuses(150)), 50)
        self.expect_served(server)
        self.expect_quiet(server)

    def test_strangers_that_come_and_go(self) -> None:
        """Connections that end at once, by an end or by a reset."""
        server = self.server(*ANSWER)
        for number in range(200):
            peer = connect(server)
            if number % 2:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            peer.close()
        self.expect_served(server)
        self.expect_quiet(server)


class Kills(Case):
    """SIGKILL for anybody but the listener and the keeper."""

    def kill_some(self, choose: Callable[[Process, Process], Process]) -> None:
        """Of 40 connections, one process of every other one is killed: the rest go on."""
        server = self.server("cat")
        tls = context(MATERIAL.root.file)
        with contextlib.ExitStack() as stack:
            peers: dict[int, ssl.SSLSocket] = {}
            for _ in range(40):
                known = {one.pid for one in server.talkers()}
                peer = stack.enter_context(secure(server, tls))
                peer.sendall(b"x")
                self.assertEqual(peer.recv(10), b"x")
                (new,) = [one.pid for one in server.talkers() if one.pid not in known]
                peers[new] = peer
            talkers = server.talkers()
            everybody = [one for talker in talkers for one in (talker, *descendants(talker.pid))]
            victims = random.Random(40).sample(talkers, 20)
            for talker in victims:
                (program,) = descendants(talker.pid)
                os.kill(choose(talker, program).pid, signal.SIGKILL)
            self.assertEqual(len(server.statuses(20)), 20)
            for pid, peer in peers.items():
                if pid in {one.pid for one in victims}:
                    with contextlib.suppress(OSError):
                        self.assertEqual(peer.recv(10), b"")
                else:
                    peer.sendall(b"still here")
                    self.assertEqual(peer.recv(10), b"still here")
        self.assertNotIn(0, server.statuses(40)[:20])
        self.expect_quiet(server)
        until(lambda: not any(one.is_alive() for one in everybody), "the end of the programs")
        with secure(server, tls) as peer:
            peer.sendall(b"new")
            self.assertEqual(peer.recv(10), b"new")

    def test_talkers(self) -> None:
        self.kill_some(lambda talker, _program: talker)

    def test_programs(self) -> None:
        self.kill_some(lambda _talker, program: program)

    def test_random_ones_under_load(self) -> None:
        """Whoever is hit fails, and nobody else: the number of failures is that of hits."""
        server = self.server("sh", "-c", f"sleep 0.3; {ANSWER[2]}")
        tls = context(MATERIAL.root.file)
        (keeper,) = server.keepers()
        hits = failures = good = 0
        stop = threading.Event()
        lock = threading.Lock()

        def load() -> None:
            nonlocal failures, good
            while not stop.is_set():
                try:
                    heard = finish(secure(server, tls))
                except OSError:
                    heard = b""
                with lock:
                    good += heard == HEARD
                    failures += heard != HEARD

        with ThreadPoolExecutor(2 * AT_ONCE) as pool:
            loads = [pool.submit(load) for _ in range(2 * AT_ONCE)]
            choice = random.Random(1)
            deadline = time.monotonic() + 4
            while time.monotonic() < deadline:
                time.sleep(0.05)
                young = [one for one in descendants(server.pid) if one.pid != keeper.pid]
                if young:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(choice.choice(young).pid, signal.SIGKILL)
                        hits += 1
            stop.set()
            for one in loads:
                one.result(HANG_SECONDS)
        print(f"{hits} processes killed, {failures} connections failed, {good} were good")
        self.assertLessEqual(failures, hits)
        self.assertGreater(hits, 5)
        self.assertGreater(good, 20)
        self.expect_served(server)
        self.expect_quiet(server)


class Reload(Case):
    """SIGHUP while connections come."""

    @contextlib.contextmanager
    def hanging_up(self, server: Sslserver, pause: float) -> Iterator[None]:
        """A SIGHUP now and then."""
        stop = threading.Event()

        def run() -> None:
            while not stop.wait(pause):
                server.hang_up()

        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    def test_a_hang_up_every_50_ms_loses_nobody(self) -> None:
        server = self.server(*ANSWER, base="-1RHl0")
        tls = context(MATERIAL.root.file)
        self.expect_served(server)
        before = count_descriptors(server.pid)
        deadline = time.monotonic() + SECONDS

        def load() -> list[str]:
            out = []
            while time.monotonic() < deadline:
                try:
                    out.append(finish(secure(server, tls)).decode())
                except OSError as fault:
                    out.append(repr(fault))
            return out

        with self.hanging_up(server, 0.05), ThreadPoolExecutor(AT_ONCE) as pool:
            heard = [one for future in [pool.submit(load) for _ in range(AT_ONCE)]
                     for one in future.result(HANG_SECONDS)]
        print(f"{len(heard)} connections beside a SIGHUP every 50 ms")
        self.assertEqual([one for one in heard if one != HEARD.decode()], [])
        self.assertGreater(len(heard), 10)
        until(lambda: len(descendants(server.pid)) == 1 and not zombies_of(server.pid),
              "one keeper alone")
        self.assertEqual(count_descriptors(server.pid), before)
        self.assertNotIn("fatal", server.log)
        self.expect_served(server)

    def test_a_long_connection_outlives_many_keepers(self) -> None:
        server = self.server("cat")
        tls = context(MATERIAL.root.file)
        with secure(server, tls) as peer, self.hanging_up(server, 0.05):
            for number in range(40):
                peer.sendall(b"%02d" % number)
                self.assertEqual(peer.recv(2), b"%02d" % number)
                time.sleep(0.05)
        self.expect_quiet(server)


class Scarce(Case):
    """Machines that have nothing left to give."""

    def expect_survival(self, server: Sslserver, release: Callable[[], None]) -> None:
        """Thirty come where there is no room for so many processes. Whoever is not served
        waits or is told in the log; when there is room again, all are served."""
        with contextlib.ExitStack() as stack:
            for _ in range(30):
                stack.enter_context(connect(server))
            time.sleep(1)
            self.assertIsNone(server.running.poll(), server.log)
            release()
        until(lambda: not server.talkers(), "the end of all")
        self.expect_served(server)
        self.expect_quiet(server)
        told = [line for line in server.lines if re.search("fatal|warning|unable", line)]
        print(f"served {server.log.count(' status 0')}, told: "
              + "; ".join(sorted({re.sub(r"\d+", "N", line) for line in told})))

    def test_a_full_process_table_of_a_cgroup(self) -> None:
        root = next((one for one in (Path("/sys/fs/cgroup/pids"), Path("/sys/fs/cgroup"))
                     if (one / "cgroup.procs").exists()), None)
        if root is None or not is_root():
            self.skipTest("there is no control group for processes")
        group = root / f"sslserver-load-{os.getpid()}"
        try:
            group.mkdir()
        except OSError:
            self.skipTest("control groups cannot be made")
        self.addCleanup(lambda: until(lambda: try_rmdir(group), "an empty control group"))
        if not (group / "pids.max").exists():
            self.skipTest("control groups do not count processes")
        with self.in_group(group) as server:
            (group / "pids.max").write_text("12")
            self.expect_survival(server, lambda: write(group / "pids.max", "max"))

    @contextlib.contextmanager
    def in_group(self, group: Path) -> Iterator[Sslserver]:
        """A server that was started inside a control group."""
        with Sslserver(*ANSWER, settings=MATERIAL.ecdsa.environment, options="-T 5",
                       before=["sh", "-c", f'echo $$ >{group}/cgroup.procs; exec "$@"', "sh"],
                       ) as server:
            yield server

    @as_root
    def test_no_process_left_for_the_user(self) -> None:
        if not shutil.which("setpriv"):
            self.skipTest("there is no setpriv")
        own = Pair(MATERIAL.folder / "somebody.pem", MATERIAL.folder / "somebody.key")
        shutil.copy(MATERIAL.ecdsa.chain, own.chain)
        shutil.copy(MATERIAL.ecdsa.key, own.key)
        os.chown(own.key, SOMEBODY, SOMEBODY)
        become = ["setpriv", f"--reuid={SOMEBODY}", f"--regid={SOMEBODY}", "--clear-groups"]
        server = self.server(*ANSWER, settings=own.environment, options="-T 5", before=become)
        self.limit(server, "nproc", 12, *become)
        self.expect_survival(server, lambda: self.limit(server, "nproc", 1000, *become))

    def limit(self, server: Sslserver, what: str, number: int, *before: str) -> None:
        """A soft limit for the listener, which its children inherit."""
        subprocess.run([*before, "prlimit", "--pid", str(server.pid), f"--{what}={number}:"],
                       check=True)

    def test_few_descriptors(self) -> None:
        """The listener keeps none for a connection, so a dozen serve forty."""
        server = self.server("cat", options="-c 60",
                             before=["sh", "-c", 'ulimit -n 32; exec "$@"', "sh"])
        tls = context(MATERIAL.root.file)
        with contextlib.ExitStack() as stack:
            for _ in range(40):
                peer = stack.enter_context(secure(server, tls))
                peer.sendall(b"x")
                self.assertEqual(peer.recv(10), b"x")
        self.expect_quiet(server)

    def test_no_descriptor_at_all(self) -> None:
        """accept() fails for want of one: the listener waits, and does not turn in circles."""
        server = self.server(*ANSWER)
        self.expect_served(server)
        self.expect_quiet(server)
        taken = set(map(int, os.listdir(f"/proc/{server.pid}/fd")))
        self.limit(server, "nofile", min(set(range(len(taken) + 1)) - taken))
        ticks = processor_ticks(server.pid)
        with contextlib.ExitStack() as stack:
            for _ in range(5):
                stack.enter_context(connect(server))
            time.sleep(2)
            self.assertIsNone(server.running.poll(), server.log)
            spent = processor_ticks(server.pid) - ticks
            self.limit(server, "nofile", 1000)
        print(f"without descriptors: {spent} ticks of {os.sysconf('SC_CLK_TCK')} a second in 2 s, "
              f"{len(server.lines)} lines in the log")
        self.assertLess(spent, os.sysconf("SC_CLK_TCK"))
        self.assertLess(server.log.count("\n"), 1000)
        self.expect_served(server)
        until(lambda: not server.talkers(), "the end of all")
        self.assertIsNotNone(process(server.pid))


def processor_ticks(pid: int) -> int:
    """The processor time of a process alone."""
    words = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return int(words[11]) + int(words[12])


def write(file: Path, text: str) -> None:
    """Into a file of the kernel."""
    file.write_text(text, encoding="ascii")


def try_rmdir(folder: Path) -> bool:
    """Whether it is gone."""
    with contextlib.suppress(OSError):
        folder.rmdir()
    return not folder.exists()


if __name__ == "__main__":
    sys.exit(support.run_with_material(sys.modules[__name__], Material, sys.argv))
