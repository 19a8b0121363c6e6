"""A time-stamp authority on 127.0.0.1 that can be told to be wrong: authority.py OPENSSL

It makes its own certification authority, prints its port, the root's certificate and an
empty line, and serves until its standard input ends. What is wrong with an answer is said
by the path. `openssl ts` refuses to make most of it, so such tokens are made by `openssl
cms` of a TSTInfo that is put together here.
"""

import datetime
import hashlib
import http.server
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

OPENSSL = sys.argv[1]
CONFIG = """
[ca]
default_ca = own
[own]
new_certs_dir = .
database = index
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
[root]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[stamps]
extendedKeyUsage = critical,timeStamping
[no_purpose]
keyUsage = critical,digitalSignature
[not_critical]
extendedKeyUsage = timeStamping
[two_purposes]
extendedKeyUsage = critical,timeStamping,emailProtection
[tsa]
default_tsa = one
[one]
serial = serial
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256
accuracy = secs:1, millisecs:500, microsecs:7
ess_cert_id_alg = sha256
"""


def run(*words, **more):
    return subprocess.run((OPENSSL, *words), check=True, capture_output=True, **more).stdout


def tlv(tag: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    if len(body) < 128:
        return bytes((tag, len(body))) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8, "big")
    return bytes((tag, 128 + len(size))) + size + body


def number(value: int) -> bytes:
    return tlv(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


SHA256 = tlv(0x30, bytes.fromhex("0609608648016503040201"), bytes.fromhex("0500"))
SHA1 = tlv(0x30, bytes.fromhex("06052b0e03021a"), bytes.fromhex("0500"))
POLICY = bytes.fromhex("06032a0304")
GRANTED = tlv(0x30, number(0))


def certify(name: str, extensions: str, dates: tuple[str, str], signer: str | None) -> None:
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    if name == "small":
        key = ("-newkey", "rsa:1024", "-nodes")
    run("req", "-config", "config", "-new", *key, "-keyout", name + ".key", "-out",
        name + ".csr", "-subj", "/CN=" + name)
    issuer = ("-selfsign", "-keyfile", name + ".key") if signer is None else (
        "-cert", signer + ".pem", "-keyfile", signer + ".key")
    run("ca", "-config", "config", "-batch", "-notext", "-in", name + ".csr", "-out",
        name + ".pem", "-extensions", extensions, "-startdate", dates[0], "-enddate",
        dates[1], *issuer)


def make() -> None:
    pathlib.Path("config").write_text(CONFIG + "[req]\ndistinguished_name=dn\n[dn]\n",
                                      encoding="ascii")
    pathlib.Path("index").touch()
    pathlib.Path("serial").write_text("01\n", encoding="ascii")
    long, short = ("20190101000000Z", "20990101000000Z"), ("20200101000000Z", "20201231000000Z")
    for name, extensions, dates, signer in (
            ("root", "root", long, None), ("other-root", "root", long, None),
            ("good", "stamps", long, "root"), ("of-2020", "stamps", short, "root"),
            ("no-purpose", "no_purpose", long, "root"), ("small", "stamps", long, "root"),
            ("not-critical", "not_critical", long, "root"),
            ("two-purposes", "two_purposes", long, "root"),
            ("stranger", "stamps", long, "other-root")):
        certify(name, extensions, dates, signer)


def asked(query: bytes) -> tuple[bytes, bytes]:
    """The digest and the nonce (as DER) of a request that the tests made."""
    at = query.index(bytes.fromhex("0420")) + 2
    rest = query[at + 32:]
    return query[at:at + 32], rest[:2 + rest[1]]


def info(digest: bytes, nonce: bytes, moment: str, **more) -> bytes:
    """A TSTInfo (RFC 3161 2.4.2)."""
    return tlv(0x30, number(1), POLICY, tlv(0x30, more.get("hash", SHA256), tlv(4, digest)),
               number(7), tlv(0x18, moment.encode("ascii")), nonce, more.get("end", b""))


def token(tst: bytes, name: str, *more: str) -> bytes:
    return run("cms", "-sign", "-cades", "-binary", "-nodetach", "-md", "sha256",
               "-econtent_type", "1.2.840.113549.1.9.16.1.4", "-signer", name + ".pem", "-inkey",
               name + ".key", "-outform", "DER", *more, input=tst)


def now() -> str:
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%d%H%M%SZ")


def answer(path: str, query: bytes) -> bytes:
    digest, nonce = asked(query)

    def granted(tst, *how):
        return tlv(0x30, GRANTED, token(tst, *how))

    if path == "/good":
        with tempfile.NamedTemporaryFile() as file:
            file.write(query)
            file.flush()
            return run("ts", "-reply", "-config", "config", "-queryfile", file.name, "-signer",
                       "good.pem", "-inkey", "good.key")
    if path == "/other-hash":
        return granted(info(hashlib.sha256(b"other").digest(), nonce, now()), "good")
    if path == "/sha1":
        return granted(info(digest[:20], nonce, now(), hash=SHA1), "good")
    if path == "/other-nonce":
        return granted(info(digest, number(1), now()), "good")
    if path == "/no-nonce":
        return granted(info(digest, b"", now()), "good")
    if path == "/critical":
        extension = tlv(0x30, POLICY, bytes.fromhex("0101ff"), tlv(4, b""))
        return granted(info(digest, nonce, now(), end=tlv(0xa1, extension)), "good")
    if path == "/in-2020":
        return granted(info(digest, nonce, "20200601000000.25Z"), "of-2020")
    if path == "/expired":
        return granted(info(digest, nonce, now()), "of-2020")
    if path == "/bad-time":
        return granted(info(digest, nonce, "20200631000000Z"), "good")
    if path == "/local-time":
        return granted(info(digest, nonce, "20200601000000+0100"), "good")
    if path == "/no-certificate":
        return granted(info(digest, nonce, now()), "good", "-nocerts")
    if path == "/signed-with-sha1":
        return tlv(0x30, GRANTED, token(info(digest, nonce, now()), "good", "-md", "sha1"))
    if path == "/altered":
        good = granted(info(digest, nonce, "20200601000000Z"), "good")
        return good.replace(b"20200601000000Z", b"20200602000000Z")
    if path[1:] in ("no-purpose", "not-critical", "two-purposes", "stranger", "small"):
        return granted(info(digest, nonce, now()), path[1:])
    if path == "/refused":
        return tlv(0x30, tlv(0x30, number(2), tlv(0x30, tlv(0x0c, b"ask\ttomorrow"))))
    if path == "/granted-nothing":
        return tlv(0x30, GRANTED)
    if path == "/garbage":
        return b"\x30\x82\xff\xff" + bytes(100)
    if path == "/longer":
        return granted(info(digest, nonce, now()), "good") + b"\0"
    raise KeyError(path)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *words):
        pass

    def head(self, status: int, **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def do_POST(self):
        query = self.rfile.read(int(self.headers["Content-Length"]))
        self.close_connection = True
        try:
            self.reply(query)
        except OSError:
            pass  # who asked has had enough

    def reply(self, query: bytes):
        reply_type = "application/timestamp-reply"
        if self.headers["Content-Type"] != "application/timestamp-query":
            self.head(415, Content_Length="0")
        elif self.path == "/redirect":
            self.head(302, Location="/good", Content_Length="0")
        elif self.path == "/silent":
            time.sleep(60)
        elif self.path == "/text":
            self.head(200, Content_Type="text/plain", Content_Length="0")
        elif self.path == "/long":
            self.head(200, Content_Type=reply_type, Content_Length=str(1024 * 1024 + 1))
        elif self.path in ("/endless", "/slow"):
            self.head(200, Content_Type=reply_type)
            while True:
                self.wfile.write(bytes(1 if self.path == "/slow" else 65536))
                time.sleep(0.05 if self.path == "/slow" else 0)
        else:
            body = answer(self.path, query)
            self.head(200, Content_Type=reply_type, Content_Length=str(len(body)))
            self.wfile.write(body)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        make()
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        root = pathlib.Path("root.pem").read_text(encoding="ascii")
        print(server.server_address[1], root.strip(), "", sep="\n", flush=True)
        sys.stdin.read()
        os.chdir("/")


if __name__ == "__main__":
    main()
