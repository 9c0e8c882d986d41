"""The variables that tell an app where its router is."""

from optipath_operator.inject.names import BASE_URL
from optipath_operator.inject.pod import Container
from optipath_operator.inject.surfaces import NO_KEY, SURFACES
from optipath_operator.inject.wishes import Wishes


def variables(container: Container, wishes: Wishes) -> tuple[list[dict[str, str]], list[str]]:
    """What a container is given, and warnings. What it has is never changed.

    A container with `envFrom` is told in OptiPath's own words only: a variable set here would win
    over what its ConfigMap or Secret says, which cannot be seen here. One that has a vendor's base
    URL of its own gets no key for it, either.
    """
    own = set(container.env() or ())
    given = {"OPTIPATH_BASE_URL": BASE_URL}
    if container.takes_env_from_elsewhere():
        warnings = [_from_elsewhere(container, wishes)] if wishes.asks_for_env and wishes.env else []
    else:
        warnings = []
        for surface in (SURFACES[name] for name in wishes.env):
            name, url = surface.base_url
            if name not in own:
                given |= {name: url, surface.key: NO_KEY}
    return [{"name": name, "value": value} for name, value in given.items() if name not in own], warnings


def _from_elsewhere(container: Container, wishes: Wishes) -> str:
    names = ", ".join(SURFACES[name].base_url[0] for name in wishes.env)
    return f"{container.kind} {container.name!r} has envFrom, which may set {names}: it gets OPTIPATH_BASE_URL alone"
