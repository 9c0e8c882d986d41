"""Trust: whose certificates count, and in plain words why one did not."""

import ssl
from functools import lru_cache
from typing import Final

# OpenSSL's verification results (x509_vfy.h), which Python's ssl does not name.
_VERIFICATION: Final = {
    9: "its certificate is not valid yet",
    10: "its certificate has expired",
    18: "its certificate is signed by itself",
    19: "its certificate is signed by an authority that is not trusted",
    20: "its certificate is signed by an authority that is not trusted",
    21: "its certificate is signed by an authority that is not trusted",
    62: "its certificate is for another name",
    64: "its certificate is for another address",
}
# What a server that speaks no TLS looks like to one that does.
_NO_TLS: Final = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"})


@lru_cache(maxsize=64)
def trust(ca_bundle: str | None) -> ssl.SSLContext:
    """The context for a CA bundle, or for the system's roots; raises ssl.SSLError for a bad bundle."""
    # Reading the system's roots takes some 10 ms; once is enough.
    context = ssl.create_default_context(cadata=ca_bundle)
    context.set_alpn_protocols(["http/1.1"])
    return context


def what_failed(error: ssl.SSLError) -> str:
    """Why a handshake failed, without a word of the other side's."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFICATION.get(error.verify_code, f"its certificate is refused (OpenSSL's code {error.verify_code})")
    if error.reason in _NO_TLS:
        return "it does not speak TLS"
    return f"the TLS handshake failed ({error.reason or 'no reason given'})"
