"""From exec to a verified peer: one whole process, DNS included where the program does it."""

import pathlib
import subprocess
from typing import Optional

from figures import Candidate, race, table

HOST = "www.secure.example"
ROUNDS = 40


def tlsa_record(zones: pathlib.Path) -> str:
    """The TLSA record of the host as `openssl s_client` wants it told."""
    answer = subprocess.run(["drill", "@127.53.0.53", "TLSA", f"_443._tcp.{HOST}"],
                            capture_output=True, text=True, check=True).stdout
    for line in answer.splitlines():
        words = line.split()
        if len(words) > 7 and words[3] == "TLSA" and not line.startswith(";"):
            return " ".join(words[4:7]) + " " + "".join(words[7:])
    raise SystemExit("bench: no TLSA record for " + HOST)


def address() -> str:
    answer = subprocess.run(["drill", "-Q", "@127.53.0.53", "A", HOST],
                            capture_output=True, text=True, check=True).stdout
    return answer.split()[-1]


def candidates(build: pathlib.Path, zones: pathlib.Path,
               shared: Optional[pathlib.Path]) -> list[Candidate]:
    """Our program and others; the one in `shared` too, if there is one."""
    sslclient = build / "bin/sslclient"
    common = ["-4qRHl0", "-T", "5+5", HOST, "443", str(build / "bench/nothing")]
    peer = address()
    out = [
        Candidate("ldns-dane, warm resolver, no STARTTLS", [
            "ldns-dane", "-4", "-r", "127.53.0.53", "-k", str(zones / "root.key"),
            "-f", str(zones / "certs/ca.pem"), "verify", HOST, "443"]),
        Candidate("sslclient, cold, from the root", [
            str(sslclient), "--unbound-conf", str(zones / "unbound.conf"), *common]),
        Candidate("sslclient, warm loopback resolver", [
            str(sslclient), "--trust-anchor", str(zones / "root.key"),
            "--forward", "127.53.0.53", *common]),
        Candidate("openssl s_client, told the TLSA, no DNS", [
            "openssl", "s_client", "-brief", "-no-CAfile", "-no-CApath", "-no-CAstore", "-connect", f"{peer}:443",
            "-dane_tlsa_domain", HOST, "-dane_tlsa_rrdata", tlsa_record(zones)]),
        Candidate("gnutls-cli --dane, warm resolver", [
            "gnutls-cli", "--dane", "--x509cafile", str(zones / "certs/ca.pem"),
            "--port", "443", HOST]),
        Candidate("sslclient --help (start alone)", [str(sslclient), "--help"]),
    ]
    if shared:
        program = str(shared / "sslclient")
        out += [
            Candidate("shared sslclient, cold, from the root", [
                program, "--unbound-conf", str(zones / "unbound.conf"), *common]),
            Candidate("shared sslclient, warm loopback resolver", [
                program, "--trust-anchor", str(zones / "root.key"),
                "--forward", "127.53.0.53", *common]),
            Candidate("shared sslclient --help (start alone)", [program, "--help"]),
        ]
    return out


def measure(build: pathlib.Path, zones: pathlib.Path,
            shared: Optional[pathlib.Path] = None) -> None:
    """Prints the table."""
    runners = candidates(build, zones, shared)
    print(f"\nFrom exec to verified, {ROUNDS} rounds in turn, medians; "
          "ratios to ldns-dane (less is better)")
    race(runners, ROUNDS)
    table(runners)
