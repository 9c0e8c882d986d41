"""Pairs and bundles, as the strictest of their readers sees them: a real handshake with OpenSSL's strict checks."""

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from optipath_operator.certificates.bundle import authorities, bundle
from optipath_operator.certificates.pair import Pair, authority, serving

NOW = datetime.now(UTC)
NAME = "optipath-injector.optipath-system.svc"


def shakes_hands(shown: Pair, trusted: bytes, folder: Path, *, name: str = NAME) -> None:
    """A server and a client that trusts a bundle meet; raises ssl.SSLError where the client will have none of it."""
    pair = folder / "pair.pem"
    pair.write_bytes(shown.pem + shown.key_pem)
    servers = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    servers.load_cert_chain(pair)
    clients = ssl.create_default_context(cadata=trusted.decode())
    clients.verify_flags |= ssl.VERIFY_X509_STRICT
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = servers.wrap_bio(to_server, to_client, server_side=True)
    client = clients.wrap_bio(to_client, to_server, server_hostname=name)
    waiting = [client, server]
    while waiting:
        for each in tuple(waiting):
            try:
                each.do_handshake()
                waiting.remove(each)
            except ssl.SSLWantReadError:
                continue


def test_what_is_made_passes_a_strict_handshake(tmp_path: Path) -> None:
    signer = authority(NOW)
    shakes_hands(serving(signer, [NAME, "b.c.svc"], NOW), signer.pem, tmp_path)


def test_while_both_are_trusted_either_ones_pair_passes(tmp_path: Path) -> None:
    old, new = authority(NOW), authority(NOW)
    both = bundle([old.certificate, new.certificate])
    shakes_hands(serving(old, [NAME], NOW), both, tmp_path)
    shakes_hands(serving(new, [NAME], NOW), both, tmp_path)


def test_nobody_elses_pair_passes(tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shakes_hands(serving(authority(NOW), [NAME], NOW), authority(NOW).pem, tmp_path)


def test_a_pair_is_for_its_names_alone(tmp_path: Path) -> None:
    signer = authority(NOW)
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        shakes_hands(serving(signer, [NAME], NOW), signer.pem, tmp_path, name="kube-dns.kube-system.svc")


def test_a_serving_certificate_vouches_for_nobody(tmp_path: Path) -> None:
    signer = authority(NOW)
    greedy = serving(signer, [NAME], NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        shakes_hands(serving(greedy, [NAME], NOW), signer.pem + greedy.pem, tmp_path)


def test_a_pair_does_not_outlive_its_authority() -> None:
    signer = authority(NOW - timedelta(days=3600))
    assert serving(signer, [NAME], NOW).certificate.not_valid_after_utc == signer.certificate.not_valid_after_utc


def test_a_pair_that_is_read_again_is_the_same() -> None:
    made = serving(authority(NOW), [NAME, "b.c.svc"], NOW)
    read = Pair.read(made.pem, made.key_pem)
    assert read == made
    assert read is not None
    assert read.names == {NAME, "b.c.svc"}
    assert abs(read.made_at - NOW) < timedelta(seconds=1)


def test_what_does_not_belong_together_is_no_pair() -> None:
    one, other = authority(NOW), authority(NOW)
    foreign = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    sealed = one.key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a password"),
    )
    for key in (other.key_pem, foreign, sealed, b"", b"nonsense", one.key_pem[:-50]):
        assert Pair.read(one.pem, key) is None
    for certificate in (b"", b"nonsense", one.pem[:-50]):
        assert Pair.read(certificate, one.key_pem) is None


def test_a_key_is_not_shown() -> None:
    assert "key" not in repr(authority(NOW))


def test_of_a_bundle_only_authorities_count_that_are_in_their_time() -> None:
    signer = authority(NOW)
    text = b"".join(
        (
            b"# somebody's note\n",
            serving(signer, [NAME], NOW).pem,
            authority(NOW - timedelta(days=4000)).pem,
            authority(NOW + timedelta(days=1)).pem,
            b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n",
            signer.pem,
            b"-----BEGIN CERTIFICATE-----",
        )
    )
    assert authorities(text, NOW) == (signer.certificate,)


def test_a_bundle_names_nobody_twice() -> None:
    one, other = authority(NOW).certificate, authority(NOW).certificate
    assert x509.load_pem_x509_certificates(bundle([one, other, one])) == [one, other]
