"""Keys and tokens by the forms that their issuers gave them, so that leaks can be found."""

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

_END: Final = r"(?![A-Za-z0-9_-])"


def _form(form: str) -> re.Pattern[str]:
    return re.compile(form + _END)


_BY_BEGINNING: Final[dict[str, tuple[tuple[What, re.Pattern[str]], ...]]] = {
    "sk-": (
        (What.ANTHROPIC_KEY, _form("sk-ant-[A-Za-z0-9_-]{20,200}")),
        (What.OPENAI_KEY, _form("sk-(?:proj-|svcacct-|admin-|None-)?[A-Za-z0-9_-]{20,200}")),
    ),
    "AKIA": ((What.AWS_KEY, _form("AKIA[A-Z0-9]{16}")),),
    "ASIA": ((What.AWS_KEY, _form("ASIA[A-Z0-9]{16}")),),
    "AIza": ((What.GOOGLE_KEY, _form("AIza[A-Za-z0-9_-]{35}")),),
    "ya29.": ((What.GOOGLE_KEY, _form(r"ya29\.[A-Za-z0-9_-]{20,400}")),),
    "xox": ((What.SLACK_TOKEN, _form("xox[abeoprs]-[A-Za-z0-9-]{10,250}")),),
    "glpat-": ((What.GITLAB_TOKEN, _form("glpat-[A-Za-z0-9_-]{20,64}")),),
    "SG.": ((What.SENDGRID_KEY, _form(r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{32,64}")),),
}
# What has an underscore after its first letters is looked for by the underscore: prose has none.
_BY_UNDERSCORE: Final[tuple[tuple[str, What, re.Pattern[str]], ...]] = (
    *((f"gh{sort}", What.GITHUB_TOKEN, _form(f"gh{sort}_[A-Za-z0-9]{{36,255}}")) for sort in "pousr"),
    ("github", What.GITHUB_TOKEN, _form("github_pat_[A-Za-z0-9_]{22,255}")),
    ("sk", What.STRIPE_KEY, _form("sk_(?:live|test)_[A-Za-z0-9]{16,247}")),
    ("rk", What.STRIPE_KEY, _form("rk_(?:live|test)_[A-Za-z0-9]{16,247}")),
    ("whsec", What.STRIPE_KEY, _form("whsec_[A-Za-z0-9+/]{24,64}")),
    ("hf", What.HUGGING_FACE_TOKEN, _form("hf_[A-Za-z]{30,40}")),
    ("npm", What.NPM_TOKEN, _form("npm_[A-Za-z0-9]{36}")),
)
_LAST_TWO: Final = frozenset(name[-2:] for name, _, _ in _BY_UNDERSCORE)
_JWT: Final = re.compile(r"eyJ[A-Za-z0-9_-]{5,2000}\.[A-Za-z0-9_-]{2,8000}\.[A-Za-z0-9_-]{0,2000}(?![A-Za-z0-9_-])")
_BEGIN: Final = "-----BEGIN "
_PEM: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]{1,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----")
_PEM_REACH: Final = 16_384
_URL: Final = re.compile(r"://([^\s:/@\"'<>]{0,128}):([^\s/@\"'<>]{1,256})@[\w.\[-]")
_HOST: Final = re.compile(r"[\w.\[\]:-]{1,128}(?:/[\w.?=&%-]{0,128})?")
_SCHEME: Final = re.compile(r"[A-Za-z0-9+.-]{1,24}")
_PLACEHOLDER: Final = re.compile(
    r"[<{$%\[*]|x{3,256}\Z|\.{3}|(?:your|my)?[_-]?(?:password|passwd|pass|pwd|pw|secret|token)\Z", re.IGNORECASE
)


def tokens(window: Window) -> Iterator[Found]:
    """Keys and tokens that begin in the slice."""
    whole = window.whole
    for beginning, forms in _BY_BEGINNING.items():
        for at in _places(window, beginning):
            if not _inside_a_word(whole, at):
                yield from _first_form(whole, at, forms)
    for at in _places(window, "_"):
        if whole[max(0, at - 2) : at] not in _LAST_TWO:
            continue
        for name, what, form in _BY_UNDERSCORE:
            start = at - len(name)
            if start >= 0 and whole.startswith(name, start) and not _inside_a_word(whole, start):
                yield from _first_form(whole, start, ((what, form),))
    for at in _places(window, "eyJ"):
        if not _inside_a_word(whole, at) and (jwt := _JWT.match(whole, at)) and _decodes(jwt[0]):
            yield Found(What.JWT, at, jwt.end())


def private_keys(window: Window) -> Iterator[Found]:
    """PEM and PGP blocks of private keys, to their end if it comes within 16 KiB."""
    whole = window.whole
    for at in _places(window, _BEGIN):
        if head := _PEM.match(whole, at):
            mark = head[0].replace("BEGIN", "END", 1)
            following = whole.find(_BEGIN, head.end(), at + _PEM_REACH)
            last = whole.find(mark, head.end(), following if following >= 0 else at + _PEM_REACH)
            yield Found(What.PRIVATE_KEY, at, head.end() if last < 0 else last + len(mark))


def connections(window: Window) -> Iterator[Found]:
    """URLs with a password in them."""
    whole = window.whole
    for at in _places(window, "://"):
        url = _URL.match(whole, at)
        if not url or _PLACEHOLDER.match(url[2]):
            continue
        scheme = _SCHEME.match(whole[max(0, at - 24) : at][::-1])
        host = _HOST.match(whole, url.end() - 1)
        yield Found(What.CONNECTION_STRING, at - (scheme.end() if scheme else 0), host.end() if host else url.end())


def _places(window: Window, sign: str) -> Iterator[int]:
    """Where a sign stands in the slice, by its places in the whole text."""
    return (at + window.offset for at in window.each(sign))


def _inside_a_word(text: str, at: int) -> bool:
    return at > 0 and text[at - 1].isascii() and (text[at - 1].isalnum() or text[at - 1] in "_-.")


def _first_form(text: str, at: int, forms: tuple[tuple[What, re.Pattern[str]], ...]) -> Iterator[Found]:
    for what, form in forms:
        if (match := form.match(text, at)) and _random(match[0]):
            yield Found(what, at, match.end())
            return


def _random(token: str) -> bool:
    """Whether a token is more than a word, or a row of one sign that stands for it."""
    return len(set(token[-16:])) >= 6 and not token.endswith(
        ("xxxx", "XXXX", "0000", "....", "your-key", "your-api-key")
    )


class _Header(msgspec.Struct):
    alg: str


def _decodes(jwt: str) -> bool:
    """Whether it begins with a JOSE header (RFC 7515)."""
    header = jwt.partition(".")[0]
    try:
        msgspec.json.decode(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)), type=_Header)
    except (binascii.Error, msgspec.DecodeError):
        return False
    return True
