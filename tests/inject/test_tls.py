"""A TLS context that lives on while its certificate changes on disk."""

import logging
import ssl
from pathlib import Path

import pytest

from optipath_operator.tls import LivingContext
from support.certificates import Authority, shaken
from support.kubelet import Volume


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    """The Secret's, as kubelet projects it."""
    return Volume(tmp_path / "tls")


@pytest.fixture
def living(volume: Volume) -> LivingContext:
    return LivingContext(volume.path)


def test_it_waits_for_a_certificate_that_is_yet_to_be_made(
    authority: Authority, volume: Volume, living: LivingContext
) -> None:
    living.look()
    assert str(volume.path) in living.missing()
    assert (living.expires, living.broken) == (None, True)
    with pytest.raises(ssl.SSLError):
        shaken(living.context, authority.trusted())

    pair = authority.pair()
    volume.write(pair.files)
    living.look()
    assert living.missing() == ""
    assert living.expires == pair.expires.timestamp()
    assert shaken(living.context, authority.trusted()) == pair.certificate


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_new_certificate_is_shown_by_the_same_context_whatever_its_kind(
    authority: Authority, volume: Volume, living: LivingContext, kind: str
) -> None:
    volume.write(authority.pair(kind="rsa").files)
    living.look()
    context, pair = living.context, authority.pair(days=30, kind=kind)
    volume.write(pair.files)
    living.look()
    assert living.context is context
    assert shaken(context, authority.trusted()) == pair.certificate
    assert living.expires == pair.expires.timestamp()


def test_a_new_authority_takes_over_with_its_first_certificate(volume: Volume, living: LivingContext) -> None:
    old, new = Authority("old"), Authority("new")
    volume.write(old.pair().files)
    living.look()
    volume.write(new.pair().files)
    living.look()
    shaken(living.context, new.trusted())
    with pytest.raises(ssl.SSLCertVerificationError):
        shaken(living.context, old.trusted())


def test_files_that_cannot_be_used_leave_the_last_good_pair_in_force(
    authority: Authority, volume: Volume, living: LivingContext, caplog: pytest.LogCaptureFixture
) -> None:
    good, other = authority.pair(), authority.pair()
    volume.write(good.files)
    living.look()
    for broken in (
        {"tls.crt": good.certificate},
        {"tls.crt": b"", "tls.key": b""},
        {"tls.crt": good.certificate[:200], "tls.key": good.key},
        {"tls.crt": good.certificate, "tls.key": other.key},
        {"tls.crt": good.certificate, "tls.key": authority.pair(password=b"hush").key},
    ):
        caplog.clear()
        volume.write(broken)
        living.look()
        living.look()
        assert living.broken
        assert living.missing() == ""
        assert shaken(living.context, authority.trusted()) == good.certificate
        (said,) = caplog.records
        assert said.levelno == logging.WARNING
        assert "BEGIN" not in said.getMessage()

    volume.write(other.files)
    living.look()
    assert not living.broken
    assert shaken(living.context, authority.trusted()) == other.certificate


def test_plain_files_are_taken_up_as_well(authority: Authority, tmp_path: Path) -> None:
    living = LivingContext(tmp_path)
    pair = authority.pair()
    for name, content in pair.files.items():
        (tmp_path / name).write_bytes(content)
    living.look()
    assert shaken(living.context, authority.trusted()) == pair.certificate


def test_nothing_older_than_tls_1_2_is_spoken(authority: Authority, volume: Volume, living: LivingContext) -> None:
    volume.write(authority.pair().files)
    living.look()
    old = authority.trusted()
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2
    shaken(living.context, old)
    assert living.context.minimum_version == ssl.TLSVersion.TLSv1_2


async def test_it_looks_once_a_second_for_as_long_as_it_runs(
    authority: Authority, volume: Volume, living: LivingContext
) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise TimeoutError
        volume.write(authority.pair().files)

    with pytest.raises(TimeoutError):
        await living.run(sleep)
    assert slept == [1.0, 1.0]
    assert living.missing() == ""
