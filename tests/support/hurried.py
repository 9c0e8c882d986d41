"""The router's program, with its patience for callers divided."""

from dataclasses import astuple

from optipath_router.serving.limits import Patience

_PROGRAM = """
from functools import partial
from optipath_router import server
from optipath_router.main import main
from optipath_router.serving.limits import Patience
server.Limits = partial(server.Limits, patience=Patience({times}))
main()
"""


def hurried(by: float) -> tuple[str, ...]:
    """The command, for `support.router.program`, of a router that waits for callers that many times shorter."""
    # Who was refused needs time to read why, however hurried we are.
    *waits, linger = astuple(Patience())
    return "-c", _PROGRAM.format(times=", ".join(str(each) for each in (*(each / by for each in waits), linger)))
