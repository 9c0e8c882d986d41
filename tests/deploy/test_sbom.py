"""The bill of materials: everything that the image installs, and nothing without a hash."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from deploy.sbom import NotLocked, bill, components

ROOT = Path(__file__).parents[2]
LOCK = (ROOT / "requirements.lock").read_text()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.case("X09")
def test_the_bill_names_every_locked_library_with_the_hashes_that_pip_demands() -> None:
    found = {each["name"]: each for each in bill(PROJECT, LOCK)["components"]}
    assert set(found) == set(re.findall(r"(?m)^([a-z0-9._-]+)==", LOCK))
    assert sum(len(each["hashes"]) for each in found.values()) == LOCK.count("--hash=sha256:")
    # The environment of these tests is synced from a lock that agrees with this one.
    assert found["kopf"]["version"] == version("kopf")
    assert found["kopf"]["purl"] == f"pkg:pypi/kopf@{version('kopf')}"


def test_what_is_installed_in_some_places_only_says_where() -> None:
    found = {each["name"]: each for each in components(LOCK)}
    assert found["cffi"]["properties"][0]["value"] == "platform_python_implementation != 'PyPy'"
    assert "properties" not in found["kopf"]


def test_the_same_lock_makes_the_same_bill_and_another_one_another_number() -> None:
    assert bill(PROJECT, LOCK) == bill(PROJECT, LOCK)
    other = LOCK.replace(f"kopf=={version('kopf')}", "kopf==0.1")
    assert bill(PROJECT, other)["serialNumber"] != bill(PROJECT, LOCK)["serialNumber"]


@pytest.mark.case("X09")
@pytest.mark.parametrize("line", ["kopf==1.45.2\n", "kopf>=1\n", "kopf @ file:///kopf \\\n    --hash=sha256:00\n"])
def test_a_library_without_a_version_or_a_hash_is_refused(line: str) -> None:
    with pytest.raises(NotLocked, match="kopf"):
        components(line)
