"""One step after another, the webhooks' certificates change without a failed review.

What a server shows must be vouched for by somebody whom every API server
trusts, and both take their time: an API server to see a bundle, kubelet to
deliver a pair.

    next  ──── 2 min ────▶ signs ──────────── 10 min ───────────▶ alone
    made   trusted by all,  a pair, shown by one replica after    the old one
           beside the old   the other; the old one still vouches  is forgotten

Each step is the answer to what is kept and what is trusted at this moment.
Whoever asks next, after a crash or in another operator, goes on from there.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final

from cryptography import x509

from optipath_operator.certificates.bundle import authorities, bundle, is_current, vouches
from optipath_operator.certificates.kept import CA, NEXT, OLD, ROTATE, TLS, TRUSTED_SINCE, Kept
from optipath_operator.certificates.pair import AUTHORITY_LIFE, Pair, authority, serving

_SEEN_SHARE: Final = 5
"""API servers see a bundle at once, replicas a pair when kubelet brings it: they get this much less of the overlap."""
_RENEWED_AFTER: Final = 2 / 3
_AUTHORITY_REST: Final = AUTHORITY_LIFE / 10
_MOST_BEFORE: Final = 8
"""Of ours there are two at most; somebody may have written all authorities of the world into a bundle."""
_NOT_TRUSTED: Final[Mapping[str, None]] = {TRUSTED_SINCE: None}


@dataclass(frozen=True, slots=True)
class Write:
    """Set these keys and annotations of the Secret, or take those away that are None."""

    why: str
    data: Mapping[str, bytes | None] = field(default_factory=dict, repr=False)
    annotations: Mapping[str, str | None] = field(default_factory=dict)
    made: tuple[str, ...] = ()
    """What is new in it: `ca`, `serving`."""


@dataclass(frozen=True, slots=True)
class Trust:
    """Give every webhook this bundle that has another one."""

    bundle: bytes


@dataclass(frozen=True, slots=True)
class Rest:
    """All is well for now."""


Step = Write | Trust | Rest

_UNTRUSTED: Final = Write("a webhook does not trust the next authority any more", annotations=_NOT_TRUSTED)


def next_step(
    kept: Kept, trusted: Collection[bytes], *, names: Sequence[str], now: datetime, overlap: timedelta
) -> Step:
    """What is to be done, where `trusted` are the bundles of all webhooks, and `overlap` is what replicas may take."""
    newest = kept.coming or kept.signer
    if newest is None:
        return _begin(kept, trusted, now)
    wanted = kept.bundle()
    if kept.signer is None and (before := _vouching(kept, trusted, now)) != kept.others:
        return Write("the authority is lost, and who was trusted stays so", {OLD: bundle(before)}, _NOT_TRUSTED)
    if any(each != wanted for each in trusted):
        # What somebody has taken away from API servers they must see again first.
        return _UNTRUSTED if kept.trusted_since is not None else Trust(wanted)
    if newest is kept.coming:
        return _wait_for_trust(kept, newest, names, now, overlap / _SEEN_SHARE)
    return _keep(kept, newest, names, now, overlap)


def _begin(kept: Kept, trusted: Collection[bytes], now: datetime) -> Step:
    """With nobody who can sign: a new authority."""
    before = _vouching(kept, trusted, now)
    return _announce("there is no usable authority", {CA[0]: None, CA[1]: None, OLD: bundle(before) or None}, now)


def _vouching(kept: Kept, trusted: Collection[bytes], now: datetime) -> tuple[x509.Certificate, ...]:
    """With a lost authority: whoever is trusted stays so, for servers may show what they signed."""
    found = dict.fromkeys((*kept.others, *(each for text in trusted for each in authorities(text, now))))
    if kept.coming is not None:
        found.pop(kept.coming.certificate, None)
    return tuple(islice(found, max(_MOST_BEFORE, len(kept.others))))


def _announce(why: str, data: Mapping[str, bytes | None], now: datetime) -> Write:
    made = authority(now)
    return Write(
        f"{why}: a new one is to be trusted",
        {**data, NEXT[0]: made.pem, NEXT[1]: made.key_pem},
        {ROTATE: None, **_NOT_TRUSTED},
        made=("ca",),
    )


def _wait_for_trust(kept: Kept, coming: Pair, names: Sequence[str], now: datetime, seen: timedelta) -> Step:
    """With everybody trusting the one that comes: it signs as soon as all API servers know of it."""
    nobody_is_served = kept.signer is None and not kept.others
    since = kept.trusted_since
    if nobody_is_served or (since is not None and timedelta() <= now - since and now - since >= seen):
        return _promote(kept, coming, names, now)
    if since is None or since > now:
        return Write(
            "every webhook trusts the next authority", annotations={TRUSTED_SINCE: now.isoformat(timespec="seconds")}
        )
    if kept.signer is not None and (why := _why_renew(kept.pair, kept.signer, names, now)):
        return _renew(why, kept.signer, names, now)
    return Rest()


def _promote(kept: Kept, coming: Pair, names: Sequence[str], now: datetime) -> Write:
    """All at once: the one that was to come signs, the one before only vouches, and there is a pair of the new."""
    before = bundle((*([kept.signer.certificate] if kept.signer else []), *kept.others))
    renewed = _renew("a new authority signs", coming, names, now)
    data = {CA[0]: coming.pem, CA[1]: coming.key_pem, NEXT[0]: None, NEXT[1]: None, OLD: before or None}
    return Write(renewed.why, {**renewed.data, **data}, _NOT_TRUSTED, made=renewed.made)


def _keep(kept: Kept, signer: Pair, names: Sequence[str], now: datetime, overlap: timedelta) -> Step:
    """With one authority that signs: its pair is renewed in time, and so is itself."""
    if why := _why_renew(kept.pair, signer, names, now):
        return _renew(why, signer, names, now)
    if kept.others:
        shown_by_all = kept.pair is not None and now - kept.pair.made_at >= overlap
        return Write("every replica shows the new authority's", {OLD: None}) if shown_by_all else Rest()
    if kept.rotate:
        return _announce("somebody asks for another authority", {}, now)
    if signer.certificate.not_valid_after_utc - now < _AUTHORITY_REST:
        return _announce("the authority comes to its end", {}, now)
    return Rest()


def _renew(why: str, signer: Pair, names: Sequence[str], now: datetime) -> Write:
    made = serving(signer, names, now)
    return Write(why, {TLS[0]: made.pem, TLS[1]: made.key_pem}, made=("serving",))


def _why_renew(pair: Pair | None, signer: Pair, names: Sequence[str], now: datetime) -> str:
    """Why servers need another pair; empty where they do not."""
    if pair is None:
        return "there is no usable serving certificate"
    certificate = pair.certificate
    if not vouches(signer.certificate, certificate):
        return "the serving certificate is signed by somebody else"
    if lacking := sorted(set(names) - pair.names):
        return f"the serving certificate lacks {', '.join(lacking)}"
    life = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    if not is_current(certificate, now) or now - certificate.not_valid_before_utc >= life * _RENEWED_AFTER:
        return "the serving certificate comes to its end"
    return ""
