"""Model names and what they ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_cli.simulator.behaviour import Behaviour, Break, Patience, Refusal
from optipath_cli.simulator.request import fingerprint
from optipath_cli.simulator.words import WORDS, behaviour

NAMES = {
    "gpt-5-mini": Behaviour(),
    "ok-cheap": Behaviour(),
    "e200": Behaviour(),
    "slow": Behaviour(),
    "slow-3s": Behaviour(head_seconds=3),
    "slow-250ms": Behaviour(head_seconds=0.25),
    "slow-first-token-30": Behaviour(first_token_seconds=30),
    "slow-first-token-50ms": Behaviour(first_token_seconds=0.05),
    "drip-200+tokens-100": Behaviour(gap_seconds=0.2, tokens=100),
    "e500": Behaviour(refusal=Refusal(500)),
    "503": Behaviour(refusal=Refusal(503)),
    "e429": Behaviour(refusal=Refusal(429, patience=Patience("retry-after", "1"))),
    "429-retry-after-7": Behaviour(refusal=Refusal(429, patience=Patience("retry-after", "7"))),
    "for-5-503": Behaviour(refusal=Refusal(503, requests=5)),
    "for-2.5s-429": Behaviour(refusal=Refusal(429, patience=Patience("retry-after", "1"), seconds=2.5)),
    "auth": Behaviour(refusal=Refusal(401, "wrong-key")),
    "quota": Behaviour(refusal=Refusal(429, "quota")),
    "auth-requires-sk-New": Behaviour(key=fingerprint("sk-New")),
    "cut": Behaviour(broken=Break("close", 3)),
    "close-after-0": Behaviour(broken=Break("close", 0)),
    "reset-after-3": Behaviour(broken=Break("reset", 3)),
    "stall": Behaviour(broken=Break("stall", 3)),
    "truncate-after-2": Behaviour(broken=Break("truncate", 2)),
    "error-in-stream-0": Behaviour(broken=Break("error", 0)),
    "infinite-stream": Behaviour(endless=True),
    "badjson": Behaviour(defect="badjson"),
    "empty": Behaviour(defect="empty"),
    "502-html": Behaviour(refusal=Refusal(502, shape="html")),
    "429-retry-after-ms-1500": Behaviour(refusal=Refusal(429, patience=Patience("retry-after-ms", "1500"))),
    "429-reset-requests-6m0s": Behaviour(refusal=Refusal(429, patience=Patience("reset-requests", "6m0s"))),
    "429-message-3": Behaviour(refusal=Refusal(429, patience=Patience("message", "3s"))),
    "context-over-100": Behaviour(context=100),
    "concurrency-16+drip-50": Behaviour(concurrency=16, gap_seconds=0.05),
    "flood-200": Behaviour(flood_megabytes=200),
    "gzip-bomb-400": Behaviour(flood_megabytes=400, gzip=True),
    "crlf+ids+bom": Behaviour(line_end="\r\n", lines="ids", bom=True),
    "byte-drip-0": Behaviour(byte_seconds=0),
    "redirect-307": Behaviour(redirect=307),
    "redirect-304": Behaviour(),
    "keepalive-race-rst": Behaviour(race="reset"),
    "TOOL+nousage": Behaviour(content="tool", usage="never"),
    "my-model+slow-1s+e500+e503": Behaviour(head_seconds=1, refusal=Refusal(503)),
}


@pytest.mark.parametrize(("name", "asked"), NAMES.items(), ids=NAMES)
def test_a_name_asks_for(name: str, asked: Behaviour) -> None:
    assert behaviour(name) == asked


@given(st.text(max_size=40))
def test_any_name_is_understood(name: str) -> None:
    assert isinstance(behaviour(name), Behaviour)


CONTRACT = [
    "429-retry-after-1",
    "quota",
    "500",
    "502-html",
    "503-empty",
    "504-text",
    "529",
    "overloaded",
    "auth",
    "context-over-100",
    "content-filter",
    "refusal",
    "503",
    "for-5-503",
    "slow-first-token-30",
    "stall-after-3",
    "drip-200+tokens-100",
    "reset-after-3",
    "close-after-3",
    "truncate-after-3",
    "error-in-stream-0",
    "error-in-stream-3",
    "crlf",
    "cr",
    "nospace",
    "multiline-data",
    "bom",
    "ids",
    "byte-drip-0",
    "badjson",
    "empty",
    "error-200",
    "null",
    "double-key",
    "wrong-type",
    "huge-body-200",
    "gzip-bomb-400",
    "keepalive-race",
    "keepalive-race-rst",
    "redirect-307",
    "hop-headers",
    "flood-200",
    "drip-50+concurrency-16",
    "auth-requires-sk-new",
    "infinite-stream",
    "drip-5",
]


@pytest.mark.parametrize("name", CONTRACT)
def test_what_the_contract_names_is_understood(name: str) -> None:
    assert len(behaviour(name).words) == name.count("+") + 1


EXAMPLES = {
    "STATUS": "503",
    "REDIRECT": "307",
    "TIME": "2s",
    "WAIT": "6m0s",
    "KEY": "sk-a",
    "MS": "7",
    "KB": "7",
    "MB": "7",
    "-N": "-7",
}


@pytest.mark.parametrize("form", [form for word in WORDS for form in word.forms.split()])
def test_every_form_in_the_list_works_as_written(form: str) -> None:
    written = form
    for value, example in EXAMPLES.items():
        written = written.replace(value, example)
    assert behaviour(written) != Behaviour()


def test_the_first_requests_are_refused() -> None:
    series = [behaviour("for-2-503").at(number, 100).refusal for number in (1, 2, 3)]
    assert series == [Refusal(503, requests=2), Refusal(503, requests=2), None]


def test_requests_are_refused_for_a_time() -> None:
    series = [behaviour("for-2s-503").at(100, seconds).refusal for seconds in (0, 1.9, 2)]
    assert series == [Refusal(503, seconds=2), Refusal(503, seconds=2), None]


def test_its_name_shows_no_key() -> None:
    assert str(behaviour("auth-requires-sk-secret")) == f"auth-requires-{fingerprint('sk-secret')}"
