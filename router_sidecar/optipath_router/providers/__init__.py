"""Dialects: our words into a provider's and back. Pure translation, one folder each."""

from optipath_router.providers.dialect import Dialect, ErrorTold, Exchange, Outgoing, StreamReader
from optipath_router.providers.dialects import DIALECTS
from optipath_router.providers.surface import Surface
from optipath_router.providers.surfaces import SURFACES

__all__ = ["DIALECTS", "SURFACES", "Dialect", "ErrorTold", "Exchange", "Outgoing", "StreamReader", "Surface"]
