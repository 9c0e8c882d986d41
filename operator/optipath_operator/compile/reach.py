"""Rules that no request ever reaches, because one that is asked earlier matches everything."""

from collections import Counter
from collections.abc import Iterable, Iterator

from optipath_operator.compile.manifests import POLICY
from optipath_operator.resources import Problem, ResourceRef, Severity
from optipath_snapshot import Match, PolicyRef, Route


def never_reached(routes: Iterable[Route]) -> Iterator[Problem]:
    """What is to be said of routes, given in the order in which they are asked."""
    catching: list[Route] = []
    rules: Counter[PolicyRef] = Counter()
    for route in routes:
        index = rules[route.policy]
        rules[route.policy] += 1
        # A pod that has every label of the later route has those of the earlier one, too.
        earlier = next((other for other in catching if other.workload.items() <= route.workload.items()), None)
        if earlier is not None:
            ref = ResourceRef(POLICY, route.policy.namespace, route.policy.name)
            elsewhere = earlier.policy.namespace != route.policy.namespace
            policy = earlier.policy.full_name if elsewhere else earlier.policy.name
            message = (
                f"rule '{route.rule}' is never reached: rule '{earlier.rule}' of policy '{policy}' "
                "is asked first, and matches every request"
            )
            yield Problem(ref, f"spec.rules[{index}]", Severity.WARNING, message)
        elif _matches_everything(route.match):
            catching.append(route)


def _matches_everything(match: Match) -> bool:
    every_model = not match.models or any(not model.strip("*") for model in match.models)
    return every_model and not match.headers and not match.conditions
