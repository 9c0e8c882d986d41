"""What `helm test` makes sure of: the kinds are served, all parts ready, and the webhooks trusted.

It looks at each webhook as the API server does: by the CA and the Service in
its configuration. It waits up to two minutes, as long as kubelet may take to
bring a new certificate.
"""

import base64
import json
import os
import socket
import ssl
import sys
import time
import urllib.request
from collections.abc import Callable
from functools import partial
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

ACCOUNT = Path("/var/run/secrets/kubernetes.io/serviceaccount")
PATIENCE_SECONDS = float(os.environ.get("OPTIPATH_PATIENCE_SECONDS", "120"))
HOST = "{name}.{namespace}.svc"
"""How the API server calls a Service, and by which name it knows its certificate."""
POD = {
    "apiVersion": "v1",
    "kind": "Pod",
    "metadata": {"name": "helm-test", "namespace": "helm-test"},
    "spec": {"containers": [{"name": "app", "image": "app"}]},
}
POLICY = {
    "apiVersion": "optipath.io/v1alpha1",
    "kind": "RoutingPolicy",
    "metadata": {"name": "helm-test", "namespace": "helm-test"},
    "spec": {"rules": []},
}


class Failed(Exception):
    """What is wrong, in words."""


def trusting(authorities: str) -> ssl.SSLContext:
    """TLS with whom the API server would trust: it asks for no key identifiers, as Python 3.13 does by itself."""
    context = ssl.create_default_context(cadata=authorities)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def api(path: str) -> Any:
    """What the API server has there."""
    host, port = os.environ["KUBERNETES_SERVICE_HOST"], os.environ["KUBERNETES_SERVICE_PORT"]
    trusted = trusting((ACCOUNT / "ca.crt").read_text())
    connection = HTTPSConnection(host, int(port), context=trusted, timeout=10)
    token = (ACCOUNT / "token").read_text()
    connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise Failed(f"the API server answers {answer.status} to {path}: {body[:300]!r}")
    return json.loads(body)


def served() -> None:
    """Both kinds are."""
    kinds = {each["kind"] for each in api("/apis/optipath.io/v1alpha1")["resources"]}
    if missing := {"ModelProvider", "RoutingPolicy"} - kinds:
        raise Failed(f"the API server does not serve {', '.join(sorted(missing))}: are the CRDs installed?")


def ready(url: str) -> None:
    """A part says that it is."""
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310  the chart's own Services
        answer.read()


def review(kind: str, name: str, subject: dict[str, Any]) -> dict[str, Any]:
    """What a webhook answers when it is called as its configuration says."""
    (hook,) = api(f"/apis/admissionregistration.k8s.io/v1/{kind}/{name}")["webhooks"]
    client = hook["clientConfig"]
    if not client.get("caBundle"):
        raise Failed(f"{kind}/{name} has no caBundle yet: the API server trusts nobody by it")
    service = client["service"]
    # The chart leaves the path of the one that warns to the operator. It is a secret, and is not printed.
    if not service.get("path"):
        raise Failed(f"{kind}/{name} has no path yet: nobody is told what is wrong with a resource")
    host = HOST.format(**service)
    trusted = trusting(base64.b64decode(client["caBundle"]).decode())
    asked = {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {
            "uid": "helm-test",
            "kind": _kind(subject),
            "resource": _resource(subject),
            "operation": "CREATE",
            "dryRun": True,
            "name": subject["metadata"]["name"],
            "namespace": subject["metadata"]["namespace"],
            "userInfo": {"username": "helm-test"},
            "object": subject,
            "oldObject": None,
        },
    }
    connection = HTTPSConnection(host, service["port"], context=trusted, timeout=10)
    headers = {"Content-Type": "application/json"}
    connection.request("POST", service["path"], json.dumps(asked), headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status != 200:
        raise Failed(f"{host} answers {answer.status}: {body[:300]!r}")
    told: dict[str, Any] = json.loads(body)["response"]
    if told["uid"] != "helm-test" or told["allowed"] is not True:
        raise Failed(f"{host} does not admit what it should: {told}")
    return told


def injects(name: str) -> None:
    """A pod comes back with a router."""
    told = review("mutatingwebhookconfigurations", name, POD)
    patch = base64.b64decode(told.get("patch", ""))
    if b'"optipath-router"' not in patch:
        raise Failed(f"the injector adds no router to a pod: {patch[:300]!r}")


def _kind(subject: dict[str, Any]) -> dict[str, str]:
    group, _, version = subject["apiVersion"].rpartition("/")
    return {"group": group, "version": version, "kind": subject["kind"]}


def _resource(subject: dict[str, Any]) -> dict[str, str]:
    group, _, version = subject["apiVersion"].rpartition("/")
    plural = {"Pod": "pods", "RoutingPolicy": "routingpolicies"}[subject["kind"]]
    return {"group": group, "version": version, "resource": plural}


def main() -> int:
    """Ask for everything until all of it is so, or patience ends."""
    mutating, validating = os.environ["OPTIPATH_MUTATING"], os.environ["OPTIPATH_VALIDATING"]
    checks: dict[str, Callable[[], object]] = {
        "ModelProvider and RoutingPolicy are served": served,
        **{f"{url} is ready": partial(ready, url) for url in os.environ["OPTIPATH_READY"].split(",")},
        f"the API server may trust {mutating}, and it injects": lambda: injects(mutating),
        f"the API server may trust {validating}, and it answers": lambda: review(
            "validatingwebhookconfigurations", validating, POLICY
        ),
    }
    ends = time.monotonic() + PATIENCE_SECONDS
    failed = 0
    for what, check in checks.items():
        wrong = _until_right(check, ends)
        failed += wrong is not None
        print(f"{'ok' if wrong is None else 'NOT'}  {what}{'' if wrong is None else f': {wrong}'}", flush=True)
    return min(failed, 1)


def _until_right(check: Callable[[], object], ends: float) -> Exception | None:
    """None once a check has gone well; what was wrong last where there is no time left."""
    while True:
        try:
            check()
        except (Failed, OSError, ValueError, KeyError, socket.gaierror) as error:
            if time.monotonic() >= ends:
                return error
            time.sleep(2)
        else:
            return None


if __name__ == "__main__":
    sys.exit(main())
