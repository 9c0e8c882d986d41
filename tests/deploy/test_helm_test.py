"""What `helm test` asks, asked of a cluster that is played here: it passes where all is well, and says what is not."""

import base64
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from deploy.helm.optipath.files import helm_test

WARN_PATH = "/warn/a-secret"
KINDS = ["ModelProvider", "RoutingPolicy"]


class Cluster:
    """An API server, both webhooks and a part's probe, on one port each, all at 127.0.0.1."""

    def __init__(self) -> None:
        self.kinds = list(KINDS)
        self.ca_bundle: str | None = None
        self.warn_path: str | None = WARN_PATH
        self.patch: list[dict[str, Any]] = [{"op": "add", "path": "/x", "value": {"name": "optipath-router"}}]
        self.allowed = True
        self.ready = True
        self.reviewed: list[str] = []
        self.port = 0

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/readyz":
            return (200 if self.ready else 503), {}
        if path == "/apis/optipath.io/v1alpha1":
            return 200, {"resources": [{"kind": kind} for kind in self.kinds]}
        if "webhookconfigurations" in path:
            called = "/mutate" if "mutating" in path else self.warn_path
            service = {"name": "127.0.0.1", "namespace": "ns", "port": self.port} | ({"path": called} if called else {})
            bundle = {"caBundle": self.ca_bundle} if self.ca_bundle else {}
            return 200, {"webhooks": [{"clientConfig": {"service": service, **bundle}}]}
        review = json.loads(body)
        assert (method, review["kind"]) == ("POST", "AdmissionReview")
        self.reviewed.append(path)
        told: dict[str, Any] = {"uid": review["request"]["uid"], "allowed": self.allowed}
        if path == "/mutate":
            told["patch"] = base64.b64encode(json.dumps(self.patch).encode()).decode()
        return 200, {"response": told}


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    certificate, key = _certificate()
    (tmp_path / "ca.crt").write_bytes(certificate)
    (tmp_path / "key").write_bytes(key)
    (tmp_path / "token").write_text("token")
    played = Cluster()
    played.ca_bundle = base64.b64encode(certificate).decode()
    trusted = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trusted.load_cert_chain(tmp_path / "ca.crt", tmp_path / "key")
    with _served(played, trusted) as port, _served(played, None) as plain:
        played.port = port
        monkeypatch.setattr(helm_test, "ACCOUNT", tmp_path)
        monkeypatch.setattr(helm_test, "PATIENCE_SECONDS", 0.0)
        monkeypatch.setattr(helm_test, "HOST", "{name}")
        for name, value in {
            "KUBERNETES_SERVICE_HOST": "127.0.0.1",
            "KUBERNETES_SERVICE_PORT": str(port),
            "OPTIPATH_READY": f"http://127.0.0.1:{plain}/readyz",
            "OPTIPATH_MUTATING": "injector",
            "OPTIPATH_VALIDATING": "warnings",
        }.items():
            monkeypatch.setenv(name, value)
        yield played


@pytest.mark.row("B19")
def test_a_cluster_where_all_is_well_passes(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    assert helm_test.main() == 0
    assert cluster.reviewed == ["/mutate", WARN_PATH]
    assert [line[:4] for line in capsys.readouterr().out.splitlines()] == ["ok  "] * 4


def test_a_webhook_is_trusted_as_the_api_server_trusts_it_which_asks_for_no_identifiers(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual: Callable[..., ssl.SSLContext] = ssl.create_default_context

    def as_in_python_3_13(**named: Any) -> ssl.SSLContext:
        context = usual(**named)
        context.verify_flags |= ssl.VERIFY_X509_STRICT
        return context

    monkeypatch.setattr(ssl, "create_default_context", as_in_python_3_13)
    assert helm_test.main() == 0
    assert cluster.reviewed == ["/mutate", WARN_PATH]


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "a kind is not served": ({"kinds": ["ModelProvider"]}, "does not serve RoutingPolicy"),
    "a part is not ready": ({"ready": False}, "503"),
    "nobody is trusted yet": ({"ca_bundle": None}, "has no caBundle yet"),
    "nobody knows yet where to ask for warnings": ({"warn_path": None}, "has no path yet"),
    "another CA is trusted": ({"ca_bundle": "another"}, "CERTIFICATE_VERIFY_FAILED"),
    "no router is added": ({"patch": []}, "adds no router"),
    "what should be admitted is not": ({"allowed": False}, "does not admit what it should"),
}


@pytest.mark.parametrize(("changed", "complaint"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_said(
    cluster: Cluster, changed: dict[str, Any], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in changed.items():
        other = base64.b64encode(_certificate()[0]).decode() if value == "another" else value
        setattr(cluster, name, other)
    assert helm_test.main() == 1
    said = capsys.readouterr().out
    assert complaint in said
    assert WARN_PATH not in said, "whoever reads the log is not told the secret"


@contextmanager
def _served(played: Cluster, trusted: ssl.SSLContext | None) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            status, said = played.answer(self.command, self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        do_GET = do_POST = _answer  # noqa: N815  the library looks for these

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if trusted:
        server.socket = trusted.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


def _certificate() -> tuple[bytes, bytes]:
    """One that signs itself, for 127.0.0.1, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "played")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return made.public_bytes(pem), private
