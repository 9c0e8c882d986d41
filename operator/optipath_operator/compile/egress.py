"""Whether a provider's URL may be called at all, as far as its name tells."""

from urllib.parse import urlsplit

from optipath_snapshot import Egress
from optipath_snapshot.egress import is_public_host, may_be_named


def why_not_called(url: str, egress: Egress) -> str | None:
    """What keeps routers from calling a URL, and what to do about it; None where nothing does."""
    parts = urlsplit(url)
    host, plaintext = parts.hostname or "", parts.scheme == "http"
    port = parts.port or (80 if plaintext else 443)
    if may_be_named(egress, host=host, port=port, plaintext=plaintext):
        return None
    reasons = [] if is_public_host(host) else [f"'{host}' is private"]
    if plaintext:
        reasons.append("it speaks plain http")
    wanted = f"host '{host}', port {port}" + (", plaintext" if plaintext else "")
    return (
        f"'{url}' is not called, for {' and '.join(reasons)}: "
        f"ask the administrator to allow it in egress.allow ({wanted})"
    )


def why_not_in_the_cluster(url: str) -> str | None:
    """Why a URL cannot be one in the cluster; None where it may be."""
    host = urlsplit(url).hostname or ""
    return (
        f"says Cluster, but '{host}' is a public host; data boundaries will believe it"
        if is_public_host(host)
        else None
    )
