"""A Deployment whose pods call all the time, whatever becomes of them, and say what came of it when they end."""

import json
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from e2e.stories.kubectl import apply, get, kubectl, until
from e2e.stories.tenant import APP_IMAGE, ENV, Tenant

NAME = "fleet"
REPORT = "/dev/termination-log"
"""What a container writes there stands in its pod's status when it has ended."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The Deployment, and whoever watches its pods."""

    tenant: Tenant
    seen: Path
    """What `kubectl get pods --watch` writes."""

    def roll(self) -> None:
        """Replace its pods by new ones, one after the other."""
        kubectl("rollout", "restart", f"deployment/{NAME}", "-n", self.tenant.name)
        self.settled()

    def settled(self) -> None:
        """Wait until as many pods as there should be are ready, and no other is left."""
        where = (f"deployment/{NAME}", "-n", self.tenant.name)
        kubectl("rollout", "status", *where, "--timeout=150s", seconds=160)

    def pods(self) -> list[dict[str, Any]]:
        """Its pods that are not about to end."""
        found = get("pods", "-n", self.tenant.name, "-l", f"app={NAME}")["items"]
        return [pod for pod in found if "deletionTimestamp" not in pod["metadata"]]

    def complaints(self) -> list[str]:
        """Each call and stream that has failed, of pods that are there and of those that were."""
        words = ("-n", self.tenant.name, "-c", "app")
        texts = [kubectl("logs", pod["metadata"]["name"], *words) for pod in self.pods()]
        lines = (json.loads(line) for text in texts for line in text.splitlines())
        alive = [line["bad"] for line in lines if "bad" in line and "failed" not in line]
        return alive + [complaint for report in self.reports().values() for complaint in report["bad"]]

    def reports(self) -> dict[str, dict[str, Any]]:
        """What came of the calls of each pod that has ended, by its name.

        One that was ended by force has said nothing; that is a complaint, too.
        """
        found = {}
        for pod in _objects(self.seen.read_text()):
            for container in pod["status"].get("containerStatuses", ()):
                ended = container["state"].get("terminated") or container.get("lastState", {}).get("terminated")
                if ended:
                    message = ended.get("message", "")
                    silent = {"bad": [f"exit code {ended['exitCode']}: {message}"], "good": {}, "streamed": 0}
                    found[pod["metadata"]["name"]] = json.loads(message) if message.startswith("{") else silent
        return found

    def end(self) -> dict[str, dict[str, Any]]:
        """Let all pods end; what came of the calls of each that there ever was."""
        running = {pod["metadata"]["name"] for pod in self.pods()}
        kubectl("scale", f"deployment/{NAME}", "-n", self.tenant.name, "--replicas=0")
        until(lambda: running <= set(self.reports()), within=60, what="every pod has said what came of its calls")
        return self.reports()


@contextmanager
def fleet(tenant: Tenant, model: str, *, replicas: int = 2, rate: int = 5, streams: int = 2) -> Iterator[Fleet]:
    """A fleet for as long as the block lasts, each pod with so many calls/s and streams; its namespace is opted in."""
    command = ["python3", "calls.py", "load", model, "--seconds=3600", f"--rate={rate}", f"--streams={streams}"]
    container = {
        "name": "app",
        "image": APP_IMAGE,
        "imagePullPolicy": "IfNotPresent",
        "command": [*command, f"--report={REPORT}"],
        "terminationMessagePath": REPORT,
    }
    labels = {"app": NAME}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": NAME},
        "spec": {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels, "annotations": {ENV: "openai"}},
                "spec": {"containers": [container]},
            },
        },
    }
    apply(deployment, namespace=tenant.name)
    words = ("get", "pods", "-n", tenant.name, "-l", f"app={NAME}", "--watch", "-o", "json")
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        watch = subprocess.Popen(["kubectl", *words], stdout=file)
        try:
            found = Fleet(tenant, Path(file.name))
            found.settled()
            yield found
        finally:
            watch.terminate()
            watch.wait()
            kubectl("delete", f"deployment/{NAME}", "-n", tenant.name, "--wait=false", "--ignore-not-found")


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The objects of a stream of JSON, without the last one if it is not whole yet."""
    decoder, start = json.JSONDecoder(), 0
    while start < len(text):
        try:
            found, end = decoder.raw_decode(text, start)
        except json.JSONDecodeError:
            return
        yield found
        start = end + len(text[end:]) - len(text[end:].lstrip())
