"""The few calls of libunbound that the self-check needs (libunbound(3))."""

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_void_p

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "AAAA": 28, "SRV": 33,
         "TLSA": 52}


class _Result(ctypes.Structure):
    _fields_ = [("qname", c_char_p), ("qtype", c_int), ("qclass", c_int),
                ("data", POINTER(c_void_p)), ("len", POINTER(c_int)),
                ("canonname", c_char_p), ("rcode", c_int), ("answer_packet", c_void_p),
                ("answer_len", c_int), ("havedata", c_int), ("nxdomain", c_int),
                ("secure", c_int), ("bogus", c_int), ("why_bogus", c_char_p),
                ("was_ratelimited", c_int), ("ttl", c_int)]


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libunbound.so.8")
    library.ub_ctx_create.restype = c_void_p
    library.ub_ctx_config.argtypes = [c_void_p, c_char_p]
    library.ub_resolve.argtypes = [c_void_p, c_char_p, c_int, c_int,
                                   POINTER(POINTER(_Result))]
    library.ub_resolve_free.argtypes = [POINTER(_Result)]
    library.ub_strerror.restype = c_char_p
    library.ub_ctx_delete.argtypes = [c_void_p]
    library.ub_version.restype = c_char_p
    return library


def version() -> str:
    """Which libunbound it is."""
    return _library().ub_version().decode()


class Answer:
    """What libunbound said: `state` secure, insecure, bogus or error; `content` data,
    nodata, nxdomain, or the name of what failed."""

    def __init__(self, state: str, content: str, why: str, count: int) -> None:
        self.state, self.content, self.why, self.count = state, content, why, count


class Context:
    """A resolver of its own, configured by a file."""

    def __init__(self, configuration: str) -> None:
        self.library = _library()
        self.handle = self.library.ub_ctx_create()
        status = self.library.ub_ctx_config(self.handle, configuration.encode())
        if status != 0:
            raise RuntimeError(f"{configuration}: {self.library.ub_strerror(status).decode()}")

    def resolve(self, name: str, rrtype: str) -> Answer:
        """One look-up, to its end."""
        result = POINTER(_Result)()
        status = self.library.ub_resolve(self.handle, name.encode(), TYPES[rrtype], 1,
                                         byref(result))
        if status != 0:
            return Answer("error", self.library.ub_strerror(status).decode(), "", 0)
        one = result.contents
        why, count = (one.why_bogus or b"").decode(), 0
        while one.havedata and one.data[count]:
            count += 1
        if one.bogus:
            answer = Answer("bogus", "servfail", why, 0)
        elif one.rcode not in (0, 3):
            answer = Answer("error", {2: "servfail"}.get(one.rcode, str(one.rcode)), why, 0)
        else:
            answer = Answer("secure" if one.secure else "insecure",
                            "nxdomain" if one.nxdomain else
                            "data" if one.havedata else "nodata", why, count)
        self.library.ub_resolve_free(result)
        return answer

    def close(self) -> None:
        """Ends the context."""
        self.library.ub_ctx_delete(self.handle)
