"""Images without a registry: a base of Debian's packages, the project's Dockerfile on top of it, and pause."""

import os
import re
import shutil
from pathlib import Path

from e2e.cluster import cache, oci
from e2e.cluster.patience import patiently
from e2e.cluster.settings import PAUSE_IMAGE

RELEASE = "trixie"
"""Debian 13 brings Python 3.13, as `python:3.13-slim` does."""
PACKAGES = "python3,python3-venv,ca-certificates"
BASE_IMAGE = "localhost/base:1"

COPY = re.compile(r"^COPY (?!--from)(.+) \S+$", re.MULTILINE)

FROM_MACHINE = (
    Path("/etc/ssl/certs/ca-certificates.crt"),
    Path("/etc/pip.conf"),
    Path("/root/.config/pip/pip.conf"),
)
"""Files that a build sees where this machine has them, so that pip reaches what it reaches here."""


def base_archive() -> Path:
    """The image that stands for `python:3.13-slim`, made once and cached.

    Raises:
        CommandFailed: if Debian's packages cannot be had.
    """
    folder = cache.home() / f"base-{cache.key([RELEASE, PACKAGES])}"
    archive = folder / "base.tar"
    if archive.exists():
        return archive
    with cache.workshop(folder) as workshop:
        if not archive.exists():
            layer, image = workshop / "layer.tar", workshop / "image.tar"
            command = ["mmdebstrap", "--variant=minbase", f"--include={PACKAGES}", RELEASE, str(layer)]
            what = f"making a base image of Debian {RELEASE}"
            patiently(command, what=what, usually_seconds=30, log=workshop / "log")
            oci.write_image(image, layer, BASE_IMAGE, ["python3"])
            image.replace(archive)
    return archive


def pause(programs: Path, folder: Path) -> Path:
    """An archive of the image of what holds a pod's namespaces."""
    layer, archive = folder / "pause.layer", folder / "pause.tar"
    oci.write_layer(layer, programs / "pause")
    oci.write_image(archive, layer, PAUSE_IMAGE, ["/pause"])
    return archive


def built(dockerfile: Path, context: Path, tag: str, folder: Path) -> Path:
    """An archive of an image, built from a Dockerfile that takes its base as `ARG BASE`.

    The last one of a tag is kept, and taken again as long as nothing that it is made of has changed.

    Raises:
        CommandFailed: if it does not build, with the end of what it said.
    """
    base, sources = base_archive(), copied(dockerfile, context)
    names = (str(source.relative_to(context)) for source in sources)
    made_of = cache.key([base.parent.name, tag, *names], [dockerfile, *sources])
    home = cache.home() / f"image-{cache.key([tag])}"
    with cache.workshop(home) as workshop:
        kept = home / f"{made_of}.tar"
        if not kept.exists():
            fresh = build(dockerfile, context, tag, workshop)
            for old in home.glob("*.tar"):
                old.unlink()
            fresh.replace(kept)
        return Path(shutil.copy(kept, folder))


def copied(dockerfile: Path, context: Path) -> list[Path]:
    """The files of its context that a Dockerfile copies, by its lines `COPY SOURCE… TARGET`."""
    sources = (context / name for line in COPY.findall(dockerfile.read_text()) for name in line.split())
    found = (file for source in sources for file in ([source] if source.is_file() else source.rglob("*")))
    return sorted(file for file in found if file.is_file() and "__pycache__" not in file.parts)


def build(dockerfile: Path, context: Path, tag: str, workshop: Path) -> Path:
    """An archive of an image, built from nothing but its base."""
    archive = workshop / "image.tar"
    store = ["--root", str(workshop / "root"), "--runroot", str(workshop / "run"), "--storage-driver", "vfs"]
    env = {**os.environ, "BUILDAH_ISOLATION": "chroot", "TMPDIR": str(workshop)}
    mounts = [f"--volume={file.resolve()}:{file}:ro" for file in FROM_MACHINE if file.exists()]
    offline = ["--pull-never", "--network=host", f"--build-arg=BASE={BASE_IMAGE}", *mounts]
    # From this kind of archive containerd takes a name without a host as the kubelet does.
    packed = f"docker-archive:{archive}:{tag}"
    names = [f"--file={dockerfile}", f"--tag={tag}"]
    for what, usually, step in (
        ("unpacking the base image", 5, ["pull", f"oci-archive:{base_archive()}"]),
        (f"building {tag}", 60, ["build", *offline, *names, str(context)]),
        (f"packing {tag}", 5, ["push", tag, packed]),
    ):
        patiently(["buildah", *store, *step], what=what, usually_seconds=usually, log=workshop / "log", env=env)
    return archive
