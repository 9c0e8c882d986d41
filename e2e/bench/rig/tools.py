"""nginx and wrk: the machine's own, or Debian's, unpacked into a cache and installed nowhere."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PACKAGES = ("nginx", "wrk", "libluajit-5.1-2", "libpcre2-8-0")
"""The programs, and those of their libraries that a small machine may lack."""

_CANNOT_START = 127
"""The loader's exit code where a library is missing."""


class CannotMeasure(Exception):
    """This machine has not what the benchmarks on the wire need; the message says what, and what to do."""


@dataclass(frozen=True, slots=True)
class Tools:
    """Where the programs are, and the environment that they find their libraries with."""

    nginx: Path
    wrk: Path
    environment: Mapping[str, str]


def tools() -> Tools:
    """The programs; raises CannotMeasure where they are not there and cannot be had."""
    nginx, wrk = shutil.which("nginx"), shutil.which("wrk")
    if nginx and wrk:
        return Tools(Path(nginx), Path(wrk), os.environ)
    folder = Path(os.environ.get("OPTIPATH_CACHE") or Path.home() / ".cache" / "optipath") / "bench"
    if not folder.exists():
        _fetch(folder)
    libraries = ":".join(str(found) for found in folder.glob("usr/lib/*-linux-*"))
    found = Tools(
        folder / "usr/sbin/nginx", folder / "usr/bin/wrk", os.environ | {"LD_LIBRARY_PATH": libraries, "LC_ALL": "C"}
    )
    for program in (found.nginx, found.wrk):
        told = subprocess.run([program, "-v"], env=found.environment, capture_output=True, text=True, check=False)
        if told.returncode == _CANNOT_START:
            raise CannotMeasure(
                f"Debian's {program.name} does not run here: {told.stderr.strip()}; install nginx and wrk"
            )
    return found


def _fetch(folder: Path) -> None:
    """Download Debian's packages and unpack them, moved to their place when whole."""
    if not shutil.which("apt-get"):
        raise CannotMeasure("nginx and wrk are not on PATH, and there is no apt-get to fetch them with: install both")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as name:
        place, whole = Path(name), Path(name) / "whole"
        _run(["apt-get", "--quiet=2", "download", *_PACKAGES], place)
        for package in place.glob("*.deb"):
            _run(["dpkg-deb", "--extract", package, whole], place)
        whole.rename(folder)


def _run(command: list[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = done.stderr.strip()[-500:]
        raise CannotMeasure(
            f"nginx and wrk are not on PATH, and `{command[0]}` could not fetch them: {said}\n"
            "install both, or run `apt-get update` and try again"
        )
