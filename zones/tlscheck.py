"""The peers as `openssl s_client` sees them: that the chain of the table is what is sent,
and that a handful of TLSA shapes give the verdict that OpenSSL's own DANE code gives."""

import subprocess
from concurrent.futures import Executor
from pathlib import Path

import tlsservers
import zonefiles

# Peer, TLSA parameters and certificate, name, and whether OpenSSL accepts it.
SHAPES = [
    ("good", "3 1 1", "good", "any.invalid", True),
    ("good", "3 1 1", "other", "any.invalid", False),
    ("good", "2 1 1", "ca", "www.secure.example", True),
    ("good", "2 0 1", "ca", "www.secure.example", True),
    ("good", "2 1 1", "ca", "any.invalid", False),
    ("good", "2 1 1", "good", "www.secure.example", False),
    ("bare", "2 1 1", "ca", "www.secure.example", False),
    ("bare", "2 0 0", "ca", "www.secure.example", True),
    ("bare", "2 1 0", "ca", "www.secure.example", True),
    ("deep-no-root", "2 1 1", "intermediate", "deep.secure.example", True),
    ("deep-no-root", "2 1 1", "ca", "deep.secure.example", False),
    ("shuffled", "2 1 1", "ca", "shuffled.secure.example", True),
    ("expired", "3 1 1", "expired", "any.invalid", True),
    ("expired", "2 1 1", "ca", "expired-ta.secure.example", False),
    ("future", "2 1 1", "ca", "future-ta.secure.example", False),
    ("evil", "2 1 1", "ca", "evil11.secure.example", False),
    ("evil", "2 0 1", "ca", "evil01.secure.example", False),
    ("under-leaf", "2 1 1", "ca", "under-leaf.secure.example", False),
    ("under-no-sign", "2 1 1", "ca", "under-no-sign.secure.example", False),
    ("too-deep", "2 1 1", "ca", "too-deep.secure.example", False),
    ("constrained", "2 1 1", "ca", "constrained.secure.example", False),
    ("critical", "2 1 1", "ca", "critical-ta.secure.example", False),
    ("client-only", "2 1 1", "ca", "client-only-ta.secure.example", False),
    ("wildcard", "2 1 1", "ca", "a.wild.secure.example", True),
    ("wildcard", "2 1 1", "ca", "b.a.wild.secure.example", False),
    ("idn", "2 1 1", "ca", "www.xn--bcher-kva.example", True),
    ("rsa", "3 1 1", "rsa", "any.invalid", True),
    ("ed25519", "3 1 1", "ed25519", "any.invalid", True),
    ("self", "3 1 1", "self", "any.invalid", True),
    ("sign-only", "3 1 1", "sign-only", "any.invalid", True),
]


def _client(peer: str, *words: str) -> tuple[int, str]:
    done = subprocess.run(
        ["openssl", "s_client", "-connect", f"{tlsservers.ADDRESSES[peer]}:443", *words],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=20, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def _shape(certs: Path, row: tuple[str, str, str, str, bool]) -> str:
    peer, parameters, certificate, name, accepted = row
    record = zonefiles.association(parameters, certificate, certs)
    status, _ = _client(peer, "-dane_tlsa_domain", name, "-dane_tlsa_rrdata", record,
                        "-verify_return_error", "-dane_ee_no_namechecks")
    if (status == 0) == accepted:
        return ""
    return f"{peer} with {parameters} {certificate} as {name}: s_client exit {status}"


def _chain(peer: tlsservers.Peer) -> str:
    _, output = _client(peer.name, "-showcerts", "-cipher", "ALL:@SECLEVEL=0", "-tls1_2"
                        if peer.name == "tls12" else "-no_ssl3")
    count = output.count("BEGIN CERTIFICATE")
    return "" if count == len(peer.chain) else (
        f"{peer.name} sends {count} certificates, not {len(peer.chain)}")


def check_all(directory: Path, pool: Executor) -> tuple[int, list[str]]:
    """How many checks there were, and what is wrong."""
    plain = [peer for peer in tlsservers.PEERS if peer.program in ("openssl", "gnutls")
             and peer.name not in ("anonymous", "asks", "tls10")]
    faults = list(pool.map(_chain, plain))
    faults += pool.map(lambda row: _shape(directory / "certs", row), SHAPES)
    return len(faults), faults
