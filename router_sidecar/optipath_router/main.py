"""The program: settings from the environment, logs as JSON, then serve until told to stop."""

import os
import sys

import uvloop

from optipath_router.room import raise_open_files
from optipath_router.server import CannotListen, PartEnded, serve
from optipath_router.settings import SettingsError, settings
from optipath_router.telemetry.logs import log_as_json


def main() -> None:
    """Run `optipath-router`."""
    try:
        chosen = settings(os.environ)
        log_as_json(chosen.log_level)
        raise_open_files()
        uvloop.run(serve(chosen))
    except (SettingsError, CannotListen, PartEnded) as error:
        sys.exit(f"optipath-router: {error}")
