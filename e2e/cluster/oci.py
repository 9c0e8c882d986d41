"""Packing an image by hand: one layer, in an archive as the OCI image layout describes it."""

import hashlib
import io
import json
import platform
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
CONFIG = "application/vnd.oci.image.config.v1+json"
LAYER = "application/vnd.oci.image.layer.v1.tar"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def write_layer(layer: Path, program: Path) -> None:
    """A layer that holds one program, at the root."""
    with tarfile.open(layer, "w") as tar:
        tar.add(program, arcname=program.name, filter=_roots)


def write_image(archive: Path, layer: Path, name: str, command: Sequence[str]) -> None:
    """An archive of the image `name` (`localhost/pause:1`) made of a layer."""
    with layer.open("rb") as file:
        layer_digest = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    config = _json(
        {
            "architecture": ARCHITECTURES.get(platform.machine(), platform.machine()),
            "os": "linux",
            "config": {"Env": [PATH], "Cmd": list(command)},
            "rootfs": {"type": "layers", "diff_ids": [layer_digest]},
        }
    )
    manifest = _json(
        {
            "schemaVersion": 2,
            "mediaType": MANIFEST,
            "config": {"mediaType": CONFIG, "digest": _digest(config), "size": len(config)},
            "layers": [{"mediaType": LAYER, "digest": layer_digest, "size": layer.stat().st_size}],
        }
    )
    names = {"io.containerd.image.name": name, "org.opencontainers.image.ref.name": name}
    described = {"mediaType": MANIFEST, "digest": _digest(manifest), "size": len(manifest), "annotations": names}
    with tarfile.open(archive, "w") as tar:
        _put(tar, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
        _put(tar, "index.json", _json({"schemaVersion": 2, "manifests": [described]}))
        for blob in (config, manifest):
            _put(tar, _blob(_digest(blob)), blob)
        tar.add(layer, arcname=_blob(layer_digest), filter=_roots)


def _roots(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = entry.mtime = 0
    entry.uname = entry.gname = ""
    return entry


def _put(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _blob(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"
