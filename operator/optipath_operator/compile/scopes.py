"""What is to be said of policies with a scope, where they live.

To the namespaces that they speak to nothing is said of them: nobody there
could mend it. And whether a provider is found depends on who asks, so that
here it is enough if its owner shares it with somebody.
"""

from collections.abc import Iterable, Iterator

from optipath_operator.compile.inherit import Above, Policy
from optipath_operator.compile.reach import never_reached
from optipath_operator.compile.resolve import Known
from optipath_operator.compile.routes import compile_policy
from optipath_operator.resources import ModelProviderSpec, Problem, Resource, Severity

Providers = dict[str, Resource[ModelProviderSpec]]


def problems_of(
    policies: Iterable[Policy], known: Known, own: Iterable[Resource[ModelProviderSpec]]
) -> Iterator[Problem]:
    """What is wrong with policies that speak to other namespaces; `own` are the providers of theirs."""
    providers = {provider.ref.name: provider for provider in own}
    for policy in policies:
        plan = compile_policy(policy, known, Above())
        yield from plan.problems
        yield from never_reached(plan.routes)
        yield from _not_shared(policy, providers)
        yield from _clamped_to_nobody(policy, providers)


def _not_shared(policy: Policy, providers: Providers) -> Iterator[Problem]:
    for index, rule in enumerate(policy.spec.rules):
        for place, wanted in enumerate(rule.targets):
            provider = providers.get(wanted.provider)
            ours = wanted.namespace in (None, policy.ref.namespace)
            if ours and provider is not None and provider.spec.sharing.admitted == "Same":
                message = (
                    f"target '{wanted.provider}/{wanted.model}' is found in no other namespace: its provider is not "
                    "shared, and needs sharing.from: Selector or All"
                )
                yield Problem(policy.ref, f"spec.rules[{index}].targets[{place}]", Severity.WARNING, message)


def _clamped_to_nobody(policy: Policy, providers: Providers) -> Iterator[Problem]:
    clamp = policy.spec.scope.clamp if policy.spec.scope else None
    for index, entry in enumerate((clamp and clamp.targets) or ()):
        if entry.provider is None or entry.namespace not in (None, policy.ref.namespace):
            continue
        provider = providers.get(entry.provider)
        if provider is None:
            message = f"admits nobody: there is no provider '{entry.provider}' in '{policy.ref.namespace}'"
        elif not any(character in entry.model for character in "*?") and entry.model not in (
            model.name for model in provider.spec.models
        ):
            message = f"admits nobody: provider '{entry.provider}' lists no model '{entry.model}'"
        else:
            continue
        yield Problem(policy.ref, f"spec.scope.clamp.targets[{index}]", Severity.WARNING, message)
