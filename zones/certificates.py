"""The certificates of the miniature internet: a table, and `openssl` and `certtool` to
make them. Only what differs from an ordinary server certificate is said in the table."""

import hashlib
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Mapping, Optional, Sequence

LAYOUT = 4    # of the directory: another number makes all anew
RENEW_AFTER_SECONDS = 2 * 86400    # before `soon` ends
CA = ("basicConstraints=critical,CA:true", "keyUsage=critical,keyCertSign,cRLSign")


@dataclass(frozen=True)
class Certificate:
    """One certificate and its key. `names` None: the hosts that point at its server."""

    name: str
    issuer: Optional[str] = "ca"          # None: self-signed
    names: Optional[str] = None           # subjectAltName, openssl's syntax; "" for none
    subject: str = ""                     # "" for /CN=NAME
    extensions: tuple[str, ...] = ()
    key: str = "ec"
    options: tuple[str, ...] = ()         # of openssl req
    days: int = 90
    dates: Optional[tuple[str, str]] = None


def _authority(name: str, issuer: Optional[str] = None, **more) -> Certificate:
    return Certificate(name, issuer, "", f"/O=Miniature/CN=Miniature {name}",
                       **{"extensions": CA, **more})


def _odd_names(name: str) -> str:
    """An empty dNSName before this one: GnuTLS does not read such a certificate."""
    names = b"\x82\x00\x82" + bytes([len(name)]) + name.encode()
    return "subjectAltName=DER:" + (bytes([0x30, len(names)]) + names).hex(":")


_PAST = ("2020-01-01 00:00:00 UTC", "2020-03-01 00:00:00 UTC")
_FUTURE = ("2090-01-01 00:00:00 UTC", "2090-03-01 00:00:00 UTC")

CERTIFICATES = [
    _authority("ca"),
    _authority("other-ca"),
    _authority("evil-ca"),
    _authority("expired-ca", dates=_PAST, extensions=()),
    _authority("intermediate", "ca"),
    _authority("short-ca", "ca", extensions=("basicConstraints=critical,CA:true,pathlen:0",
                                             CA[1])),
    _authority("beyond-ca", "short-ca"),
    _authority("constrained-ca", "ca",
               extensions=(*CA, "nameConstraints=critical,permitted;DNS:other.example")),
    _authority("no-sign-ca", "ca", extensions=(CA[0], "keyUsage=critical,digitalSignature")),
    Certificate("good"),
    Certificate("other", names="DNS:stale.invalid"),
    Certificate("deep", "intermediate"),
    Certificate("expired", dates=_PAST),
    Certificate("future", dates=_FUTURE),
    Certificate("old-anchor", "expired-ca"),
    Certificate("wrong-name", names="DNS:wrong.invalid"),
    Certificate("wildcard", names="DNS:*.wild.secure.example"),
    Certificate("partial", names="DNS:part*.secure.example,DNS:*tial.secure.example"),
    Certificate("top-wildcard", names="DNS:*.example,DNS:*"),
    Certificate("cn-only", names="", subject="/CN=cn-only.secure.example"),
    Certificate("cn-beside-san", names="DNS:wrong.invalid",
                subject="/CN=cn-beside-san.secure.example"),
    Certificate("address", names="IP:{address}"),
    Certificate("idn", names="DNS:www.xn--bcher-kva.example"),
    Certificate("idn-raw", names="DNS:raw.bücher.example"),
    Certificate("evil", "evil-ca"),
    Certificate("sign-only", extensions=("keyUsage=critical,keyCertSign",)),
    Certificate("encipher-only", key="rsa", extensions=("keyUsage=critical,keyEncipherment",)),
    Certificate("client-only", extensions=("extendedKeyUsage=clientAuth",)),
    Certificate("critical", extensions=("1.2.3.4.5=critical,ASN1:UTF8String:unknown",)),
    Certificate("self", None),
    Certificate("empty-subject", names="", subject="/"),
    Certificate("rsa", key="rsa"),
    Certificate("rsa-weak", key="rsa-1024"),
    Certificate("ed25519", key="ed25519"),
    Certificate("sha1", options=("-sha1",)),
    Certificate("under-leaf", "good"),
    Certificate("under-no-sign", "no-sign-ca"),
    Certificate("too-deep", "beyond-ca"),
    Certificate("constrained", "constrained-ca"),
    Certificate("raw", None),
    Certificate("mail"),
    Certificate("domain-name", names="DNS:names.mail.example,DNS:names.plain.example,"
                "DNS:names-no-mx.mail.example"),
    Certificate("host-name", names="DNS:host-name.mail.example"),
    Certificate("exim"),
    Certificate("soon", days=5),
    Certificate("policy"),
    Certificate("unreadable", names="", extensions=(_odd_names("mx-unreadable.zoo.example"),)),
    Certificate("client", names="email:client@example", subject="/CN=client"),
]

_KEYS = {
    "ec": ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-newkey", "rsa:2048"),
    "rsa-1024": ("-newkey", "rsa:1024"),
    "ed25519": ("-newkey", "ed25519"),
}


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.decode(errors='replace')}")


def _openssl(certificate: Certificate, names: str, directory: Path) -> None:
    command = ["openssl", "req", "-x509", "-config", str(directory / "openssl.cnf"),
               *_KEYS[certificate.key], "-nodes", "-days", str(certificate.days),
               "-subj", certificate.subject or f"/CN={certificate.name}",
               "-keyout", str(directory / f"{certificate.name}.key"),
               "-out", str(directory / f"{certificate.name}.pem"), *certificate.options]
    if certificate.issuer:
        command += ["-CA", str(directory / f"{certificate.issuer}.pem"),
                    "-CAkey", str(directory / f"{certificate.issuer}.key")]
    for extension in certificate.extensions:
        command += ["-addext", extension]
    if names:
        command += ["-addext", f"subjectAltName={names}"]
    _run(command)


def _certtool(certificate: Certificate, names: str, directory: Path) -> None:
    """For dates other than from now on, which `openssl req` cannot set."""
    key = directory / f"{certificate.name}.key"
    template = directory / f"{certificate.name}.template"
    begin, end = certificate.dates or ("", "")
    lines = [f'cn = "{certificate.name}"', f'activation_date = "{begin}"',
             f'expiration_date = "{end}"']
    lines += [f'dns_name = "{name[4:]}"' for name in names.split(",") if name]
    lines += ["signing_key", "tls_www_server"] if certificate.issuer else ["ca",
                                                                          "cert_signing_key"]
    template.write_text("\n".join(lines) + "\n")
    _run(["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt",
          "ec_paramgen_curve:P-256", "-out", str(key)])
    issuer = (["--generate-certificate",
               "--load-ca-certificate", str(directory / f"{certificate.issuer}.pem"),
               "--load-ca-privkey", str(directory / f"{certificate.issuer}.key")]
              if certificate.issuer else ["--generate-self-signed"])
    _run(["certtool", *issuer, "--template", str(template), "--load-privkey", str(key),
          "--outfile", str(directory / f"{certificate.name}.pem")])


def make(directory: Path, names: Mapping[str, str]) -> bool:
    """Makes all, issuers first, unless they are there already, young, and of the same
    table. `names` gives the subjectAltName of those that leave it open, by name.
    Returns whether anything was made."""
    wanted = [(c, c.names if c.names is not None else names.get(c.name, ""))
              for c in CERTIFICATES]
    wanted = [(c, n.replace("{address}", names["{address}"])) for c, n in wanted]
    digest = hashlib.sha256(repr((LAYOUT, wanted)).encode()).hexdigest()
    stamp = directory / "stamp"
    if stamp.exists() and stamp.read_text() == digest:
        if time.time() - stamp.stat().st_mtime < RENEW_AFTER_SECONDS:
            return False
    directory.mkdir(exist_ok=True)
    stamp.unlink(missing_ok=True)
    (directory / "openssl.cnf").write_text(
        "[req]\ndistinguished_name=dn\nstring_mask=utf8only\n[dn]\n")
    made: set[Optional[str]] = {None}
    with ThreadPoolExecutor(4) as pool:
        while wanted:
            ready = [item for item in wanted if item[0].issuer in made]
            wanted = [item for item in wanted if item[0].issuer not in made]
            list(pool.map(lambda item: (_certtool if item[0].dates else _openssl)(
                item[0], item[1], directory), ready))
            made |= {certificate.name for certificate, _ in ready}
    store = directory / "store"    # the CA alone, as a hashed directory
    store.mkdir(exist_ok=True)
    (store / "ca.pem").write_text((directory / "ca.pem").read_text())
    _run(["openssl", "rehash", str(store)])
    stamp.write_text(digest)
    return True
