"""A Postfix of its own: queue, configuration and log in the run directory. Port 25 of one
address has STARTTLS, of the other has not. Mail is taken from anybody and discarded."""

import grp
import os
import pwd
import shutil
import subprocess
import time
from pathlib import Path

from processes import Processes

ADDRESSES = {"postfix": "127.61.0.1", "postfix-plain": "127.61.0.2"}
LEAF = "mail"
PORT = 25

_MAIN = """compatibility_level = 3.6
queue_directory = {home}/queue
data_directory = {home}/data
maillog_file = {home}/postfix.log
maillog_file_prefixes = {home}
myhostname = mx1.mail.example
mynetworks = 127.0.0.0/8
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
relay_domains = static:all
relay_transport = discard
default_transport = discard
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_tls_chain_files = {certs}/mail.key, {certs}/mail.pem, {certs}/ca.pem
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
inet_protocols = ipv4
"""

_MASTER = """{starttls}:25 inet n - n - - smtpd
{plain}:25 inet n - n - - smtpd -o smtpd_tls_security_level=none
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
discard unix - - n - - discard
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

_OWNED = ("active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming",
          "private", "saved", "trace")


def available() -> bool:
    """Postfix changes its user: it needs a root that may."""
    mapped = sum(int(line.split()[2])
                 for line in Path("/proc/self/uid_map").read_text().splitlines())
    return os.geteuid() == 0 and mapped > 1 and shutil.which("postfix") is not None


def _queue(home: Path) -> None:
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


def _reachable(*folders: Path) -> None:
    """Lets the user postfix pass through folders of the run directory."""
    for folder in folders:
        folder.chmod(folder.stat().st_mode | 0o011)


def start(directory: Path, processes: Processes) -> list[tuple[str, int]]:
    """Starts the master; returns the addresses and ports that will listen."""
    if not available():
        return []
    home = directory / "postfix"
    home.mkdir(exist_ok=True)
    _reachable(directory, home)
    _queue(home)
    (home / "main.cf").write_text(_MAIN.format(home=home, certs=directory / "certs"))
    (home / "master.cf").write_text(_MASTER.format(starttls=ADDRESSES["postfix"],
                                                   plain=ADDRESSES["postfix-plain"]))
    for name in ("main.cf", "master.cf"):    # else it waits: a young file may be half written
        os.utime(home / name, (time.time() - 60,) * 2)
    folder = subprocess.run(["postconf", "-hx", "daemon_directory"], capture_output=True,
                            text=True, check=True).stdout.strip()
    processes.start("postfix", [f"{folder}/master", "-d", "-c", str(home)],
                    {"MAIL_CONFIG": str(home)})
    return [(address, PORT) for address in ADDRESSES.values()]
