"""A tenant: its provider and policy, and an app whose pod has a router."""

import json
import re
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from e2e.stories.kubectl import CommandFailed, apply, get, kubectl, until, wait_for

BY_HAND = Path(__file__).parents[2] / "deploy/examples/pod-with-router.yaml"
APP_IMAGE = "optipath-app:e2e"
ENV = "optipath.io/env"
"""The annotation of a pod whose apps are to find the router by their SDK's own variables."""


@dataclass(frozen=True)
class Tenant:
    """A namespace and what a story does in it."""

    name: str
    paper: str

    def apply(self, *manifests: dict[str, Any]) -> str:
        """Apply objects in the tenant's namespace."""
        return apply(*manifests, namespace=self.name)

    def provider(self, *models: str, name: str = "paper") -> None:
        """Apply a provider whose models are the simulator's."""
        self.apply(self.provider_object(*models, name=name))

    def provider_object(self, *models: str, name: str = "paper") -> dict[str, Any]:
        """The provider as an object."""
        spec = {
            "type": "OpenAICompatible",
            "endpoint": {"url": self.paper},
            "models": [
                {"name": model, "contextWindow": 8000, "pricing": {"inputPerMTok": "1", "outputPerMTok": "2"}}
                for model in models
            ],
        }
        return {**_object("ModelProvider", name), "spec": spec}

    def policy(self, *targets: str, strategy: str = "ordered", name: str = "chat", provider: str = "paper") -> None:
        """Apply a policy that sends `assistant` to these models."""
        apply(self.policy_object(*targets, strategy=strategy, name=name, provider=provider), namespace=self.name)

    def policy_object(
        self, *targets: str, strategy: str = "ordered", name: str = "chat", provider: str = "paper"
    ) -> dict[str, Any]:
        """The policy as an object."""
        rule = {
            "name": "all",
            "match": {"models": ["assistant"]},
            "strategy": {strategy: {}},
            "targets": [{"provider": provider, "model": model} for model in targets],
        }
        return {**_object("RoutingPolicy", name), "spec": {"rules": [rule]}}

    def programmed(self, name: str = "chat") -> None:
        """Wait until a policy is in the ConfigMap."""
        wait_for("rp", name, self.name, "Programmed")

    def secret(self, *, name: str = "optipath-credentials", **keys: str) -> None:
        """Apply the tenant's keys; `openai__hosts` is `openai.hosts`."""
        data = {key.replace("__", "."): value for key, value in keys.items()}
        secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": name}, "stringData": data}
        apply(secret, namespace=self.name)

    def hurry(self, app: str = "app") -> None:
        """Have kubelet bring the pod what has changed of its Secret now, and not within a minute and a half."""
        kubectl("annotate", "pod", app, "-n", self.name, "--overwrite", f"example.com/hurry={time.time()}")

    def app(self, name: str = "app", **changes: Any) -> None:
        """Start a pod with our app in it, which gets its router as it is made, and wait until it is ready."""
        apply(self.app_object(name, **changes), namespace=self.name)
        self.ready(name)

    def app_object(
        self,
        name: str = "app",
        *,
        command: list[str] | None = None,
        annotations: dict[str, str] | None = None,
        labels: dict[str, str] | None = None,
    ) -> dict[str, Any]:
        """The pod as its author writes it: nothing of a router is in it."""
        container: dict[str, Any] = {"name": "app", "image": APP_IMAGE, "imagePullPolicy": "IfNotPresent"}
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {
                "name": name,
                "labels": {"app": name, **(labels or {})},
                "annotations": {ENV: "openai", **(annotations or {})},
            },
            "spec": {"containers": [{**container, "command": command} if command else container]},
        }

    def app_by_hand(self, name: str = "app") -> None:
        """Start the example's pod, whose router was written by hand, with our app in it; the namespace is opted out."""
        kubectl("label", "namespace", self.name, "optipath.io/inject-")
        pod = yaml.safe_load(BY_HAND.read_text())
        pod["metadata"]["name"] = name
        router, app = pod["spec"]["initContainers"][0], pod["spec"]["containers"][0]
        router["image"], app["image"] = "optipath:e2e", APP_IMAGE
        app.pop("command")
        apply(pod, namespace=self.name)
        self.ready(name)

    def ready(self, name: str = "app") -> None:
        """Wait until a pod is ready."""
        kubectl("wait", f"pod/{name}", "-n", self.name, "--for=condition=Ready", "--timeout=90s")

    def once(self, model: str = "assistant", *options: str, stream: bool = False, app: str = "app") -> dict[str, Any]:
        """What one call from the app by the official SDK brings."""
        words = ["python3", "calls.py", "once", model, *options, *(["--stream"] if stream else [])]
        answer: dict[str, Any] = json.loads(self.run(*words, app=app))
        return answer

    def refused(self, model: str = "assistant", *options: str, app: str = "app") -> str:
        """What the app is told where its call is refused."""
        with pytest.raises(CommandFailed) as told:
            self.once(model, *options, app=app)
        return str(told.value)

    def run(self, *words: str, app: str = "app") -> str:
        """What a command in the app's container prints."""
        return kubectl("exec", app, "-n", self.name, "-c", "app", "--", *words)

    def load(self, *, seconds: float, rate: int = 50, streams: int = 20, app: str = "app") -> subprocess.Popen[str]:
        """So many requests/s and streams from the app, for some seconds; `report` waits for its end."""
        words = [
            "kubectl",
            "exec",
            app,
            "-n",
            self.name,
            "-c",
            "app",
            "--",
            "python3",
            "calls.py",
            "load",
            "assistant",
            f"--seconds={seconds}",
            f"--rate={rate}",
            f"--streams={streams}",
        ]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    def config_text(self) -> str | None:
        """The namespace's snapshot file to the byte, if it has one."""
        found = get("configmaps", "-n", self.name, "--field-selector", "metadata.name=optipath-router")["items"]
        return found[0]["data"]["snapshot.json"] if found else None

    def config(self) -> dict[str, Any] | None:
        """The namespace's snapshot file, if it has one."""
        text = self.config_text()
        return json.loads(text) if text else None

    def first_target(self) -> str:
        """The target that the first rule in the ConfigMap names first; empty where there is none."""
        found = self.config()
        routes = found["snapshot"]["routes"] if found else []
        return routes[0]["targets"][0]["target"] if routes and routes[0]["targets"] else ""

    def until_written(self, model: str, within: float = 20) -> None:
        """Wait until a model of the provider `paper` is the first target in the ConfigMap."""
        until(lambda: self.first_target() == f"paper/{model}", within=within, what=f"{model} is in the ConfigMap")

    def generation(self) -> int:
        """Which generation of the first rule's policy is in the ConfigMap; 0 where there is none."""
        found = self.config()
        routes = found["snapshot"]["routes"] if found else []
        return routes[0]["policy"]["generation"] if routes else 0

    def counted(self, metric: str, app: str = "app") -> float:
        """A metric of the app's router, all labels added up."""
        lines = self.metrics(app).splitlines()
        return sum(float(line.split()[-1]) for line in lines if re.match(rf"{metric}[ {{]", line))

    def metrics(self, app: str = "app") -> str:
        """All metrics of the app's router."""
        return self.admin("metrics", app)

    def admin(self, path: str, app: str = "app") -> str:
        """What the app's router answers on its port for probes and metrics."""
        return kubectl("get", "--raw", f"/api/v1/namespaces/{self.name}/pods/{app}:7081/proxy/{path}")

    def finished_load(self, app: str = "app") -> dict[str, Any] | None:
        """What came of a load that is the app's own command; None as long as it runs."""
        lines = kubectl("logs", app, "-n", self.name, "-c", "app").splitlines()
        last: dict[str, Any] = json.loads(lines[-1]) if lines else {}
        return last if "failed" in last else None

    def logs_until_the_end(self, app: str = "app") -> subprocess.Popen[str]:
        """What the app prints from its beginning to its end; `report` waits for it."""
        words = ["kubectl", "logs", app, "-n", self.name, "-c", "app", "--follow"]
        return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)

    def until_answered_by(self, model: str, within: float = 30, asking_for: str = "assistant") -> dict[str, Any]:
        """Wait until the app's call is answered by a model."""

        def look() -> dict[str, Any] | None:
            answer = self.once(asking_for)
            return answer if answer["model"] == model else None

        return until(look, within=within, what=f"{self.name}'s app is answered by {model}")


@contextmanager
def opted_in(name: str, paper: str, **labels: str) -> Iterator[Tenant]:
    """A namespace whose pods get routers, for as long as the block lasts."""
    with namespace(name, {"optipath.io/inject": "enabled", **labels}):
        yield Tenant(name, paper)


@contextmanager
def namespace(name: str, labels: Mapping[str, str]) -> Iterator[None]:
    """A namespace for as long as the block lasts."""
    apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": dict(labels)}})
    try:
        yield
    finally:
        kubectl("delete", "namespace", name, "--wait=false", "--ignore-not-found")


def report(load: subprocess.Popen[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What came of a load, and the moments at which a policy was first seen."""
    lines = [json.loads(line) for line in load.communicate(timeout=180)[0].splitlines()]
    return lines[-1], lines[:-1]


def _object(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "optipath.io/v1alpha1", "kind": kind, "metadata": {"name": name}}
