"""Tokens: derived from the key and what they are for, and from nothing else."""

import hmac
from hashlib import sha256

import pytest

from optipath_operator.channel.token import Tokens, token_sha256

KEY = b"k" * 32


def tokens(key: bytes = KEY) -> Tokens:
    made = Tokens()
    made.take(key)
    return made


def test_a_token_is_what_the_architecture_says() -> None:
    assert tokens().of("uid-1") == hmac.new(KEY, b"optipath-status/uid-1", "sha256").hexdigest()


def test_the_path_of_the_webhook_that_warns_is_of_the_key_and_no_namespace_s_token() -> None:
    made = hmac.new(KEY, b"optipath-warn", "sha256").hexdigest()
    assert tokens().warn_path() == f"/warn/{made}"
    assert tokens(b"o" * 32).warn_path() != tokens().warn_path()
    assert Tokens().warn_path() is None


def test_each_namespace_has_its_own_and_another_key_makes_others() -> None:
    assert len({tokens().of("a"), tokens().of("b"), tokens(b"o" * 32).of("a")}) == 3


@pytest.mark.parametrize(("made", "uid"), [(Tokens(), "uid-1"), (tokens(), "")], ids=["no key", "no uid"])
def test_without_key_or_uid_there_is_none(made: Tokens, uid: str) -> None:
    assert made.of(uid) is None
    assert token_sha256(made.of(uid)) is None


def test_the_snapshot_carries_the_hash_alone() -> None:
    token = tokens().of("uid-1")
    assert token is not None
    assert token_sha256(token) == sha256(token.encode()).hexdigest()


def test_it_is_told_when_the_key_is_another_one() -> None:
    made = Tokens()
    assert [made.take(KEY), made.take(KEY), made.take(b"new" * 12)] == [True, False, True]
