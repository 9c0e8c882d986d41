import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from e2e.cluster import oci


@pytest.fixture
def archive(tmp_path: Path) -> dict[str, bytes]:
    program = tmp_path / "pause"
    program.write_bytes(b"#!/bin/true\n")
    program.chmod(0o755)
    oci.write_layer(tmp_path / "layer", program)
    oci.write_image(tmp_path / "image", tmp_path / "layer", "localhost/pause:1", ["/pause"])
    with tarfile.open(tmp_path / "image") as tar:
        return {entry.name: file.read() for entry in tar if (file := tar.extractfile(entry))}


def test_every_blob_has_the_name_of_its_content(archive: dict[str, bytes]) -> None:
    blobs = {name: content for name, content in archive.items() if name.startswith("blobs/")}
    assert len(blobs) == 3
    assert all(name == f"blobs/sha256/{hashlib.sha256(content).hexdigest()}" for name, content in blobs.items())


def test_the_index_leads_to_the_manifest_and_that_to_command_and_layer(archive: dict[str, bytes]) -> None:
    def blob(described: dict[str, str | int]) -> bytes:
        content = archive[f"blobs/{str(described['digest']).replace(':', '/')}"]
        assert len(content) == described["size"]
        return content

    [described] = json.loads(archive["index.json"])["manifests"]
    assert "localhost/pause:1" in described["annotations"].values()
    manifest = json.loads(blob(described))
    config = json.loads(blob(manifest["config"]))
    [layer] = manifest["layers"]
    blob(layer)
    assert config["config"]["Cmd"] == ["/pause"]
    assert config["rootfs"]["diff_ids"] == [layer["digest"]]


def test_the_same_program_makes_the_same_image(tmp_path: Path) -> None:
    program = tmp_path / "pause"
    layers = []
    for name in ("one", "two"):
        program.unlink(missing_ok=True)
        program.write_bytes(b"same")
        oci.write_layer(tmp_path / name, program)
        layers.append((tmp_path / name).read_bytes())
    assert layers[0] == layers[1]
