"""Client certificates that are giants: long chains, long leaves, long keys. Each can be shown by
a real client, which signs with it."""

import base64
import math
import random
import subprocess
from pathlib import Path

import costly_material as costly
from sslserver_material import PeerMaterial, issue
from sslserver_support import Pair, openssl

FACTOR_BITS = 64
SMALL_PRIMES = [n for n in range(3, 1000, 2) if all(n % d for d in range(3, n, 2))]


def is_prime(number: int) -> bool:
    """Whether a number of 64 bits is prime: Miller and Rabin's test with these bases is
    certain for them."""
    if any(number % prime == 0 for prime in SMALL_PRIMES):
        return number in SMALL_PRIMES
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37):
        power = pow(base, odd, number)
        if power not in (1, number - 1) and not any(
                (power := power * power % number) == number - 1 for _ in range(twos - 1)):
            return False
    return True


def factors(count: int, exponent: int) -> list[int]:
    """Different primes of 64 bits, their highest two bits set, that RSA can be done with."""
    found: set[int] = set()
    while len(found) < count:
        number = random.getrandbits(FACTOR_BITS) | 3 << (FACTOR_BITS - 2) | 1
        if math.gcd(number - 1, exponent) == 1 and is_prime(number):
            found.add(number)
    return list(found)


def integer(value: int) -> bytes:
    """An INTEGER in DER."""
    return costly.der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def rsa_key(bits: int, exponent: int = 65537) -> bytes:
    """A private RSA key in PEM. Its two factors are products of many primes, which no client
    looks at: so it is made in a second, and computes as any key of its size does."""
    primes = factors(bits // FACTOR_BITS, exponent)
    halves = primes[::2], primes[1::2]
    p, q = math.prod(halves[0]), math.prod(halves[1])
    orders = [math.lcm(*(prime - 1 for prime in half)) for half in halves]
    d = pow(exponent, -1, math.lcm(*orders))
    key = costly.der(0x30, integer(0), integer(p * q), integer(exponent), integer(d),
                     integer(p), integer(q), integer(d % orders[0]), integer(d % orders[1]),
                     integer(pow(q, -1, p)))
    text = base64.encodebytes(key).decode()
    return f"-----BEGIN RSA PRIVATE KEY-----\n{text}-----END RSA PRIVATE KEY-----\n".encode()


def sign(material: PeerMaterial, file: Path, key: bytes) -> None:
    """A certificate of our authority for a key that is there."""
    pair = Pair(file.with_suffix(".pem"), file.with_suffix(".key"))
    pair.key.write_bytes(key)
    openssl("req", "-x509", "-config", "/dev/stdin", "-new", "-key", pair.key, "-days", "30",
            "-subj", "/CN=giant", "-CA", material.root.file, "-CAkey", material.root.key,
            "-addext", "subjectAltName=DNS:localhost", "-addext",
            "extendedKeyUsage=clientAuth", "-out", pair.chain,
            text="[req]\ndistinguished_name = empty\n[empty]\n")


def make_giants(folder: Path, material: PeerMaterial) -> Path:
    """The folder, with NAME.pem and NAME.key for each."""
    folder.mkdir()
    for name, length in (("chain", 100), ("longer", 200)):    # about 900 octets for each
        pair = issue(material.root, folder / name)
        with pair.chain.open("ab") as file:
            for number in range(length):
                der = costly.certificate(costly.key(costly.RSA, 256, 3),
                                         serial=bytes([1 + number // 2]), names=20)
                file.write(b"-----BEGIN CERTIFICATE-----\n" + base64.encodebytes(der)
                           + b"-----END CERTIFICATE-----\n")
    issue(material.root, folder / "leaf", names=",".join(
        f"DNS:giant-name-number-{number}.example" for number in range(3500)))
    sign(material, folder / "modulus", rsa_key(16384))
    exponent = random.getrandbits(4000) | 1 << 3999 | 1
    sign(material, folder / "exponent", rsa_key(4096, exponent))
    subprocess.run(["chmod", "-R", "a+rX", folder], check=True)
    return folder
