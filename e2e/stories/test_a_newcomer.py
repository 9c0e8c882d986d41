"""From a cluster without OptiPath to an answer in a pod, by the script that a newcomer is told to type.

The first story by its name: it begins where nothing is installed yet, and what it installs the others take over.
"""

import time
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest

from e2e.stories.kubectl import get, kubectl, sh
from e2e.stories.release import VALUES
from e2e.stories.simulator import Simulator
from e2e.stories.tenant import APP_IMAGE

DEPLOY = Path(__file__).parents[2] / "deploy"
STATED_SECONDS = 90


@pytest.fixture
def example(tmp_path: Path, simulator: Simulator) -> Iterator[Path]:
    """The example's script, with the simulated provider in OpenAI's place and nothing else changed."""
    for part in ("examples/first-call", "helm"):
        copytree(DEPLOY / part, tmp_path / part)
    folder = tmp_path / "examples/first-call"
    _change(folder / "models.yaml", "type: OpenAI\n", f"type: OpenAI\n  endpoint: {{url: {simulator.url!r}}}\n")
    # A key named `openai` goes to OpenAI's own host, unless the Secret says so.
    key = '--from-literal=openai="$OPENAI_API_KEY"'
    _change(folder / "run.sh", key, f"{key} --from-literal=openai.hosts={simulator.host}")
    yield folder / "run.sh"
    kubectl("delete", "namespace", "first-call", "--wait=false", "--ignore-not-found")


@pytest.mark.row("A01", "B19", "D26")
def test_one_script_leads_from_nothing_to_the_first_call(example: Path, tmp_path: Path) -> None:
    values = tmp_path / "values.yaml"
    values.write_text(VALUES)
    begun = time.monotonic()
    given = ("env", "OPENAI_API_KEY=sk-newcomer", f"APP_IMAGE={APP_IMAGE}")
    said = sh(*given, str(example), "--values", str(values), seconds=400)
    took = time.monotonic() - begun
    print(f"\nfrom nothing to the first call: {took:.0f} s")
    # What the model is told to say names it; the small one is the policy's first.
    assert said.splitlines()[-1].startswith("gpt-5-mini: ")
    assert took <= 2 * STATED_SECONDS  # a busy machine may take longer than is stated
    (pod,) = get("pods", "-n", "first-call")["items"]
    assert [each["name"] for each in pod["spec"]["initContainers"]] == ["optipath-router"]
    assert "sk-newcomer" not in str(get("configmaps,modelproviders,routingpolicies,events", "-n", "first-call"))


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1, f"{file.name} does not say {old!r} once"
    file.write_text(text.replace(old, new))
