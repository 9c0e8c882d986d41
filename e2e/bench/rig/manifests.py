"""What a tenant would write for a benchmark, compiled as the operator does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from optipath_cli.inputs import gather
from optipath_operator.compile import compile_namespace
from optipath_snapshot import Snapshot

Manifest = dict[str, Any]

_NAMESPACE: Final = "bench"
_API: Final = "optipath.io/v1alpha1"
_MOST_RULES: Final = 50
"""In one policy; there may be any number of these."""


@dataclass(frozen=True, slots=True)
class Providers:
    """Where the providers of the benchmarks are."""

    still: int
    """nginx's port, whose one model is `plain`."""
    scripted: int
    """The scripted upstream's port."""
    tls: int
    """The same over TLS."""
    certificate: Path

    def compile(self, models: Iterable[str], rules: Sequence[Manifest]) -> Snapshot:
        """The snapshot with these models at the scripted upstream, and these rules beside one for `plain`."""
        scripted = [model for model in models if not model.startswith("tls-")]
        over_tls = [model for model in models if model.startswith("tls-")]
        every = [rule("plain", "plain", provider="still"), *rules]
        manifests = [
            _provider("still", self.still, ["plain"]),
            *([_provider("scripted", self.scripted, scripted)] if scripted else ()),
            *([*self._over_tls(over_tls)] if over_tls else ()),
            *(_policy(at, every[at : at + _MOST_RULES]) for at in range(0, len(every), _MOST_RULES)),
        ]
        compiled = compile_namespace(gather(tuple(manifests), _NAMESPACE, ()))
        if compiled.problems:
            raise ValueError(f"the bench's own manifests have problems: {compiled.problems}")
        return compiled.snapshot

    def _over_tls(self, models: list[str]) -> Iterable[Manifest]:
        yield {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "trust", "namespace": _NAMESPACE},
            "data": {"ca.crt": self.certificate.read_text()},
        }
        provider = _provider("tls", self.tls, models)
        trust = {"name": "trust", "key": "ca.crt"}
        provider["spec"]["endpoint"] = {"url": f"https://127.0.0.1:{self.tls}/v1", "caBundleRef": trust}
        yield provider


def rule(model: str, *targets: str, provider: str = "scripted", **resilience: object) -> Manifest:
    """A rule that sends who asks for a model to these, in their order."""
    return {
        "name": model,
        "match": {"models": [model]},
        "strategy": {"ordered": {}},
        "targets": [{"provider": provider, "model": target} for target in targets],
        **({"resilience": resilience} if resilience else {}),
    }


def _provider(name: str, port: int, models: Iterable[str]) -> Manifest:
    return {
        "apiVersion": _API,
        "kind": "ModelProvider",
        "metadata": {"name": name, "namespace": _NAMESPACE, "generation": 1},
        "spec": {
            "type": "OpenAICompatible",
            "endpoint": {"url": f"http://127.0.0.1:{port}/v1"},
            "models": [
                {"name": model, "pricing": {"inputPerMTok": "0.25", "outputPerMTok": "2"}, "contextWindow": 400_000}
                for model in models
            ],
        },
    }


def _policy(number: int, rules: Sequence[Manifest]) -> Manifest:
    return {
        "apiVersion": _API,
        "kind": "RoutingPolicy",
        "metadata": {"name": f"policy-{number}", "namespace": _NAMESPACE, "generation": 1},
        "spec": {"rules": list(rules)},
    }
