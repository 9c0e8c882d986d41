"""A request becomes a reply."""

import sys
from types import ModuleType

# httpx brings a command line of its own, and loads rich for it wherever that is installed: 6 MiB and a tenth of a
# second in every pod, for nothing. None makes that one import fail, for which httpx is prepared.
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # as importlib's documentation has it


class _NoCommandLine(ModuleType):
    """Stands for `uvicorn.main`, of which uvicorn takes three names when it is imported: the server, and no more."""

    main = run = None

    def __getattr__(self, name: str) -> object:
        if name != "Server":
            raise AttributeError(name)
        from uvicorn.server import Server  # noqa: PLC0415  whoever imports the router need not want a server

        return Server


# It would load click and multiprocessing for a command line that nobody uses: 1.6 MiB.
if "uvicorn" not in sys.modules:
    sys.modules["uvicorn.main"] = _NoCommandLine("uvicorn.main")
