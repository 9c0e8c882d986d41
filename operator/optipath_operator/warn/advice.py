"""What is said to whoever applies a resource: its problems, and what nobody but them can see to.

kubectl shows each warning as a line. The API server cuts what is longer than
256 characters, and drops what is more than 4,096 in all.
"""

from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import urlsplit

from optipath_operator.inject.names import CREDENTIALS
from optipath_operator.resources import ModelProviderSpec, Problem, Severity, read_provider
from optipath_operator.resources.reading import Manifest
from optipath_snapshot import WELL_KNOWN, hosts_by_name

_LENGTH: Final = 250
_MOST: Final = 12
_ORDER: Final = tuple(Severity)
"""The worst first."""


def warnings(manifest: Manifest, before: Manifest | None, problems: Iterable[Problem]) -> tuple[str, ...]:
    """The lines to be shown, what is worst first."""
    found = sorted(problems, key=lambda problem: _ORDER.index(problem.severity))
    if found and found[0].severity is Severity.INVALID:
        # What is said of the last good form, which stays in force, would only hide it.
        found = [problem for problem in found if problem.severity is Severity.INVALID]
    told = [f"{problem.field}: {problem.message}" for problem in found]
    told += _of_keys(manifest, before)
    lines = list(dict.fromkeys(map(_line, told)))
    if len(lines) > _MOST:
        metadata = manifest["metadata"]
        ask = f"kubectl describe {manifest['kind'].lower()} -n {metadata['namespace']} {metadata['name']}"
        lines[_MOST - 1 :] = [_line(f"and {len(lines) - _MOST + 1} more; {ask} shows what is wrong")]
    return tuple(lines)


def _of_keys(manifest: Manifest, before: Manifest | None) -> Iterator[str]:
    """What the Secret must say so that a key is sent where a provider is; it is only said when it is new."""
    spec = _provider(manifest)
    if spec is None or spec.credentials is None:
        return
    old = _provider(before)
    if old is not None and (old.type, old.endpoint, old.credentials) == (spec.type, spec.endpoint, spec.credentials):
        return
    host = urlsplit((spec.endpoint and spec.endpoint.url) or WELL_KNOWN[spec.type].url).hostname or ""
    for index, key in enumerate(spec.credentials.keys):
        if host not in hosts_by_name(key):
            yield (
                f"spec.credentials.keys[{index}]: '{key}' is sent to '{host}' only if the Secret '{CREDENTIALS}' "
                f"names that host in '{key}.hosts'"
            )


def _provider(manifest: Manifest | None) -> ModelProviderSpec | None:
    if manifest is None or manifest["kind"] != "ModelProvider":
        return None
    resource = read_provider(manifest, strict=False).resource
    return None if resource is None else resource.spec


def _line(text: str) -> str:
    """A text on one line, cut between two words where it is too long."""
    # A header carries it, and a terminal shows it: neither is to be led astray.
    line = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    if len(line) <= _LENGTH:
        return line
    cut = line[: _LENGTH - 1]
    end = cut.rfind(" ", _LENGTH // 2)
    return f"{cut[: end if end > 0 else None].rstrip(' ,;:')}…"
