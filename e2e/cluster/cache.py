"""What is made once and kept outside the tree, each in a folder named by a hash of what went in."""

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

HALF_DONE = "half-done-"


def home() -> Path:
    """The folder of everything that is kept between runs."""
    return Path(os.environ.get("OPTIPATH_CACHE") or Path.home() / ".cache" / "optipath") / "cluster"


def key(texts: Iterable[str], files: Iterable[Path] = ()) -> str:
    """The name of what these texts and the files' contents make."""
    digest = hashlib.sha256()
    for part in (*(text.encode() for text in texts), *(file.read_bytes() for file in sorted(files))):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()[:12]


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """A place to make things that are moved into `folder` when whole; one maker at a time.

    A maker that was killed leaves its workshop behind; the next one clears it away.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f"{HALF_DONE}*"):
            remove(left)
        with tempfile.TemporaryDirectory(prefix=HALF_DONE, dir=folder) as place:
            yield Path(place)


def remove(folder: Path) -> None:
    """Remove a folder with all that is in it, but nothing that should still be mounted there."""
    subprocess.run(["rm", "-rf", "--one-file-system", "--", folder], check=True)
