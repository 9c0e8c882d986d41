"""A request becomes a reply."""

import sys

# httpx brings a command line of its own, and loads rich for it wherever that is installed: 6 MiB and a tenth of a
# second in every pod, for nothing. None makes that one import fail, for which httpx is prepared.
if "httpx" not in sys.modules:
    sys.modules["httpx._main"] = None  # type: ignore[assignment]  # as importlib's documentation has it
