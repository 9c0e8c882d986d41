import re

import pytest
from e2e.cluster import programs


def test_every_staging_module_is_pointed_at_the_version_of_kubernetes() -> None:
    version = programs.kubernetes_version()
    pointed = re.findall(r"^\t(k8s\.io/\S+) => (\S+) (v\S+)$", (programs.MODULE / "go.mod").read_text(), re.MULTILINE)
    assert len(pointed) == 33
    assert {(module, at) for module, to, at in pointed if module == to} == {
        (module, version.replace("v1.", "v0.")) for module, _, _ in pointed
    }


def test_the_programs_are_told_their_version_in_both_packages() -> None:
    flags = programs.kubernetes_flags("v1.36.3")
    for package in ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version"):
        for told in ("gitVersion=v1.36.3", "gitMajor=1", "gitMinor=36"):
            assert f"-X {package}.{told}" in flags


def test_whoever_bumps_a_version_gets_another_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    before = programs.folder()
    monkeypatch.setattr(programs, "RECIPES", (*programs.RECIPES[:-1], programs.Recipe("coredns", "coredns@v2", 1)))
    assert programs.folder() != before
