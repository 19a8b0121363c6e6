"""What every instance of Postfix needs in a home of its own: a queue, and a way to start."""

import grp
import os
import pwd
import subprocess
import time
from pathlib import Path

_OWNED = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
          "private", "saved", "trace")


def make_queue(home: Path) -> None:
    """What `postfix check` would make, in a hundredth of its time."""
    queue, owner = home / "queue", pwd.getpwnam("postfix")
    group = grp.getgrnam("postdrop").gr_gid
    (queue / "pid").mkdir(parents=True, exist_ok=True)
    for name, gid, mode in [*((name, 0, 0o700) for name in _OWNED),
                            ("maildrop", group, 0o730), ("public", group, 0o710)]:
        (queue / name).mkdir(exist_ok=True)
        os.chown(queue / name, owner.pw_uid, gid)
        (queue / name).chmod(mode)
    (home / "data").mkdir(exist_ok=True)
    os.chown(home / "data", owner.pw_uid, owner.pw_gid)


def reachable(*folders: Path) -> None:
    """Lets the user postfix pass through folders."""
    for folder in folders:
        folder.chmod(folder.stat().st_mode | 0o011)


def master(home: Path) -> tuple[list[str], dict[str, str]]:
    """The command that runs an instance whose main.cf and master.cf are written, and what
    is in its environment besides."""
    for name in ("main.cf", "master.cf"):    # else it waits: a young file may be half written
        os.utime(home / name, (time.time() - 60,) * 2)
    folder = subprocess.run(["postconf", "-hx", "daemon_directory"], capture_output=True,
                            text=True, check=True).stdout.strip()
    return [f"{folder}/master", "-d", "-c", str(home)], {"MAIL_CONFIG": str(home)}
