"""A policy that grows by a rule, by a strategy, and from a cloud into a cluster."""

from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from optipath_cli.main import main
from optipath_cli.simulator import Simulator
from support.router import Router
from support.workbench import Manifest, policy, provider, workbench, write

CODE_ELSEWHERE = """\
apiVersion: optipath.io/v1alpha1
kind: RoutingPolicy
metadata: {name: code}
spec:
  rules:
    - name: code
      match: {taskTypes: [Code]}
      strategy: {ordered: {}}
      targets: [{provider: acme, model: coder}, {provider: acme, model: small}]
    - {name: rest, strategy: {ordered: {}}, targets: [{provider: acme, model: small}]}
"""
CODE = "Write a Python function that merges two sorted lists, with unit tests."
CHAT = "Hi! How was your weekend?"


def acme() -> Manifest:
    """A provider with a dear model and a cheap one."""
    made = provider("https://acme.example/v1", models={"coder": "coder", "small": "small"})
    made["spec"]["models"][0]["pricing"] = {"inputPerMTok": "9", "outputPerMTok": "9"}
    return made


def explained(manifests: Path, prompt: str) -> str:
    """What `optipath explain` says of a prompt to `auto`."""
    result = CliRunner().invoke(main, ["explain", str(manifests), prompt])
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


@pytest.mark.row("B23", "B31", "C21")
def test_ten_lines_send_code_elsewhere_and_explain_says_by_which_rule(tmp_path: Path) -> None:
    assert len(CODE_ELSEWHERE.splitlines()) == 10
    manifests = write(tmp_path / "in.yaml", acme(), yaml.safe_load(CODE_ELSEWHERE))
    code, chat = explained(manifests, CODE), explained(manifests, CHAT)
    assert "decided   by rule 'code' of default/code@1" in code
    assert "ranking   1. acme/coder" in code
    assert "rule      default/code@1 code: taskTypes: the likeliest is none of Code" in chat
    assert "decided   by rule 'rest' of default/code@1" in chat
    assert "acme/coder" not in chat


@pytest.mark.row("B32")
def test_from_rules_to_prediction_only_the_strategy_changes(tmp_path: Path) -> None:
    grown: dict[str, Any] = yaml.safe_load(CODE_ELSEWHERE)
    manifests = write(tmp_path / "in.yaml", acme(), grown)
    assert "ranking   1. acme/coder" in explained(manifests, CODE)
    grown["spec"]["rules"][0]["strategy"] = {"lowestCost": {}}
    write(manifests, acme(), grown)
    assert "ranking   1. acme/small" in explained(manifests, CODE)


@pytest.mark.row("A31", "D29")
async def test_cloud_and_cluster_share_a_policy_and_the_cluster_answers_where_the_cloud_is_cut_off(
    simulator: Simulator, tmp_path: Path
) -> None:
    async with AsyncExitStack() as egress:
        cloud = await egress.enter_async_context(Simulator())
        simulator.map["local"] = cloud.map["frontier"] = "ok"
        manifests = write(
            tmp_path / "in.yaml",
            provider(cloud.url, "cloud", {"frontier": "frontier"}, type="OpenAI"),
            provider(simulator.url, "vllm", {"local": "local"}, type="VLLM"),
            policy("cloud/frontier", "vllm/local", strategy="weighted"),
        )
        async with workbench(manifests) as run:
            assert set(await answered(run.router, 40)) == {"cloud", "vllm"}
            await egress.aclose()
            assert await answered(run.router, 10) == ["vllm"] * 10


async def answered(router: Router, times: int) -> list[str]:
    """The provider that answers each of some requests."""
    answers = [await router.ask("assistant") for _ in range(times)]
    assert [answer.status_code for answer in answers] == [200] * times
    return [answer.headers["x-optipath-provider"] for answer in answers]
