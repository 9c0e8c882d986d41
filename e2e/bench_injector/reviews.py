"""A review as a real API server sends it: a Deployment's pod, with its defaults and what is known of its managers."""

import json
from typing import Any, Final

_OWNER: Final = "5a0d7c9e-0d5e-4c29-9c9c-1f0f4b9a0001"


def _container(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "image": f"registry.example/{name}:1",
        "ports": [{"name": "http", "containerPort": 8080, "protocol": "TCP"}],
        "env": [{"name": f"SETTING_{number}", "value": f"value {number}"} for number in range(20)],
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [
            {"name": "kube-api-access-x7k2p", "mountPath": "/var/run/secrets/kubernetes.io/serviceaccount"}
        ],
        "readinessProbe": {"httpGet": {"path": "/", "port": "http", "scheme": "HTTP"}, "timeoutSeconds": 1},
        "terminationMessagePath": "/dev/termination-log",
        "imagePullPolicy": "IfNotPresent",
    }


def _managed(containers: list[dict[str, Any]]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        f'k:{{"name":"{each["name"]}"}}': {
            ".": {},
            **{f"f:{name}": {} for name in each},
            "f:env": {f'k:{{"name":"{one["name"]}"}}': {".": {}, "f:name": {}, "f:value": {}} for one in each["env"]},
        }
        for each in containers
    }
    return {
        "manager": "kube-controller-manager",
        "operation": "Update",
        "apiVersion": "v1",
        "fieldsType": "FieldsV1",
        "fieldsV1": {"f:spec": {"f:containers": fields}},
    }


def _review() -> dict[str, Any]:
    containers = [_container("chat"), _container("metrics")]
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {
            "generateName": "chat-5d9c7b6f4-",
            "labels": {"app": "chat", "pod-template-hash": "5d9c7b6f4"},
            "annotations": {"optipath.io/env": "openai"},
            "ownerReferences": [
                {
                    "apiVersion": "apps/v1",
                    "kind": "ReplicaSet",
                    "name": "chat-5d9c7b6f4",
                    "uid": _OWNER,
                    "controller": True,
                }
            ],
            "managedFields": [_managed(containers)],
        },
        "spec": {
            "volumes": [{"name": "kube-api-access-x7k2p", "projected": {"sources": [], "defaultMode": 420}}],
            "containers": containers,
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 30,
            "serviceAccountName": "default",
            "schedulerName": "default-scheduler",
        },
        "status": {},
    }
    request = {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
        "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"},
        "namespace": "team-a",
        "operation": "CREATE",
        "userInfo": {"username": "system:serviceaccount:kube-system:replicaset-controller"},
        "object": pod,
        "oldObject": None,
        "dryRun": False,
    }
    return {"kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1", "request": request}


REVIEW: Final = json.dumps(_review()).encode()
"""What is sent."""
