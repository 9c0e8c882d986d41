"""One catalogue from two lists.

A *yes* of either list counts, and a *no* only where neither says yes: leaving out
a target that could have served does more harm than a provider's own refusal. For
the same reason the larger of two limits holds; besides, what LiteLLM gives as
`max_input_tokens` is for many models the window less the room for an answer.
"""

from collections.abc import Mapping
from dataclasses import replace

from optipath_operator.catalogue.catalogue import Catalogue, undated
from optipath_operator.catalogue.facts import PRICES, Facts
from optipath_operator.catalogue.sources import litellm, models_dev

_Models = Mapping[tuple[str, str], Facts]

# Prices where the newer list is the staler one. It has OpenRouter's gpt-3.5-turbo at three times OpenAI's price,
# though OpenRouter adds nothing to it; codestral-latest at the price and window of the Codestral of 2024, though it
# knows the one of 2025; and a model of Together's with the same input and ten times the output price of its sibling.
_STALE = {("Mistral", "codestral-latest"), ("Together", "Qwen/Qwen3-235B-A22B-Instruct-2507-tput")}


def catalogue(newer: litellm.Listed, older: _Models) -> Catalogue:
    """All chat models of both lists, the newer one's prices before the older one's."""
    merged: dict[str, dict[str, Facts]] = {}
    for key in sorted({*newer.chat, *_chat_alone(newer, older)}):
        type_, model = key
        ours, theirs = newer.chat.get(key, Facts()), _older(newer, older, key)
        stale = type_ == "OpenRouter" or key in _STALE
        merged.setdefault(type_, {})[model] = combine(theirs, ours) if stale else combine(ours, theirs)
    return Catalogue(max(litellm.DATE, models_dev.DATE), merged)


def combine(first: Facts, second: Facts) -> Facts:
    """What two lists know of one model; where prices differ, the first one's."""
    capabilities = first.capabilities | second.capabilities
    window = _larger(first.context_window, second.context_window)
    answer = _larger(first.max_output_tokens, second.max_output_tokens)
    return replace(
        _with_prices(first, second),
        context_window=window,
        # Some entries allow an answer longer than the window it must fit in.
        max_output_tokens=min(answer, window) if answer and window else answer,
        capabilities=capabilities,
        lacks=(first.lacks | second.lacks) - capabilities,
    )


def disagree(one: Facts, other: Facts) -> bool:
    """Whether both know a price for tokens, and not the same."""
    return one.priced and other.priced and _tokens(one) != _tokens(other)


def _chat_alone(newer: litellm.Listed, older: _Models) -> set[tuple[str, str]]:
    """Chat models that only the older list has.

    It does not say which API serves a model. The newer one knows the rest of OpenAI's models, so what it
    lacks there (Codex variants) is served by the Responses API alone.
    """
    return {key for key in older if key not in newer.other and key[0] != "OpenAI"}


def _older(newer: litellm.Listed, older: _Models, key: tuple[str, str]) -> Facts:
    """What the older list says of a model.

    It has few of OpenAI's snapshots; what it says of the undated name holds for those that the newer list
    describes alike.
    """
    type_, model = key
    if key in older or type_ != "OpenAI" or not (name := undated(model)):
        return older.get(key, Facts())
    same = newer.chat.get((type_, name)) == newer.chat.get(key)
    return older.get((type_, name), Facts()) if same else Facts()


def _with_prices(first: Facts, second: Facts) -> Facts:
    """The first one's facts, its missing prices from the second where both mean the same price list."""
    if first.priced and _tokens(first) != _tokens(second):
        return first
    return replace(first, **{name: getattr(second, name) for name in PRICES if getattr(first, name) is None})


def _tokens(facts: Facts) -> tuple[object, object]:
    return facts.input_per_mtok, facts.output_per_mtok


def _larger(one: int | None, other: int | None) -> int | None:
    return max(one or 0, other or 0) or None
