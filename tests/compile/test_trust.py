"""Certificates are looked for once, and only in so much text."""

import ssl
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.compile import Gathered, compile_namespace
from optipath_operator.compile.trust import bundles, holds_certificates
from optipath_operator.resources import CaBundleRef
from support.catalogue import PAPER_CATALOGUE

LONGEST = 512 * 1024
REF = CaBundleRef(name="corp-ca", key="ca.crt")
IN = Path(__file__).parent / "cases" / "ca-bundle" / "in.yaml"


def manifests() -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(IN.read_text()))


def certificate() -> str:
    (text,) = next(each["data"] for each in manifests() if each["kind"] == "ConfigMap").values()
    return str(text)


def test_a_bundle_is_read_up_to_its_longest() -> None:
    text = certificate().ljust(LONGEST)
    assert bundles([REF], {"corp-ca": {"ca.crt": text}})[REF].pem
    longer = bundles([REF], {"corp-ca": {"ca.crt": text + " "}})[REF]
    assert longer.pem is None
    assert longer.why_not == "'ca.crt' in ConfigMap 'corp-ca' is 524289 signs long, and at most 524288 are read"


def test_beginnings_without_an_end_are_passed_in_one_go() -> None:
    text = ("-----BEGIN CERTIFICATE-----\n" * LONGEST)[:LONGEST]
    assert bundles([REF], {"corp-ca": {"ca.crt": text}})[REF].pem is None


def test_providers_that_share_certificates_have_them_examined_once(monkeypatch: pytest.MonkeyPatch) -> None:
    contexts = count()
    made = ssl.SSLContext

    def counted(protocol: int) -> ssl.SSLContext:
        next(contexts)
        return made(protocol)

    provider, *others = manifests()
    twin = {**provider, "metadata": {"name": "twin"}}
    holds_certificates.cache_clear()
    monkeypatch.setattr(ssl, "SSLContext", counted)
    compiled = compile_namespace(Gathered("team-a", (provider, twin, *others), PAPER_CATALOGUE))
    assert [bool(each.ca_bundle) for each in compiled.snapshot.providers] == [True, True]
    assert next(contexts) == 1
