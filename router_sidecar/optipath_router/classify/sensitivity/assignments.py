"""Passwords and nameless keys, by the word that they are assigned to."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

_PASSWORDS: Final = (
    (
        "passw",
        "pwd",
        " pw",
        "passphrase",
        "passcode",
        "kennwort",
        "mot de passe",
        "mdp",
        "senha",
        "parola",
        "clave",
        "contrase",
    ),
    ("парол", "密码", "密碼", "パスワード", "暗証番号", "비밀번호", "비번"),
)
_KEYS: Final = (
    ("key", "secret", "token", "chave", "chiave"),
    ("密钥", "令牌", "トークン", "ключ", "токен", "schlüssel", "clé"),
)

_ASSIGNED: Final = re.compile(
    r"[\w-]{0,24}(?: (?:is|for|de|del|della|do|da|für|von|для|от|к|of|to|the|my|mi|meine?|mon|mio|"
    r"minha|meu|dem|den|der|die|das|le|la|el|il|o|a|wi-?fi|wlan|vpn|root|admin|db|database|account|"
    r"login|email|mail|server|router|cuenta|compte|conta|konto|почты|аккаунта|сервера|вайфай|вайфая|"
    r"базы)){0,5}"
    r"[\"'\])]{0,2}[ \t]{0,4}(?:=>|:=|==?|[:：]|\bis\b|\bist\b|\bes\b|\best\b|\bè\b|\bé\b|\blautet\b|"
    r"—|–|(?<= )- |是|为|は|은|는|이)[ \t]{0,4}"
)
_VALUE: Final = re.compile(r"([\"'`「“«]?)([^\s\"'`「」“”«»，。、；]{4,200})")
_CODE: Final = re.compile(
    r"[A-Za-z_][\w.]{0,200}[(\[]|[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){1,8}\Z|[A-Z][A-Z_]{1,200}\Z"
    r"|[a-z]{1,40}(?:_[a-z]{1,40}){1,8}\Z|&|https?:|/|--"
)
_PLACEHOLDER: Final = re.compile(
    r"[<{$%*•#@\[(]|xxx|\.{3}|(?:your|my|the|some|enter|insert|change|replace|example|placeholder|"
    r"redacted|hidden|test_?(?:password|token)|dein|votre|tu_|null|none|true|false|undefined|string|"
    r"required)",
    re.IGNORECASE,
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9+/=_.~-]{16,200}\Z")
_LEAST_BITS: Final = 3.2
"""Entropy a sign that random tokens of 16 signs and more exceed; words stay below it or have no digits."""


def assignments(window: Window) -> Iterator[Found]:
    """Passwords and keys that are assigned in the slice."""
    for word in _spoken(_PASSWORDS, window):
        for at in window.each_word(word):
            place = None if _within_a_word(window.lower, at) else _value(window, at + len(word))
            if place and _is_password(window.text[place[0] : place[1]], quoted=place[2]):
                yield window.found(What.PASSWORD_ASSIGNMENT, place[0], place[1])
    for word in _spoken(_KEYS, window):
        for at in window.each_word(word):
            if (place := _value(window, at + len(word))) and _is_random(window.text[place[0] : place[1]]):
                yield window.found(What.HIGH_ENTROPY_ASSIGNED, place[0], place[1])


def _spoken(words: tuple[tuple[str, ...], tuple[str, ...]], window: Window) -> tuple[str, ...]:
    """The words that can stand in a window: those of ASCII, and the others where it has more."""
    return words[0] if window.lower.isascii() else words[0] + words[1]


def _within_a_word(lower: str, at: int) -> bool:
    """Whether letters go before, as in `enclave`; `db_password` and `dbPassword` are words of their own."""
    return lower[at : at + 5] in {"clave", "senha", "parol", "mdp"} and at > 0 and lower[at - 1].isalpha()


def _value(window: Window, at: int) -> tuple[int, int, bool] | None:
    """Where what is assigned stands, and whether it is quoted."""
    assigned = _ASSIGNED.match(window.lower, at)
    value = _VALUE.match(window.text, assigned.end()) if assigned else None
    if not value:
        return None
    written = value[2].rstrip(".,;:!?)]}。！？")
    return value.start(2), value.start(2) + len(written), bool(value[1])


def _is_password(value: str, *, quoted: bool) -> bool:
    """Whether a value is one that somebody made up, and no word, name or call."""
    if len(value) < 4 or _PLACEHOLDER.match(value) or (not quoted and _CODE.match(value)) or not value.isprintable():
        return False
    latin = sum(sign.isascii() for sign in value)
    if latin < len(value) * 0.6:
        return False
    digits, letters = any(map(str.isdigit, value)), any(map(str.isalpha, value))
    signs = any(not sign.isalnum() for sign in value.replace("-", "").replace("'", "").replace("/", ""))
    mixed = letters and (digits or signs) and len(value) >= 5
    return (
        mixed
        or (quoted and len(value) >= 6 and letters)
        or (digits and not signs and len(value) >= 4 and value.isdigit())
    )


def _is_random(value: str) -> bool:
    """Whether a value was drawn and not written."""
    if not _TOKEN.match(value) or _PLACEHOLDER.match(value):
        return False
    digits = sum(map(str.isdigit, value))
    return digits >= 2 and digits < len(value) and _entropy(value) >= _LEAST_BITS


def _entropy(value: str) -> float:
    """Shannon's bits a sign."""
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
