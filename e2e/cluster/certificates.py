"""Who is who in a cluster: an authority, and a certificate for each part, made with openssl."""

import subprocess
from pathlib import Path

from e2e.cluster.network import API_SERVICE_IP, NODE, NODE_IP

EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")
DAYS = "30"

# Python 3.13 takes an authority, and what it has signed, only with these.
AUTHORITY = ("-addext", "keyUsage=critical,keyCertSign,cRLSign")
SIGNED = "subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n"

API_SERVER_NAMES = ",".join(
    [
        f"IP:127.0.0.1,IP:{NODE_IP},IP:{API_SERVICE_IP}",
        "DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc",
    ]
)

IDENTITIES = {
    "apiserver": ("/CN=kube-apiserver", API_SERVER_NAMES),
    "node": (f"/O=system:nodes/CN=system:node:{NODE}", f"DNS:{NODE},IP:{NODE_IP}"),
    "admin": ("/O=system:masters/CN=admin", "DNS:admin"),
    "controller-manager": ("/CN=system:kube-controller-manager", "DNS:controller-manager"),
    "scheduler": ("/CN=system:kube-scheduler", "DNS:scheduler"),
    "proxy": ("/CN=system:kube-proxy", "DNS:proxy"),
    "toward-kubelet": ("/O=system:masters/CN=kube-apiserver-kubelet-client", "DNS:toward-kubelet"),
    "front-proxy": ("/CN=front-proxy-client", "DNS:front-proxy"),
}
"""For each file name: the subject, which is the user and its groups, and the names that a server is called by."""


def make_certificates(folder: Path) -> None:
    """Write `ca`, one pair for each identity (`.key`, `.crt`) and the key that signs ServiceAccounts' tokens."""
    (folder / "signed.cnf").write_text(SIGNED)
    own = ["req", "-x509", *EC, "-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=e2e", "-days", DAYS]
    _openssl(folder, *own, *AUTHORITY)
    for name, (subject, names) in IDENTITIES.items():
        request = ["req", *EC, "-keyout", f"{name}.key", "-out", f"{name}.csr", "-subj", subject]
        _openssl(folder, *request, "-addext", f"subjectAltName={names}")
        sign = ["x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial"]
        _openssl(
            folder, *sign, "-extfile", "signed.cnf", "-copy_extensions", "copy", "-out", f"{name}.crt", "-days", DAYS
        )
    _openssl(folder, "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "accounts.key")
    _openssl(folder, "ec", "-in", "accounts.key", "-pubout", "-out", "accounts.pub")


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
