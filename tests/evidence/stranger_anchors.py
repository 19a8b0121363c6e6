"""The root's keys: where trust begins, and from when to when."""

import dns.dnssec
import dns.name
import dns.rdata
import dns.zonefile

DS, DNSKEY = 43, 48
# DS records with the times between which they count (RFC 9718); None is no end.
IANA = [
    (1279152000, 1547164800,  # 2010-07-15 to 2019-01-11
     "19036 8 2 49aac11d7b6f6446702e54a1607371607a1a41855200fd2ce1cdde32f24e8fb5"),
    (1485993600, None,  # 2017-02-02
     "20326 8 2 e06d44b80b8f1d39a95c0b0d7c65d08458e880409bbc683457104237c7f8ec8d"),
    (1721260800, None,  # 2024-07-18
     "38696 8 2 683d2d0acb8c9b712a1948b27f741219298d0a450d612c483af444a4c0fb2b16"),
]


def read_anchors(path, moment):
    """The root's DS records: of a file with DS or DNSKEY lines, or IANA's at the moment."""
    if path is None:
        return [dns.rdata.from_text(1, DS, text) for begin, end, text in IANA
                if begin <= moment and (end is None or moment < end)]
    with open(path, encoding="utf-8") as file:
        zone = dns.zonefile.read_rrsets(file.read(), rdclass=None, default_ttl=0)
    return [record if record.rdtype == DS else dns.dnssec.make_ds(".", record, "SHA256")
            for rrset in zone if rrset.name == dns.name.root for record in rrset
            if record.rdtype in (DS, DNSKEY)]
