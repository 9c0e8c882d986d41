"""The software bill of materials of a release, as CycloneDX: `python deploy/sbom.py`, from the lock alone.

It names what the image installs, by version and by the hashes that pip demands
of it, so that the same lock gives the same bytes. What the base image brings
is in the base image's own bill.
"""

import json
import re
import sys
import tomllib
import uuid
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PINNED: Final = re.compile(r"([a-z0-9][a-z0-9._-]*)==([^ ;]+)(?: ; (.+?))? +--hash=")
HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")

Json = dict[str, Any]


class NotLocked(Exception):
    """A line of the lock that names something without a version or without a hash."""


def components(lock: str) -> list[Json]:
    """What a lock pins, in its order."""
    found = []
    # A requirement goes on over lines that end with a backslash.
    for requirement in lock.replace("\\\n", " ").splitlines():
        text = requirement.strip()
        if not text or text.startswith("#"):
            continue
        pinned, hashes = PINNED.match(text), HASH.findall(text)
        if pinned is None or not hashes:
            raise NotLocked(f"{text[:100]!r} in the lock has no version or no hash: run `make lock`")
        found.append(_component(pinned[1], pinned[2], pinned[3], hashes))
    return found


def bill(project: Json, lock: str) -> Json:
    """The whole bill of a project, whose table is that of pyproject.toml."""
    parts = components(lock)
    ours = f"pkg:pypi/{project['name']}@{project['version']}"
    content = json.dumps(parts, sort_keys=True)
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # Of the content, not of the moment.
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, ours + content)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": project["name"],
                "version": project["version"],
                "purl": ours,
                "licenses": [{"license": {"id": project["license"]}}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": ours, "dependsOn": [each["bom-ref"] for each in parts]}],
    }


def _component(name: str, version: str, marker: str | None, hashes: list[str]) -> Json:
    purl = f"pkg:pypi/{name}@{version}"
    found: Json = {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}
    if marker:
        found["properties"] = [{"name": "optipath:only-where", "value": marker}]
    # Of each file that may be installed of it: wheels for several machines, and the sources.
    found["hashes"] = [{"alg": "SHA-256", "content": each} for each in hashes]
    return found


def main() -> None:
    """Print it."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    json.dump(bill(project, (ROOT / "requirements.lock").read_text()), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
