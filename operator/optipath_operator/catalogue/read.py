"""The catalogue that comes with the operator."""

from functools import cache
from importlib.resources import files

from optipath_operator.catalogue.catalogue import Catalogue
from optipath_operator.catalogue.format import decode


@cache
def built_in() -> Catalogue:
    """The packaged catalogue, read once."""
    return decode(files("optipath_operator.catalogue").joinpath("models.json").read_bytes())
