"""A tenant: its provider and policy, and an app whose pod has a router."""

import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from e2e.stories.kubectl import apply, get, kubectl, until, wait_for

POD = Path(__file__).parents[2] / "deploy/examples/pod-with-router.yaml"


@dataclass(frozen=True)
class Tenant:
    """A namespace and what a story does in it."""

    name: str
    paper: str

    def provider(self, *models: str, name: str = "paper") -> None:
        """Apply a provider whose models are the simulator's."""
        apply(self.provider_object(*models, name=name), namespace=self.name)

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

    def app(self, name: str = "app", image: str = "optipath-app:e2e", command: list[str] | None = None) -> None:
        """Start the example's hand-written pod, with our app in it, and wait until it is ready."""
        pod = yaml.safe_load(POD.read_text())
        pod["metadata"]["name"] = name
        router, app = pod["spec"]["initContainers"][0], pod["spec"]["containers"][0]
        router["image"], app["image"] = "optipath:e2e", image
        if command:
            app["command"] = command
        else:
            app.pop("command")
        apply(pod, namespace=self.name)
        kubectl("wait", f"pod/{name}", "-n", self.name, "--for=condition=Ready", "--timeout=90s")

    def once(self, model: str = "assistant", *, stream: bool = False, app: str = "app") -> dict[str, Any]:
        """What one call from the app by the official SDK brings."""
        words = ["python3", "calls.py", "once", model, *(["--stream"] if stream else [])]
        answer: dict[str, Any] = json.loads(kubectl("exec", app, "-n", self.name, "-c", "app", "--", *words))
        return answer

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
        text = kubectl("get", "--raw", f"/api/v1/namespaces/{self.name}/pods/{app}:7081/proxy/metrics")
        return sum(float(line.split()[-1]) for line in text.splitlines() if re.match(rf"{metric}[ {{]", line))

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


def report(load: subprocess.Popen[str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """What came of a load, and the moments at which a policy was first seen."""
    lines = [json.loads(line) for line in load.communicate(timeout=180)[0].splitlines()]
    return lines[-1], lines[:-1]


def _object(kind: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "optipath.io/v1alpha1", "kind": kind, "metadata": {"name": name}}
