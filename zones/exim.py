"""An Exim of its own. Debian allows one mail server on a machine, so this one is not
installed but unpacked (`./dev peers`); it sees a passwd of its own, in which its user is.
Mail is taken from anybody and delivered at once into one mbox, `exim/mbox`.

`exim` has STARTTLS, `exim-plain` has not; `exim-busy` and `exim-closed` refuse at the
greeting, `exim-strict` refuses EHLO and takes HELO, `exim-by-name` has another certificate
for those who do not ask for mx-by-name.zoo.example. The local part of an address says
what becomes of it, as in postfix.py."""

import os
import pwd
import shutil
from pathlib import Path
from typing import Optional

import postfix
from processes import Processes

ADDRESSES = {"exim": "127.61.1.1", "exim-plain": "127.61.1.2", "exim-busy": "127.61.1.3",
             "exim-closed": "127.61.1.4", "exim-strict": "127.61.1.5",
             "exim-by-name": "127.61.1.6"}
LEAF = "exim"
PORT = 25
UNPACKED = Path(__file__).resolve().parents[1] / "build" / "peers" / "usr"
_USER = "Debian-exim"
_NUMBER = "63025"    # of the user, where the system has none

_CONFIGURATION = """exim_path = {program}
spool_directory = {home}/spool
log_file_path = {home}/%slog
pid_file_path =
exim_user = {user}
exim_group = {user}
never_users =
primary_hostname = exim.mail.example
local_interfaces = <; {interfaces}
daemon_smtp_ports = {port}
smtp_accept_max = 0
smtp_accept_queue = 0
queue_only = false
deliver_drop_privilege = true
keep_environment = LD_LIBRARY_PATH
disable_ipv6 = true
host_lookup =
rfc1413_hosts =
smtputf8_advertise_hosts = *
chunking_advertise_hosts =
message_size_limit = 200M
tls_advertise_hosts = ${{if eq{{$received_ip_address}}{{{plain}}}{{}}{{*}}}}
tls_certificate = ${{if and{{{{eq{{$received_ip_address}}{{{by_name}}}}}\
                            {{!eq{{$tls_in_sni}}{{mx-by-name.zoo.example}}}}}}\
                   {{{other}}}{{{chain}}}}}
tls_privatekey = ${{if and{{{{eq{{$received_ip_address}}{{{by_name}}}}}\
                           {{!eq{{$tls_in_sni}}{{mx-by-name.zoo.example}}}}}}\
                  {{{other_key}}}{{{key}}}}}
acl_smtp_connect = connect
acl_smtp_helo = helo
acl_smtp_mail = mail
acl_smtp_rcpt = rcpt
acl_smtp_predata = predata
acl_smtp_data = data

begin acl
connect:
  defer condition = ${{if eq{{$received_ip_address}}{{{busy}}}}}
        message = too busy
  deny condition = ${{if eq{{$received_ip_address}}{{{closed}}}}}
       message = we take no mail
  accept
helo:
  deny condition = ${{if and{{{{eq{{$received_ip_address}}{{{strict}}}}}\
                            {{match{{$smtp_command}}{{\\N^(?i)EHLO\\N}}}}}}}}
       message = not that new word
  accept
mail:
  deny senders = perm-mail@*
       message = not from you
  defer senders = temp-mail@*
        message = not from you now
  accept
rcpt:
  deny local_parts = perm
       message = nobody of that name
  defer local_parts = temp
        message = not here now
  accept
predata:
  deny senders = perm-data@*
       message = no data
  defer senders = temp-data@*
        message = no data now
  accept
data:
  deny senders = perm-end@*
       message = not this mail
  defer senders = temp-end@*
        message = not this mail now
  accept

begin routers
all:
  driver = accept
  transport = mbox

begin transports
mbox:
  driver = appendfile
  file = {home}/mbox
  user = {user}
  mode = 0600
  check_string = "From "
  escape_string = ">From "
"""


def program() -> Optional[Path]:
    """Exim, installed or unpacked."""
    installed = shutil.which("exim4", path="/usr/sbin:/usr/bin")
    unpacked = UNPACKED / "sbin" / "exim4"
    return Path(installed) if installed else unpacked if unpacked.exists() else None


def available() -> bool:
    """Whether it is there, and may change its user."""
    return postfix.available() and program() is not None


def _with_user(home: Path, command: list[str]) -> list[str]:
    """The command where passwd and group know Exim's user, in a mount namespace."""
    try:
        pwd.getpwnam(_USER)
        return command
    except KeyError:
        pass
    for name, line in (("passwd", f"{_USER}:x:{_NUMBER}:{_NUMBER}::/:/usr/sbin/nologin\n"),
                       ("group", f"{_USER}:x:{_NUMBER}:\n")):
        (home / name).write_text(Path("/etc", name).read_text() + line)
    binds = "".join(f"mount --bind '{home}/{name}' /etc/{name} && "
                    for name in ("passwd", "group"))
    return ["unshare", "--mount", "sh", "-c", f'{binds}exec "$@"', "sh", *command]


def _owner() -> int:
    try:
        return pwd.getpwnam(_USER).pw_uid
    except KeyError:
        return int(_NUMBER)


def start(directory: Path, processes: Processes) -> list[tuple[str, int]]:
    """Starts the daemon; returns the addresses and ports that will listen."""
    exim = program()
    if exim is None or not available():
        return []
    home, certs = directory / "exim", directory / "certs"
    (home / "spool").mkdir(parents=True, exist_ok=True)
    directory.chmod(directory.stat().st_mode | 0o011)
    chain = home / "chain.pem"
    chain.write_text((certs / f"{LEAF}.pem").read_text() + (certs / "ca.pem").read_text())
    key = home / "key.pem"
    key.write_text((certs / f"{LEAF}.key").read_text())
    other, other_key = home / "other.pem", home / "other.key"
    other.write_text((certs / "other.pem").read_text())
    other_key.write_text((certs / "other.key").read_text())
    (home / "exim.conf").write_text(_CONFIGURATION.format(
        program=exim, home=home, chain=chain, key=key, other=other, other_key=other_key,
        user=_USER, port=PORT, by_name=ADDRESSES["exim-by-name"],
        interfaces=" ; ".join(ADDRESSES.values()), plain=ADDRESSES["exim-plain"],
        busy=ADDRESSES["exim-busy"], closed=ADDRESSES["exim-closed"],
        strict=ADDRESSES["exim-strict"]))
    for path in (home, home / "spool", key, other_key):
        os.chown(path, _owner(), _owner())
    (home / "exim.conf").chmod(0o644)
    libraries = next(iter(UNPACKED.glob("lib/*-linux-gnu")), UNPACKED)
    processes.start("exim", _with_user(home, [
        str(exim), "-C", str(home / "exim.conf"), "-bdf"]),
        {"LD_LIBRARY_PATH": str(libraries)})
    return [(address, PORT) for address in ADDRESSES.values()]
