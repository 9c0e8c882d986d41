"""Long commands, explained while they run."""

import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

EVERY_SECONDS = 15


class CommandFailed(Exception):
    """A command ended with a code other than 0; the message has the end of what it printed."""


def say(message: str) -> None:
    """A line to whoever waits; stdout stays the tests' own."""
    print(f"cluster: {message}", file=sys.stderr, flush=True)


def span(seconds: float) -> str:
    """A length of time as one says it: `9 min`, `1 min 30 s`, `40 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return " ".join(f"{number} {unit}" for number, unit in ((minutes, "min"), (rest, "s")) if number) or "0 s"


def tail(log: Path, lines: int = 20) -> str:
    """The last lines of a log, empty where there is none."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""


def patiently(
    command: Sequence[str | Path],
    *,
    what: str,
    usually_seconds: float,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> None:
    """Run a command to its end, saying every 15 s how long it has taken and usually takes.

    What it prints goes to `log`. The command ends with this process, however that ends.

    Raises:
        CommandFailed: with the end of the log.
    """
    usually = span(usually_seconds)
    say(f"{what}: usually {usually}")
    start = time.monotonic()
    # The kernel keeps this promise even when we are killed and can keep none ourselves.
    guarded = ["setpriv", "--pdeathsig", "TERM", *command]
    with log.open("wb") as out:
        process = subprocess.Popen(guarded, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env, cwd=cwd)
        try:
            while (code := ended(process)) is None:
                say(f"{what}: {span(time.monotonic() - start)} so far, usually {usually}")
        except BaseException:
            process.terminate()
            process.wait()
            raise
    if code != 0:
        raise CommandFailed(f"{what}: '{' '.join(map(str, command))}' ended with {code}:\n{tail(log)}")
    say(f"{what}: done after {span(time.monotonic() - start)}")


def ended(process: subprocess.Popen[bytes]) -> int | None:
    """The exit code of a process, or None if it runs on for another 15 s."""
    try:
        return process.wait(EVERY_SECONDS)
    except subprocess.TimeoutExpired:
        return None
