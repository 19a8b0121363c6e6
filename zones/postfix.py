"""A Postfix of its own: queue, configuration and log in the run directory. Each address is
another habit of it; `postfix` has STARTTLS, and TLS at once on port 465. Mail is taken from
anybody and goes into one maildir, `postfix/mail/new`; that for `postfix-sink` is handed to
whoever listens on its port 10025, and queued nowhere.

The local part of an address says what becomes of it: recipients `perm`, `temp`; senders
`perm-mail`, `temp-mail`, `perm-data`, `temp-data`, `perm-end`, `temp-end`."""

import os
import pwd
import re
import shutil
import subprocess
from pathlib import Path

import postfix_instance
from processes import Processes

PORT = 25
TLS_PORT = 465
LEAF = "mail"

# Address, the chain that it sends, and what smtpd is told besides. `{certs}` and `{home}`
# are the directories.
_LISTENERS: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "postfix": ("127.61.0.1", (LEAF, "ca"), ()),
    "postfix-plain": ("127.61.0.2", (LEAF, "ca"), ("smtpd_tls_security_level=none",)),
    "postfix-refuses": ("127.61.0.3", (LEAF, "ca"), ("smtpd_client_restrictions=reject",)),
    "postfix-small": ("127.61.0.4", (LEAF, "ca"), ("message_size_limit=2000",)),
    "postfix-ascii": ("127.61.0.5", (LEAF, "ca"), ("smtputf8_enable=no",)),
    "postfix-in-turn": ("127.61.0.6", (LEAF, "ca"), (
        "smtpd_discard_ehlo_keywords=pipelining,size,8bitmime",)),
    "postfix-bare": ("127.61.0.7", (LEAF,), ()),
    "postfix-expired": ("127.61.0.8", ("expired", "ca"), ()),
    "postfix-wrong-name": ("127.61.0.9", ("wrong-name", "ca"), ()),
    "postfix-domain-name": ("127.61.0.10", ("domain-name", "ca"), ()),
    "postfix-host-name": ("127.61.0.11", ("host-name", "ca"), ()),
    "postfix-rsa": ("127.61.0.12", ("rsa", "ca"), ()),
    "postfix-later": ("127.61.0.13", (LEAF, "ca"), (
        "smtpd_client_restrictions=defer", "smtpd_delay_reject=no")),
    "postfix-two-keys": ("127.61.0.15", (LEAF, "ca"), (
        "smtpd_tls_chain_files={home}/mail-ca.pem,{home}/rsa-ca.pem",)),
    "postfix-tls12": ("127.61.0.16", (LEAF, "ca"), ("smtpd_tls_protocols=<=TLSv1.2",)),
    "postfix-tls10": ("127.61.0.17", (LEAF, "ca"), (
        "smtpd_tls_protocols=<=TLSv1", "tls_medium_cipherlist=ALL:@SECLEVEL=0",)),
    "postfix-under-leaf": ("127.61.0.18", ("under-leaf", "good", "ca"), ()),
    "postfix-constrained": ("127.61.0.19", ("constrained", "constrained-ca", "ca"), ()),
    "postfix-soon": ("127.61.0.20", ("soon", "ca"), ()),
    "postfix-encipher-only": ("127.61.0.21", ("encipher-only", "ca"), ()),
    "postfix-deep": ("127.61.0.22", ("deep", "intermediate"), ()),
    "postfix-self": ("127.61.0.23", ("self",), ()),
    "postfix-ed25519": ("127.61.0.24", ("ed25519", "ca"), ()),
    "postfix-no-key": ("127.61.0.25", (LEAF, "ca"), ("smtpd_tls_chain_files={certs}/none",)),
    "postfix-future": ("127.61.0.26", ("future", "ca"), ()),
    "postfix-old-cross": ("127.61.0.27", ("deep", "intermediate", "expired-ca"), ()),
    "postfix-unreadable": ("127.61.0.28", ("unreadable", "ca"), ()),
    "postfix-sink": ("127.61.0.14", (LEAF, "ca"), (
        "smtpd_proxy_filter=127.61.0.14:10025",)),
}
ADDRESSES = {name: address for name, (address, _, _) in _LISTENERS.items()}
LEAVES = {name: [chain[0]] for name, (_, chain, _) in _LISTENERS.items()}
LEAVES["postfix-two-keys"].append("rsa")

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
virtual_mailbox_domains = static:all
virtual_mailbox_maps = static:mail/
virtual_mailbox_base = {home}
virtual_mailbox_limit = 0
virtual_minimum_uid = 1
virtual_uid_maps = static:{user}
virtual_gid_maps = static:{group}
smtpd_delay_reject = no
smtpd_sender_restrictions = check_sender_access regexp:{home}/mail-stage
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access regexp:{home}/rcpt-stage,
  permit_mynetworks, reject
smtpd_data_restrictions = check_sender_access regexp:{home}/data-stage
smtpd_end_of_data_restrictions = check_sender_access regexp:{home}/end-stage
message_size_limit = 200000000
smtpd_peername_lookup = no
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_loglevel = 1
inet_protocols = ipv4
"""

_MASTER = """cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
proxymap unix - - n - - proxymap
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""

# What is refused at which stage, by the local part.
_STAGES = {
    "mail-stage": ("/^perm-mail@/ 553 5.7.1 not from you",
                   "/^temp-mail@/ 451 4.7.1 not from you now"),
    "rcpt-stage": ("/^perm@/ 550 5.1.1 nobody of that name",
                   "/^temp@/ 450 4.2.1 not here now"),
    "data-stage": ("/^perm-data@/ 554 5.7.1 no data", "/^temp-data@/ 451 4.7.1 no data now"),
    "end-stage": ("/^perm-end@/ 552 5.7.1 not this mail",
                  "/^temp-end@/ 451 4.7.1 not this mail now"),
}


def available() -> bool:
    """Postfix changes its user: it needs a root that may."""
    mapped = sum(int(line.split()[2])
                 for line in Path("/proc/self/uid_map").read_text().splitlines())
    return os.geteuid() == 0 and mapped > 1 and shutil.which("postfix") is not None


def sends_raw_keys() -> bool:
    """Whether it sends a raw public key to who takes one (RFC 7250), as Postfix does since 3.9
    whatever smtpd_tls_enable_rpk says, which is about clients."""
    said = subprocess.run(["postconf", "-dh", "mail_version"], capture_output=True, text=True,
                          check=True).stdout
    return [int(part) for part in re.findall(r"\d+", said)[:2]] >= [3, 9]


def _maildir(home: Path) -> None:
    """Where all mail goes."""
    owner = pwd.getpwnam("postfix")
    for folder in ("", "tmp", "new", "cur"):
        (home / "mail" / folder).mkdir(exist_ok=True)
        os.chown(home / "mail" / folder, owner.pw_uid, owner.pw_gid)


def _chain(home: Path, certs: Path, chain: tuple[str, ...]) -> Path:
    """Key and certificates of a chain in one file, as smtpd wants them."""
    whole = home / f"{'-'.join(chain)}.pem"
    whole.write_text((certs / f"{chain[0]}.key").read_text() + "".join(
        (certs / f"{name}.pem").read_text() for name in chain))
    return whole


def _services(home: Path, certs: Path) -> str:
    """The lines of master.cf that listen."""
    text = ""
    for address, chain, settings in _LISTENERS.values():
        options = [f"smtpd_tls_chain_files={_chain(home, certs, chain)}",
                   *(text.format(home=home, certs=certs) for text in settings)]
        text += f"{address}:{PORT} inet n - n - - smtpd"
        text += "".join(f" -o {option}" for option in options) + "\n"
    address, chain, _ = _LISTENERS["postfix"]
    return text + (f"{address}:{TLS_PORT} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes"
                   f" -o smtpd_tls_chain_files={_chain(home, certs, chain)}\n")


def start(directory: Path, processes: Processes) -> list[tuple[str, int]]:
    """Starts the master; returns the addresses and ports that will listen."""
    if not available():
        return []
    home = directory / "postfix"
    home.mkdir(exist_ok=True)
    postfix_instance.reachable(directory, home)
    postfix_instance.make_queue(home)
    _maildir(home)
    owner = pwd.getpwnam("postfix")
    (home / "main.cf").write_text(_MAIN.format(home=home, user=owner.pw_uid,
                                               group=owner.pw_gid))
    (home / "master.cf").write_text(_services(home, directory / "certs") + _MASTER)
    for name, rows in _STAGES.items():
        (home / name).write_text("".join(f"{row}\n" for row in rows))
    command, environment = postfix_instance.master(home)
    processes.start("postfix", command, environment)
    return [*((address, PORT) for address in ADDRESSES.values()),
            (ADDRESSES["postfix"], TLS_PORT)]
