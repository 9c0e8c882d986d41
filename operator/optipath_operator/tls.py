"""A server's TLS context that lives on while its certificate changes on disk.

The context handed to the listening sockets never changes. For each handshake
it passes on to one made from the newest good pair of files, built whole and
swapped whole: to load a second certificate into a context would keep the
first beside it where their keys are of different kinds, and break both where
the files do not belong together.

Nothing here makes certificates, or asks anybody for them.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography import x509

log = logging.getLogger(__name__)

CERTIFICATE: Final = "tls.crt"
KEY: Final = "tls.key"
LOOK_SECONDS: Final = 1.0


class PairRefused(Exception):
    """A certificate and a key that cannot be used; its message names the files, and nothing that is in them."""


class LivingContext:
    """The context for servers whose `tls.crt` and `tls.key` are in a directory, as kubelet projects a Secret.

    Where the files are not there yet, handshakes fail until they are: `missing` says so to a readiness probe.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._seen: tuple[bytes, bytes] | None = None
        """The files as they were when they were last tried."""
        self._current: _Pair | None = None
        self.broken = False
        """Whether what is in the directory now cannot be used; the last good pair still is."""
        self.context = _server_context()
        """For the listening sockets."""
        self.context.sni_callback = self._pass_on

    @property
    def expires(self) -> float | None:
        """When the certificate in force ends, in seconds since the epoch; None while there is none."""
        return self._current.expires if self._current else None

    def missing(self) -> str:
        """What a server waits for that cannot serve yet; empty when it can."""
        return "" if self._current else f"there is no usable {CERTIFICATE} and {KEY} in {self._directory} yet"

    def look(self) -> None:
        """Take up the files if they have changed and are good."""
        try:
            folder, seen = _read(self._directory)
        except OSError as error:
            self._cannot_use(None, f"cannot read the certificate in {self._directory}: {error.strerror or error}")
            return
        if seen == self._seen:
            return
        try:
            self._current = _pair(folder, seen[0])
        except PairRefused as error:
            self._cannot_use(seen, str(error))
        else:
            self._seen, self.broken = seen, False
            log.info("a certificate is in force", extra={"expires": self._current.expires})

    async def run(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        """Look once a second, for as long as the server runs."""
        while True:
            self.look()
            await sleep(LOOK_SECONDS)

    def _cannot_use(self, seen: tuple[bytes, bytes] | None, reason: str) -> None:
        # Said once for each change, not once a second.
        if not self.broken or seen != self._seen:
            log.warning(reason, extra={"last_good_expires": self.expires})
        self._seen, self.broken = seen, True

    def _pass_on(self, connection: ssl.SSLObject, _name: str | None, _context: ssl.SSLContext) -> None:
        """OpenSSL asks in each handshake, also in one that names no server."""
        if self._current:
            connection.context = self._current.context


@dataclass(frozen=True, slots=True)
class _Pair:
    context: ssl.SSLContext
    expires: float


def _read(directory: Path) -> tuple[Path, tuple[bytes, bytes]]:
    """Both files, and where they are for good.

    What kubelet calls `..data` moves from one directory to the next: both files are read from the same one.
    """
    data = directory / "..data"
    folder = data.resolve() if data.is_symlink() else directory
    return folder, ((folder / CERTIFICATE).read_bytes(), (folder / KEY).read_bytes())


def _pair(folder: Path, certificate: bytes) -> _Pair:
    context = _server_context()
    try:
        # Without a password OpenSSL would ask for one, at a terminal that nobody sits at.
        context.load_cert_chain(folder / CERTIFICATE, folder / KEY, password="")
        return _Pair(context, x509.load_pem_x509_certificate(certificate).not_valid_after_utc.timestamp())
    except (OSError, ValueError) as error:
        raise PairRefused(f"cannot use {CERTIFICATE} with {KEY} in {folder}: {_said(error)}") from error


def _said(error: OSError | ValueError) -> str:
    return error.reason if isinstance(error, ssl.SSLError) and error.reason else str(error)


def _server_context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
