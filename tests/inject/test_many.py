"""A pod may be of three megabytes, and whoever else waits for the injector waits for it, too."""

import difflib
from collections.abc import Callable
from typing import Any

import pytest

from optipath_operator.inject import wishes
from optipath_operator.inject.injection import Injection
from optipath_operator.inject.pod import pod
from optipath_operator.inject.sidecar import Injected, Refused, inject


@pytest.mark.case("W05")
def test_names_are_compared_as_often_as_anybody_is_told_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[str] = []
    closest: Callable[..., Any] = difflib.get_close_matches

    def counting(word: str, *rest: Any) -> Any:
        compared.append(word)
        return closest(word, *rest)

    monkeypatch.setattr(wishes, "get_close_matches", counting)
    annotations = {f"optipath.io/memory-{number:05}": "" for number in range(10_000)}
    raw = {
        "metadata": {"name": "chat", "annotations": annotations},
        "spec": {"containers": [{"name": "app", "image": "registry.example/chat:1"}]},
    }
    verdict = inject(pod(raw), Injection("registry.example/optipath:0.1.0"), "0.1.0")
    assert isinstance(verdict, Injected)
    assert "is optipath.io/memory meant?" in verdict.warnings[0]
    assert verdict.warnings[-1] == f"and {len(annotations) - len(verdict.warnings) + 1} more"
    assert len(compared) < len(verdict.warnings)


@pytest.mark.case("W05")
def test_a_pod_of_too_many_containers_is_refused_before_each_is_told_anything() -> None:
    def judged(many: int) -> object:
        containers = [{"name": f"app-{number}", "image": "registry.example/chat:1"} for number in range(many)]
        raw = {"metadata": {"name": "chat"}, "spec": {"containers": containers}}
        return inject(pod(raw), Injection("registry.example/optipath:0.1.0"), "0.1.0")

    assert isinstance(judged(500), Injected)
    refused = judged(50_000)
    assert isinstance(refused, Refused)
    assert "it has 50000 containers, and is looked at with up to 500" in refused.message
