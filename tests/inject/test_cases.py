"""Case folders: a pod in, the pod that comes of it out.

pod.yaml      as it is sent to the API server, with what it shows in its first line
options.yaml  the chart's `injection`, where it matters
out.yaml      the pod that is created; the same one where it is passed over
warnings.txt  what its sender is told besides
refused.txt   why there is none

`pytest --update-cases` rewrites the last three. The e2e suite creates the same pods in a real cluster.
"""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.inject.injection import injection
from optipath_operator.inject.names import CONTAINER, NO_TOKEN, STATUS, VOLUMES
from optipath_operator.inject.pod import pod
from optipath_operator.inject.sidecar import Already, Injected, PassedOver, Refused, Verdict, inject
from support.jsonpatch import applied
from support.pods import TOKEN, TOKEN_PATH, faults, qos, restricted, with_tokens

FOLDERS = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/pod.yaml"))
VERSION = "0.1.0"
IMAGE = f"registry.example/optipath:{VERSION}"


def read(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) if path.exists() else {}


def judged(raw: Any, options: dict[str, Any]) -> Verdict:
    return inject(pod(raw), injection(json.dumps({"image": IMAGE, **options})), VERSION)


def becomes(raw: Any, verdict: Verdict) -> Any:
    assert not isinstance(verdict, Refused)
    return raw if isinstance(verdict, PassedOver) else applied(raw, verdict.operations)


@pytest.mark.row("A01")
@pytest.mark.case("W02")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_case(folder: Path, pytestconfig: pytest.Config) -> None:
    raw, options = read(folder / "pod.yaml"), read(folder / "options.yaml")
    verdict = judged(raw, options)
    expected = {
        "out.yaml": "" if isinstance(verdict, Refused) else written(becomes(raw, verdict)),
        "warnings.txt": "".join(f"{each}\n" for each in verdict.warnings) if isinstance(verdict, Injected) else "",
        "refused.txt": f"{verdict.message}\n" if isinstance(verdict, Refused) else "",
    }
    for name, content in expected.items():
        path = folder / name
        if pytestconfig.getoption("--update-cases"):
            path.write_text(content) if content else path.unlink(missing_ok=True)
        assert (path.read_text() if path.exists() else "") == content


@pytest.mark.case("W02")
@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_what_comes_of_it_is_a_pod_that_a_second_review_leaves_alone(folder: Path) -> None:
    raw, options = read(folder / "pod.yaml"), read(folder / "options.yaml")
    verdict = judged(raw, options)
    if isinstance(verdict, Refused):
        return
    once = becomes(raw, verdict)
    assert faults(once) == []
    assert becomes(once, judged(once, options)) == once
    if isinstance(verdict, PassedOver):
        assert once == raw
        return
    router = once["spec"]["initContainers"][0]
    assert (router["name"], router["restartPolicy"]) == (CONTAINER, "Always")
    assert once["metadata"]["labels"]["optipath.io/router"] == "enabled"
    if isinstance(verdict, Injected):
        assert restricted(router)
        status = json.loads(once["metadata"]["annotations"][STATUS])
        volumes = [volume["name"] for volume in once["spec"]["volumes"] if volume["name"] in VOLUMES]
        assert (status["version"], status["containers"], status["volumes"]) == (VERSION, [CONTAINER], volumes)
        assert {mount["name"] for mount in router["volumeMounts"]} == set(volumes)


def test_the_order_of_words_in_a_review_changes_nothing_in_the_answer() -> None:
    raw = read(Path(__file__).parent / "cases" / "many-containers" / "pod.yaml")
    turned = {key: raw[key] for key in reversed(raw)}
    assert judged(raw, {}) == judged(turned, {})


@pytest.mark.case("X09")
@pytest.mark.parametrize("name", ["a-bare-pod", "many-containers", "an-account-with-a-projected-token"])
def test_the_router_gets_no_token_however_often_kubernetes_hands_them_out(name: str) -> None:
    raw = with_tokens(read(Path(__file__).parent / "cases" / name / "pod.yaml"))
    injected = with_tokens(becomes(raw, judged(raw, {})))
    containers: list[Any] = [*injected["spec"]["initContainers"], *injected["spec"]["containers"]]
    mounts = containers[0]["volumeMounts"]
    assert [mount["name"] for mount in mounts if mount["mountPath"] == TOKEN_PATH] == [NO_TOKEN]
    assert {"name": NO_TOKEN, "emptyDir": {}} in injected["spec"]["volumes"]
    for other in containers[1:]:
        assert TOKEN in {mount["name"] for mount in other["volumeMounts"]}
    assert judged(injected, {}) == Already([])


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("guaranteed", "Guaranteed", "Guaranteed"),
        ("guaranteed-with-wishes", "Guaranteed", "Guaranteed"),
        ("guaranteed-with-two-words", "Guaranteed", "Burstable"),
        ("burstable", "Burstable", "Burstable"),
        ("a-bare-pod", "BestEffort", "Burstable"),
    ],
)
def test_the_qos_class(name: str, before: str, after: str) -> None:
    folder = Path(__file__).parent / "cases" / name
    raw = read(folder / "pod.yaml")
    assert (qos(raw), qos(becomes(raw, judged(raw, {})))) == (before, after)


def test_there_are_enough_cases() -> None:
    assert len(FOLDERS) >= 50


class Blocks(yaml.SafeDumper):
    """YAML that reads as people write it: lists indented, short things on one line."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002  as it is called
        super().increase_indent(flow, indentless=False)


def written(pod: Any) -> str:
    return yaml.dump(pod, Dumper=Blocks, sort_keys=False, width=120, default_flow_style=None)
