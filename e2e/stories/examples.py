"""The examples that users are shown, as a cluster gets them: with the simulated provider in place of the real ones."""

from pathlib import Path
from typing import Any, Final

import yaml

from e2e.stories.simulator import Simulator

EXAMPLES: Final = Path(__file__).parents[2] / "deploy/examples"


def manifests(path: Path) -> list[dict[str, Any]]:
    """What stands in a file."""
    return [each for each in yaml.safe_load_all(path.read_text()) if each]


def simulated(path: Path, simulator: Simulator) -> list[dict[str, Any]]:
    """The same, where every provider is at the simulator's address and nothing else is changed."""
    found = manifests(path)
    for each in found:
        if each["kind"] == "ModelProvider":
            each["spec"]["endpoint"] = {"url": simulator.url}
    return found


def crosses_namespaces(path: Path) -> bool:
    """Whether a file says itself to which namespaces it goes."""
    return any(each["kind"] == "Namespace" or "namespace" in each["metadata"] for each in manifests(path))
