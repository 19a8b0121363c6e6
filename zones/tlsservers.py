"""The peers that speak proper TLS: `openssl s_server`, which sends every line back
reversed, and `gnutls-serv`, which sends it back as it came. One chain, one process and
one loopback address each, all on port 443. The order of the table gives the addresses,
so new peers go to its end."""

import base64
from dataclasses import dataclass
from pathlib import Path

import der
from processes import Processes

PORT = 443


@dataclass(frozen=True)
class Peer:
    """A server: its chain as sent, leaf first, and what else its command line says."""

    name: str
    chain: tuple[str, ...]
    options: tuple[str, ...] = ()
    program: str = "openssl"
    hidden_port: int = 0    # gnutls-serv listens on all addresses; see misbehaving.py

    @property
    def leaf(self) -> str:
        return self.chain[0] if self.chain else ""


_ANY = ("-cipher", "ALL:@SECLEVEL=0")

PEERS = [
    Peer("good", ("good", "ca")),
    Peer("bare", ("good",)),
    Peer("deep", ("deep", "intermediate", "ca")),
    Peer("deep-no-root", ("deep", "intermediate")),
    Peer("deep-leaf-only", ("deep",)),
    Peer("shuffled", ("deep", "ca", "other-ca", "intermediate")),
    Peer("expired", ("expired", "ca")),
    Peer("future", ("future", "ca")),
    Peer("old-anchor", ("old-anchor", "expired-ca")),
    Peer("wrong-name", ("wrong-name", "ca")),
    Peer("wildcard", ("wildcard", "ca")),
    Peer("partial", ("partial", "ca")),
    Peer("top-wildcard", ("top-wildcard", "ca")),
    Peer("cn-only", ("cn-only", "ca")),
    Peer("cn-beside-san", ("cn-beside-san", "ca")),
    Peer("address", ("address", "ca")),
    Peer("idn", ("idn", "ca")),
    Peer("idn-raw", ("idn-raw", "ca")),
    Peer("evil", ("evil", "evil-ca", "ca")),
    Peer("sign-only", ("sign-only", "ca")),
    Peer("encipher-only", ("encipher-only", "ca")),
    Peer("client-only", ("client-only", "ca")),
    Peer("critical", ("critical", "ca")),
    Peer("self", ("self",)),
    Peer("empty-subject", ("empty-subject", "ca")),
    Peer("rsa", ("rsa", "ca")),
    Peer("rsa-weak", ("rsa-weak", "ca"), _ANY),
    Peer("ed25519", ("ed25519", "ca")),
    Peer("sha1", ("sha1", "ca"), _ANY),
    Peer("under-leaf", ("under-leaf", "good", "ca")),
    Peer("under-no-sign", ("under-no-sign", "no-sign-ca", "ca")),
    Peer("too-deep", ("too-deep", "beyond-ca", "short-ca", "ca")),
    Peer("constrained", ("constrained", "constrained-ca", "ca")),
    Peer("hundred", ("good",) + ("intermediate",) * 99),
    Peer("tls12", ("good", "ca"), ("-tls1_2",)),
    Peer("tls13", ("good", "ca"), ("-tls1_3",)),
    Peer("tls10", ("good", "ca"), ("-tls1", *_ANY)),
    Peer("anonymous", (), ("-nocert", "-tls1_2", "-cipher", "aNULL:@SECLEVEL=0")),
    Peer("sni", ("other", "ca"), ("-servername", "sni.secure.example",
                                  "-cert2", "{certs}/good.pem", "-key2", "{certs}/good.key")),
    Peer("two-keys", ("good", "ca"), ("-dcert", "{certs}/rsa.pem", "-dkey", "{certs}/rsa.key",
                                      "-dcert_chain", "{certs}/ca.pem")),
    Peer("asks", ("good", "ca"), ("-Verify", "1", "-verify_return_error",
                                  "-verifyCAfile", "{certs}/ca.pem")),
    Peer("junk-chain", ("good", "other", "evil-ca", "other-ca")),
    Peer("stranger", ("evil", "evil-ca")),
    Peer("raw", ("raw",), program="gnutls-rawpk", hidden_port=4431),
    Peer("gnutls", ("good", "ca"), program="gnutls", hidden_port=4432),
    Peer("raw-and-x509", ("raw",), program="gnutls-both", hidden_port=4433),
]

ADDRESSES = {peer.name: f"127.60.0.{number}" for number, peer in enumerate(PEERS, 1)}
EXTRA = {"six": "::1"}    # `good` once more, on the IPv6 loopback address


def _gnutls(peer: Peer, certs: Path, chain: Path) -> list[str]:
    command = ["gnutls-serv", "--echo", "--quiet", "--disable-client-cert", "--port",
               str(peer.hidden_port)]
    key = certs / f"{peer.leaf}.key"
    if peer.program != "gnutls-rawpk":
        command += ["--x509keyfile", str(key), "--x509certfile", str(chain)]
    if peer.program != "gnutls":
        command += ["--rawpkkeyfile", str(key), "--rawpkfile", str(certs / "raw.pub"),
                    "--priority", "NORMAL:+CTYPE-ALL" if peer.program == "gnutls-both"
                    else "NORMAL:-CTYPE-X509:+CTYPE-RAWPK"]
    return command


def _openssl(peer: Peer, address: str, certs: Path, rest: Path) -> list[str]:
    command = ["openssl", "s_server", "-rev", "-accept",
               f"[{address}]:{PORT}" if ":" in address else f"{address}:{PORT}"]
    if peer.chain:
        command += ["-cert", str(certs / f"{peer.leaf}.pem"),
                    "-key", str(certs / f"{peer.leaf}.key")]
    if len(peer.chain) > 1:
        command += ["-cert_chain", str(rest)]
    return command + [word.replace("{certs}", str(certs)) for word in peer.options]


def start(directory: Path, processes: Processes) -> list[tuple[str, int]]:
    """Starts all; returns the addresses and ports that will listen."""
    certs, chains = directory / "certs", directory / "chains"
    chains.mkdir(exist_ok=True)
    key = base64.encodebytes(der.public_key(der.from_pem(certs / "raw.pem"))).decode()
    (certs / "raw.pub").write_text(
        f"-----BEGIN PUBLIC KEY-----\n{key}-----END PUBLIC KEY-----\n")
    expected = []
    for name, address in [*ADDRESSES.items(), *EXTRA.items()]:
        peer = next((p for p in PEERS if p.name == name), PEERS[0])
        pem = [(certs / f"{member}.pem").read_text() for member in peer.chain]
        whole, rest = chains / f"{name}.pem", chains / f"{name}.rest"
        whole.write_text("".join(pem))
        rest.write_text("".join(pem[1:]))
        if peer.program == "openssl":
            processes.start(f"tls-{name}", _openssl(peer, address, certs, rest))
            expected.append((address, PORT))
        else:
            processes.start(f"tls-{name}", _gnutls(peer, certs, whole))
            expected.append(("0.0.0.0", peer.hidden_port))
    return expected
