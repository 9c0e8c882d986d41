from pathlib import Path

import pytest
from e2e.cluster.certificates import IDENTITIES
from e2e.cluster.parts import parts
from e2e.cluster.programs import KUBE_LINKS, RECIPES
from e2e.cluster.settings import settings
from e2e.cluster.state import State

STATE = State(Path("/somewhere/optipath-cluster-1-x"))
CERTIFICATES = {f"{name}.{end}" for name in (*IDENTITIES, "ca") for end in ("key", "crt")}
FILES = CERTIFICATES | {"accounts.key", "accounts.pub"} | set(settings(STATE))
SETTINGS_ENDS = (".crt", ".key", ".pub", ".kubeconfig", ".yaml", ".toml", "Corefile")


@pytest.mark.parametrize("alone", [False, True], ids=["whole", "control plane"])
def test_every_file_that_a_part_is_told_of_is_made(alone: bool) -> None:  # noqa: FBT001 - a parameter of pytest's
    told = {word.split("=")[-1] for part in parts(STATE, control_plane_only=alone) for word in part.command}
    assert {word for word in told if word.endswith(SETTINGS_ENDS)} <= FILES


def test_every_part_is_a_program_that_is_built() -> None:
    built = {recipe.name for recipe in RECIPES} | set(KUBE_LINKS)
    assert {part.command[0] for part in parts(STATE, control_plane_only=False)} <= built


def test_a_control_plane_alone_is_the_store_and_the_api_server() -> None:
    assert [part.name for part in parts(STATE, control_plane_only=True)] == ["etcd", "kube-apiserver"]
