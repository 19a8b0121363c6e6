"""Runs a command in a private network that holds the miniature internet of zones/.

    with_zones.py [--dir DIR | --like DIR] COMMAND...

ZONES_DIR is in the command's environment, and a word that is `ZONES_DIR` becomes that
directory. DIR keeps keys and certificates for the next time; without it a temporary
directory is used, which with --like begins as a copy of what `internet.py make DIR` made.
Exit status: the command's; 111 if the zones do not start. Everything is taken down again,
whatever happens.

Each run has a network namespace and a directory of its own, so that any number of them go
side by side. Where no namespace can be had they would all want port 53 of the same
addresses: there each waits until the one before it has ended.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TextIO

INTERNET = Path(__file__).resolve().parents[2] / "zones" / "internet.py"
INSIDE = "ZONES_PRIVATE_NETWORK"


def enter(words: list[str]) -> None:
    """Becomes the same program in a network namespace of its own, if that can be had;
    else goes on in the network that there is."""
    as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    command = ["unshare", "--net", *as_user, "--"]
    if shutil.which("unshare") and subprocess.run(
            [*command, "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0:
        os.environ[INSIDE] = "yes"
        os.execvp("unshare", [*command, sys.executable, *words])


def wait_for_turn() -> TextIO:
    """Waits until no other run is in the network that all share; closing ends the turn."""
    turn = open(INTERNET)
    fcntl.flock(turn, fcntl.LOCK_EX)
    return turn


def copy(made: Path, directory: Path) -> None:
    """What `internet.py make` made, with its dates."""
    for name in ("keys", "certs", "zones"):
        shutil.copytree(made / name, directory / name, symlinks=True, dirs_exist_ok=True)


def interrupt(_number: int, _frame: object) -> None:
    """Turns a signal into what Ctrl-C does, so that the zones go down."""
    raise KeyboardInterrupt


def main(words: list[str]) -> int:
    """The command line."""
    command = words[1:]
    directory = like = None
    if command[:1] == ["--dir"]:
        directory, command = Path(command[1]).resolve(), command[2:]
    elif command[:1] == ["--like"]:
        like, command = Path(command[1]).resolve(), command[2:]
    if not command:
        print(__doc__, file=sys.stderr)
        return 100
    turn = None
    if os.environ.get(INSIDE) != "yes":
        enter(words)
        turn = wait_for_turn()
    else:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    temporary = directory is None
    directory = directory or Path(tempfile.mkdtemp(prefix="zones."))
    try:
        if like:
            copy(like, directory)
        return inside(directory, command)
    except KeyboardInterrupt:
        return 130
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if temporary:
            shutil.rmtree(directory, ignore_errors=True)
        if turn:
            turn.close()


def inside(directory: Path, command: list[str]) -> int:
    """Zones up, the command, zones down."""
    manage = [sys.executable, str(INTERNET)]
    try:
        if subprocess.run([*manage, "up", str(directory)], stdout=sys.stderr,
                          check=False).returncode != 0:
            return 111
        environment = {**os.environ, "ZONES_DIR": str(directory)}
        words = [str(directory) if word == "ZONES_DIR" else word for word in command]
        status = subprocess.run(words, env=environment, check=False).returncode
        return status if status >= 0 else 128 - status
    finally:
        previous = signal.signal(signal.SIGINT, signal.SIG_IGN)
        subprocess.run([*manage, "down", str(directory)], stdout=subprocess.DEVNULL,
                       check=False)
        signal.signal(signal.SIGINT, previous)


if __name__ == "__main__":
    sys.exit(main(sys.argv))
