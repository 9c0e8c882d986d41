"""Counting: what metrics say of a record."""

from optipath_router.account.billing import Bill
from optipath_router.account.record import Record
from optipath_router.chat.reply import Tried, failed_over
from optipath_router.chat.usage import Usage
from optipath_router.decide.scored import Part
from optipath_router.errors import Outcome
from optipath_router.telemetry.metrics import Metrics


def count(record: Record, metrics: Metrics) -> None:
    """Count a request that has come to its end, and each of its attempts."""
    policy, target = record.decision.policy, record.target
    metrics.request(
        policy=policy.full_name if policy else "",
        rule=record.decision.rule or "",
        model=target.model if target else "",
        provider=target.provider if target else "",
        outcome=record.outcome,
        seconds=record.seconds,
    )
    provider_seconds = record.provider_seconds
    metrics.provider_seconds.observe(provider_seconds)
    waited = record.wait.seconds if record.wait else 0.0
    metrics.overhead_seconds.observe(max(0.0, record.seconds - provider_seconds - waited))
    if failed_over(record.tried, target):
        metrics.failovers.inc()
    for tried, bill in zip(record.tried, record.bills, strict=True):
        if tried.made:
            _attempt(tried, bill, metrics)
        else:
            target = tried.target
            metrics.passed_over(provider=target.provider, target=target.name, reason=tried.outcome)
    _predictions(record, metrics)


def _predictions(record: Record, metrics: Metrics) -> None:
    """Compare what was predicted of the target that served with what came."""
    target = record.target
    if not record.decision.scored or target is None or record.outcome != Outcome.OK:
        return
    scored = next((each for each in record.decision.scored if each.target == target.name), None)
    if scored is None:
        return
    tried, bill = [pair for pair in zip(record.tried, record.bills, strict=True) if pair[0].target is target][-1]
    counted = bill.usage is not None and not bill.usage.estimated
    came: dict[str, float | None] = {
        Part.COST: float(bill.cost) if counted and bill.cost is not None else None,
        Part.LATENCY: tried.first_content_seconds if record.streamed else tried.seconds,
    }
    for part in scored.parts:
        actual = came.get(part.name)
        if actual is not None and part.value:
            metrics.predicted(
                part=part.name,
                provider=target.provider,
                model=target.model,
                source=part.source,
                ratio=actual / part.value,
            )


def _attempt(tried: Tried, bill: Bill, metrics: Metrics) -> None:
    provider, model = tried.target.provider, tried.target.model
    metrics.attempt(provider=provider, target=tried.target.name, outcome=tried.outcome)
    if tried.first_content_seconds is not None:
        metrics.first_content(provider=provider, model=model, seconds=tried.first_content_seconds)
    usage = bill.usage
    if usage is None:
        return
    by = "estimate" if usage.estimated else "provider"
    for kind, tokens in _kinds(usage):
        metrics.used(provider=provider, model=model, kind=kind, counted_by=by, tokens=tokens)
    if bill.cost is None:
        metrics.unpriced(provider=provider, model=model)
    elif bill.cost:
        metrics.cost(provider=provider, model=model, counted_by=by, dollars=float(bill.cost))


def _kinds(usage: Usage) -> list[tuple[str, int]]:
    """Tokens by kind; the rarer ones, which are a part of the first two, only where there are some."""
    kinds = [("input", usage.input_tokens), ("output", usage.output_tokens)]
    if usage.cached_input_tokens:
        kinds.append(("cached_input", usage.cached_input_tokens))
    if usage.cache_write_tokens:
        kinds.append(("cache_write", usage.cache_write_tokens))
    if usage.reasoning_tokens:
        kinds.append(("reasoning", usage.reasoning_tokens))
    return kinds
