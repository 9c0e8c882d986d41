"""`optipath explain`: where a request would go, and why. Nobody is called."""

import json
import os
import re
import secrets
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, BinaryIO

import click

from optipath_cli.inputs import egress_option, gathered, labels_option, namespace_option, operator_namespace_option
from optipath_cli.meaning import meaning
from optipath_cli.provenance import Origin, origins_of
from optipath_cli.scores import scores_table, sources
from optipath_cli.terminal import Terminal
from optipath_router import plugins
from optipath_router.account.record import decision_json
from optipath_router.chat.features import Features
from optipath_router.chat.request import ChatRequest
from optipath_router.classify import own_senses
from optipath_router.decide import Decision, Health, decide, make_plan
from optipath_router.decide.decision import Basis
from optipath_router.decide.why_not import why_not
from optipath_router.errors import RequestRejected
from optipath_router.providers.surfaces import CHAT
from optipath_router.runtime import classifier, recognisers
from optipath_snapshot import EgressRule, Snapshot, digest


def _header(text: str) -> tuple[str, str]:
    """The header in `x-team=search`, its name in lower case."""
    name, sign, value = text.partition("=")
    if not name or not sign:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE")
    return name.lower(), value


def _draw(text: str) -> int:
    """64 bits of chance, as decisions show them."""
    if not re.fullmatch("[0-9a-fA-F]{1,16}", text):
        raise click.BadParameter(f"{text!r} is not a number of up to 16 hexadecimal digits")
    return int(text, 16)


def _moment(text: str) -> float:
    """Seconds since 1970 of a moment in ISO 8601."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise click.BadParameter(f"{text!r} is not a moment such as 2026-11-21T22:30:00+01:00") from error
    if moment.tzinfo is None:
        raise click.BadParameter(f"{text!r} does not say its offset from UTC, such as +01:00 or Z")
    return moment.timestamp()


@click.command()
@click.argument("words", metavar="FILES... [PROMPT]", nargs=-1, required=True)
@namespace_option
@operator_namespace_option
@egress_option
@labels_option
@click.option("--request", type=click.File("rb"), help="A chat completion request as JSON; - is standard input.")
@click.option("--model", metavar="NAME", help="What PROMPT asks for.  [default: auto]")
@click.option("--header", "headers", metavar="NAME=VALUE", type=_header, multiple=True, help="A header of it.")
@click.option("--draw", metavar="HEX", type=_draw, help="Decide with this chance again; any if not given.")
@click.option("--turn", metavar="N", type=click.IntRange(0), default=0, help="Decide as when a rule had its turn N.")
@click.option("--at", metavar="MOMENT", type=_moment, help="Decide as at 2026-11-21T22:30:00+01:00; now if not given.")
@click.option("--why-not", "asked_of", metavar="TARGET", help="Say of one target, PROVIDER/MODEL, why it is not first.")
@click.option("--json", "as_json", is_flag=True, help="In the words of GET /optipath/decisions/ID.")
def explain(
    *,
    words: tuple[str, ...],
    namespace: str | None,
    home: str,
    egress: tuple[EgressRule, ...],
    labels: Mapping[str, str],
    request: BinaryIO | None,
    model: str | None,
    headers: tuple[tuple[str, str], ...],
    draw: int | None,
    turn: int,
    at: float | None,
    asked_of: str | None,
    as_json: bool,
) -> None:
    """Explain where a request would go, and why, without calling anybody.

    FILES are manifests as `optipath run` takes them, and the request is PROMPT, the last word, or --request.
    """
    files, body = _what_is_asked(words, request, model)
    meant = meaning(gathered(files, namespace, egress, home))
    Terminal(stderr=True).problems(meant.problems)
    compiled = meant.compiled
    plan = make_plan(
        compiled.snapshot,
        digest(compiled.snapshot),
        labels,
        lambda named: plugins.strategy(named, _not_counted, time.monotonic),
    )
    moment = time.time() if at is None else at
    recognised = recognisers(compiled.snapshot, labels, _not_counted, time.monotonic)
    seen = classifier(plan, own_senses, lambda: moment, recognised)(_request(body, dict(headers)))
    health = Health(turns=dict.fromkeys((rule.id for rule in plan.rules), turn))
    decision = decide(seen, plan, health, secrets.randbits(64) if draw is None else draw)
    because = tuple(why_not(decision, asked_of)) if asked_of else ()
    told = tuple(_inherited(compiled.snapshot, decision))
    if as_json:
        more: dict[str, Any] = {"why_not": {"target": asked_of, "because": because}} if asked_of else {}
        more |= {"tier": compiled.snapshot.tier} if compiled.snapshot.tier else {}
        more |= {"provenance": {each.field: each.source for each in told}} if told else {}
        click.echo(json.dumps(decision_json(decision) | more, ensure_ascii=False, indent=2))
        return
    terminal = Terminal()
    tier = [("tier", compiled.snapshot.tier)] if compiled.snapshot.tier else []
    inherited = [("from above", f"{each.field} {each.value}: {each.source}") for each in told]
    terminal.facts((*tier, *_told(seen, decision), *inherited, *(("why not", reason) for reason in because)))
    if decision.scored:
        terminal.line()
        terminal.table(*scores_table(decision), headed=True)
        terminal.line()
        terminal.facts(sources(decision))


def _inherited(snapshot: Snapshot, decision: Decision) -> Iterator[Origin]:
    """The fields of the rule that decides which its own policy does not say."""
    for route in snapshot.routes:
        if (route.policy, route.rule) == (decision.policy, decision.rule):
            yield from (origin for origin in origins_of(route, snapshot) if origin.field in route.provenance)


def _not_counted(_: str, __: str) -> None:
    """Leave a plug-in's failure to the log, which says it."""


def _what_is_asked(
    words: tuple[str, ...], request: BinaryIO | None, model: str | None
) -> tuple[tuple[str, ...], bytes]:
    """The files of manifests, and the body of the request."""
    if request is not None:
        if model is not None:
            raise click.UsageError("--model goes with a PROMPT; a --request names its own")
        return words, request.read()
    *files, prompt = words
    # Path.exists would raise for a prompt that is longer than a file's name can be.
    if not files or os.path.exists(prompt):  # noqa: PTH110 - see above
        raise click.UsageError("say what is asked: a PROMPT as the last word, or --request")
    body = {"model": model or "auto", "messages": [{"role": "user", "content": prompt}]}
    return tuple(files), json.dumps(body).encode()


def _request(body: bytes, headers: Mapping[str, str]) -> ChatRequest:
    try:
        return CHAT.request(body, headers)
    except RequestRejected as problem:
        raise click.ClickException(str(problem)) from problem


def _told(seen: Features, decision: Decision) -> Iterator[tuple[str, str]]:
    """The decision in lines, each behind a word that says what it is about."""
    limit = "no limit" if seen.output_tokens is None else f"at most {seen.output_tokens}"
    yield "request", f"model '{seen.model}', about {seen.input_tokens} tokens in, {limit} out"
    yield "needs", ", ".join(sorted(seen.needs))
    sources = dict(seen.seen or {})
    for name, value in _understood(seen):
        source = sources.pop(name, None)
        yield "seen", f"{name}: {value}" + (f" ({source})" if source else "")
    for name, source in sorted(sources.items()):
        yield "seen", f"{name}: {source}"
    for bound in decision.boundaries:
        yield "boundary", f"{bound.policy} {bound.boundary}: {bound.why}"
    for rule in decision.rules:
        yield "rule", f"{rule.policy} {rule.rule}: {rule.failed or 'matches'}"
    yield "decided", _basis(decision)
    for place, target in enumerate(decision.ranking, start=1):
        yield "ranking", f"{place}. {target.name}"
    for each in decision.nevertheless:
        yield "although", f"{each.target}: {each.reason}, {each.detail}; nobody is well"
    for left in decision.left_out:
        yield "left out", f"{left.target}: {left.reason}, {left.detail}"
    if not decision.ranking:
        yield "ranking", "nobody"
    patience = decision.resilience
    yield "patience", f"{patience.attempts} attempts, {patience.request_timeout_seconds:g} s for all of it"
    yield "snapshot", decision.snapshot
    yield "draw", f"{decision.draw:016x}"


def _understood(seen: Features) -> Iterator[tuple[str, str]]:
    """The features that were looked at, and what they are."""
    if len(seen.modalities) > 1:
        yield "modalities", ", ".join(sorted(seen.modalities))
    if seen.tasks:
        yield "tasks", ", ".join(f"{task} {probability:.0%}" for task, probability in seen.tasks[:3])
    if seen.domain:
        yield "domain", seen.domain
    if seen.difficulty is not None:
        yield "difficulty", f"{seen.difficulty:.2f}"
    if seen.language:
        yield "language", seen.language
    if seen.timeliness is not None:
        yield "timeliness", ", ".join(sorted(seen.timeliness)) or "none"
    if seen.sensitivity is not None:
        yield "sensitivity", ", ".join(sorted(seen.sensitivity)) or "none"
    if seen.at is not None:
        yield "time", datetime.fromtimestamp(seen.at, UTC).isoformat(timespec="seconds")


def _basis(decision: Decision) -> str:
    match decision.basis:
        case Basis.RULE:
            return f"by rule '{decision.rule}' of {decision.policy}, strategy {decision.strategy}"
        case Basis.MODEL:
            return f"by name: no rule matches, and '{decision.model}' is a declared model"
        case Basis.ALIAS:
            return f"by alias '{decision.model}' over all targets: no rule matches; strategy {decision.strategy}"
        case Basis.NOTHING:
            near = f"; the nearest names are {', '.join(decision.nearest)}" if decision.nearest else ""
            return f"not at all: no rule matches, and no provider declares '{decision.model}'{near}"
