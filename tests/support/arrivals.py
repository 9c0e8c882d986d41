"""When a provider was asked."""

from optipath_cli.simulator import Simulator


def arrivals(simulator: Simulator, model: str) -> list[float]:
    """The moments at which a model was asked, in seconds since the simulator started."""
    return [arrival.seconds for arrival in simulator.stats.arrivals if arrival.model == model]
