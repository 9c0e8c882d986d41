"""The Dockerfile: hashes for all that it installs, nobody's registry in it, and a user who is not root."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "Dockerfile").read_text()
# A step a line, without comments and line ends inside it.
STEPS = re.sub(r"\\\n\s*", "", re.sub(r"(?m)^#.*\n", "", TEXT)).split("\n")
IGNORED = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()


def steps(instruction: str) -> list[str]:
    return [step.removeprefix(f"{instruction} ") for step in STEPS if step.startswith(f"{instruction} ")]


@pytest.mark.case("X09")
def test_whatever_pip_installs_has_a_hash_or_was_just_built_here() -> None:
    installs = re.findall(r"pip [^&]*install[^&]*", " && ".join(steps("RUN")))
    assert len(installs) == 3
    for install in installs:
        assert "--require-hashes" in install or {"--no-index", "--no-deps"} <= set(install.split())


def test_the_wheel_s_builder_is_locked_with_all_that_it_needs() -> None:
    named = re.search(r"/\^\(([-a-z|]+)\)==/", TEXT)
    assert named
    build = tomllib.loads((ROOT / "pyproject.toml").read_text())["build-system"]["requires"]
    assert set(named[1].split("|")) == closure(build)


def closure(names: list[str]) -> set[str]:
    wanted = {need.name for each in names if not (need := Requirement(each)).marker or need.marker.evaluate()}
    return wanted.union(*(closure(requires(name) or []) for name in wanted))


@pytest.mark.case("X09")
def test_it_runs_as_nobody_by_number() -> None:
    assert steps("USER") == ["65534:65534"]
    assert STEPS.index("USER 65534:65534") > STEPS.index("FROM ${BASE}")


def test_its_base_is_an_argument_and_pip_is_told_nothing_of_where() -> None:
    assert steps("ARG")[0] == "BASE=python:3.13-slim"
    assert steps("FROM") == ["${BASE} AS build", "${BASE}"]
    assert not re.search(r"index-url|INDEX_URL|trusted-host|://", TEXT)


def test_what_is_copied_is_there_and_not_ignored() -> None:
    copied = {name for step in steps("COPY") if "--from" not in step for name in step.split()[:-1]}
    assert copied == {line.removeprefix("!") for line in IGNORED if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)
