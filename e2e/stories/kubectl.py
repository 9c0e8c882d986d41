"""kubectl and helm as the stories use them: a command in, text or JSON out, and waiting with a bound."""

import json
import subprocess
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


class CommandFailed(AssertionError):
    """A command that had to succeed; its output is the message."""


def sh(*command: str, given: str | None = None, seconds: float = 120) -> str:
    """What a command prints; raises CommandFailed with both of its outputs."""
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=seconds, check=False)
    if done.returncode:
        raise CommandFailed(f"{' '.join(command)}\n{done.stdout}{done.stderr}")
    return done.stdout


def kubectl(*words: str, given: str | None = None, seconds: float = 120) -> str:
    """What kubectl prints."""
    return sh("kubectl", *words, given=given, seconds=seconds)


def get(*words: str) -> dict[str, Any]:
    """An object, or a list of them, as JSON."""
    found: dict[str, Any] = json.loads(kubectl("get", *words, "-o", "json"))
    return found


def apply(*manifests: str | dict[str, Any], namespace: str | None = None, how: Sequence[str] = ()) -> str:
    """Apply manifests, YAML texts or objects; `how` are kubectl's own options."""
    text = "\n---\n".join(each if isinstance(each, str) else json.dumps(each) for each in manifests)
    where = ["-n", namespace] if namespace else []
    return kubectl("apply", *where, *how, "-f", "-", given=text)


def until(look: Callable[[], T | None], *, within: float, what: str) -> T:
    """The first truth that a look finds; fails where there is none in so many seconds. A look may fail meanwhile."""
    ends, last = time.monotonic() + within, "nothing"
    while time.monotonic() < ends:
        try:
            if found := look():
                return found
            last = repr(found)
        except CommandFailed as error:
            last = str(error)
        time.sleep(0.1)
    raise AssertionError(f"not within {within:g} s: {what}; last seen: {last}")


def condition(resource: str, name: str, namespace: str, kind: str) -> dict[str, Any]:
    """A condition of a resource; empty where it is not there yet."""
    status = get(resource, name, "-n", namespace).get("status", {})
    return next((each for each in status.get("conditions", []) if each["type"] == kind), {})


def wait_for(resource: str, name: str, namespace: str, wanted: str, seconds: int = 30) -> None:
    """`kubectl wait --for=condition=…`, as a user would."""
    kubectl("wait", f"{resource}/{name}", "-n", namespace, f"--for=condition={wanted}", f"--timeout={seconds}s")
