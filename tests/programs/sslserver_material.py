"""More certificates for the tests of sslserver: of clients, good ones and others, and of servers
with other names; and clients whose certificates are giants."""

from pathlib import Path
from typing import Optional

from sslserver_support import Authority, Material, Pair, new_key, openssl, pem_of

FOR_CLIENTS = ("extendedKeyUsage=clientAuth",)
FOR_SERVERS = ("extendedKeyUsage=serverAuth",)
PAST = ("20200101000000Z", "20200301000000Z")


def issue(authority: Optional[Authority], file: Path, *, names: str = "DNS:localhost",
          kind: str = "ec", extensions: tuple[str, ...] = FOR_CLIENTS) -> Pair:
    """A certificate with these extensions; without an authority it is signed by itself."""
    pair = Pair(file.with_suffix(".pem"), file.with_suffix(".key"))
    key = ("-newkey", "ed25519") if kind == "ed25519" else new_key(kind)
    signer = ("-CA", authority.file, "-CAkey", authority.key) if authority else ()
    more = [word for text in (f"subjectAltName={names}", "basicConstraints=CA:FALSE",
                              *extensions) for word in ("-addext", text)]
    openssl("req", "-x509", "-config", "/dev/stdin", *key, "-nodes", "-days", "30", "-subj",
            f"/CN={file.stem}", "-keyout", pair.key, "-out", pair.chain, *signer, *more,
            text="[req]\ndistinguished_name = empty\n[empty]\n")
    return pair


def add_chain(pair: Pair, *authorities: Authority) -> None:
    """Puts certificates of authorities behind a leaf."""
    with pair.chain.open("a") as file:
        file.write("".join(pem_of(one.file) for one in authorities))


class PeerMaterial(Material):
    """Certificates for many kinds of clients: `clients` has NAME.pem and NAME.key."""

    def __init__(self) -> None:
        super().__init__()
        self.one = issue(self.root, self.folder / "one", names="DNS:one.example",
                         extensions=FOR_SERVERS)
        self.wild = issue(self.root, self.folder / "wild", names="DNS:*.wild.example",
                          extensions=FOR_SERVERS)
        self.lower = Authority(self.folder / "lower", "Lower", self.middle)
        self.clients = self.folder / "clients"
        self.clients.mkdir()
        c = self.clients
        issue(self.root, c / "good")
        issue(self.root, c / "rsa", kind="rsa")
        issue(self.root, c / "ed25519", kind="ed25519")
        issue(self.root, c / "any-use", extensions=())
        issue(self.root, c / "wrong-name", names="DNS:elsewhere.example")
        issue(self.root, c / "wild-name", names="DNS:*.example")
        issue(self.root, c / "server-only", extensions=FOR_SERVERS)
        issue(self.root, c / "both-uses", extensions=("extendedKeyUsage=serverAuth,clientAuth",))
        issue(self.root, c / "email", names="email:a@localhost.example")
        issue(self.other, c / "wrong-ca")
        issue(None, c / "self")
        self.root.issue(c / "expired", "DNS:localhost", dates=PAST)
        add_chain(issue(self.middle, c / "middle"), self.middle)
        issue(self.middle, c / "middle-alone")
        add_chain(issue(self.lower, c / "lower"), self.lower, self.middle)
        self.root.revoke(self.root.issue(c / "revoked", "DNS:localhost"))
        self.root.write_list(c / "crl.pem")

    @property
    def settings(self) -> dict[str, str]:
        """Settings of a server with an RSA and an ECDSA certificate."""
        return {"CERTFILE": f"{self.rsa.chain}:{self.ecdsa.chain}",
                "KEYFILE": f"{self.rsa.key}:{self.ecdsa.key}",
                "CCAFILE": str(self.root.file)}
