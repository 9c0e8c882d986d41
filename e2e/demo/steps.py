"""The story: what each step shows stands in its first line, and what was seen is what it gives back.

An app is three lines: `openai.OpenAI(base_url=…)`, a model called `assistant`, a question. They stay the same from
the first step to the last.
"""

import asyncio
import json
import subprocess
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import openai
from openai.types.chat import ChatCompletionMessageParam

from e2e.demo.stage import OPTIPATH, Stage, Unexpected, wait_for

Step = Callable[[Stage], str]

CHEAP_FIRST = """\
        - {provider: acme, model: small}
        - {provider: globex, model: large}
"""
STRONG_FIRST = """\
        - {provider: globex, model: large}
        - {provider: acme, model: small}
"""
QUESTION: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is a router?"}]

STREAMS = 20
REQUESTS = 150
REQUESTS_A_SECOND = 50
EDITS = 15


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what its headers tell of how it came about."""

    text: str
    target: str
    policy: str
    attempts: str
    decision: str


def an_sdk_and_a_base_url(stage: Stage) -> str:
    """Any OpenAI SDK works; only the base URL is another one."""
    answer = ask(stage, "assistant")
    expect("the target", answer.target, "acme/small")
    return f"`assistant` was answered by {answer.target}: {answer.text!r}"


def a_stream(stage: Stage) -> str:
    """A streamed answer comes piece by piece."""
    with client(stage) as app:
        stream = app.chat.completions.create(model="assistant", messages=QUESTION, stream=True)
        pieces = [chunk.choices[0].delta.content or "" for chunk in stream]
    expect("the text", "".join(pieces).strip(), ask(stage, "assistant").text)
    return f"{len(pieces)} pieces, which together are the same answer"


def a_provider_fails(stage: Stage) -> str:
    """A provider fails, and the app does not notice."""
    stage.behave("acme", "small", "e503")
    answer = ask(stage, "assistant")
    stage.behave("acme", "small", "ok")
    expect("the target", answer.target, "globex/large")
    expect("the attempts", answer.attempts, "2")
    return f"acme answered 503, {answer.target} answered instead, in the same request"


def another_model(stage: Stage) -> str:
    """The model behind `assistant` is swapped in the policy; the app asks for `assistant` as before."""
    before = ask(stage, "assistant").target
    edit(stage, CHEAP_FIRST, STRONG_FIRST)
    edited = time.monotonic()
    after = wait_for(lambda: in_place_of(before, ask(stage, "assistant")), f"another target than {before}")
    return f"{before} became {after.target}, {1000 * (time.monotonic() - edited):.0f} ms after the file was saved"


def edits_while_requests_fly(stage: Stage) -> str:
    """A policy is edited again and again while requests fly, and none is lost."""
    stage.behave("initech", "coder", "drip-40+tokens-75")
    policies, streamed = asyncio.run(traffic(stage))
    stage.behave("initech", "coder", "ok")
    mixed = {policy: targets for policy, targets in policies.items() if len(targets) != 1}
    expect("policies with two minds", mixed, {})
    expect("tokens of each stream", set(streamed), {75})
    if len(policies) < 3:
        raise Unexpected(f"expected that requests met several versions of the policy, and saw {sorted(policies)}")
    return (
        f"{REQUESTS} requests and {STREAMS} open streams went through {EDITS} edits: "
        f"0 failed, 0 cut, each under one of {len(policies)} versions"
    )


def a_broken_edit(stage: Stage) -> str:
    """A broken edit changes nothing: the last good form stays in force."""
    before = ask(stage, "assistant")
    edit(stage, "ordered: {}", "cheapest: {}")
    told = stage.router.says(r"(spec\S*cheapest\S* .*stays in force)")
    after = ask(stage, "assistant")
    expect("target and policy", (after.target, after.policy), (before.target, before.policy))
    edit(stage, "cheapest: {}", "ordered: {}")
    return f"`optipath run` said `{told}`, and {after.target} went on answering"


def a_decision(stage: Stage) -> str:
    """Every decision can be explained, and repeated to the last bit."""
    made = stage.decision(ask(stage, "code").decision)
    command = [
        OPTIPATH,
        "explain",
        str(stage.manifests),
        "What is a router?",
        "--model",
        "code",
        "--draw",
        made["draw"],
    ]
    explained = subprocess.run([*map(str, command)], capture_output=True, text=True, check=True).stdout
    again = json.loads(subprocess.run([*map(str, command), "--json"], capture_output=True, check=True).stdout)
    expect("the ranking", again["ranking"], made["ranking"])
    return "`optipath explain` finds the same ranking with the same draw:\n" + explained.rstrip()


STEPS: tuple[Step, ...] = (
    an_sdk_and_a_base_url,
    a_stream,
    a_provider_fails,
    another_model,
    edits_while_requests_fly,
    a_broken_edit,
    a_decision,
)


def client(stage: Stage) -> openai.OpenAI:
    """What an app makes. No key, as the router has them; no retries and no proxy, so that nothing is glossed over."""
    return openai.OpenAI(
        base_url=stage.url, api_key="none", max_retries=0, http_client=openai.DefaultHttpxClient(trust_env=False)
    )


def ask(stage: Stage, model: str) -> Answer:
    """One question to one model, plainly."""
    with client(stage) as app:
        raw = app.chat.completions.with_raw_response.create(model=model, messages=QUESTION)
    told = {name: raw.headers.get(f"x-optipath-{name}", "") for name in ("policy", "attempts", "decision")}
    target = f"{raw.headers['x-optipath-provider']}/{raw.headers['x-optipath-model']}"
    return Answer((raw.parse().choices[0].message.content or "").strip(), target, **told)


async def traffic(stage: Stage) -> tuple[dict[str, set[str]], list[int]]:
    """Requests and streams while the policy is edited: targets by version of the policy, and tokens by stream."""
    policies: defaultdict[str, set[str]] = defaultdict(set)
    http = openai.DefaultAsyncHttpxClient(trust_env=False)
    async with openai.AsyncOpenAI(base_url=stage.url, api_key="none", max_retries=0, http_client=http) as app:

        async def stream() -> int:
            events = await app.chat.completions.create(model="coder", messages=QUESTION, stream=True)
            return len([event async for event in events if event.choices and event.choices[0].delta.content])

        async def request(number: int) -> None:
            await asyncio.sleep(number / REQUESTS_A_SECOND)
            raw = await app.chat.completions.with_raw_response.create(model="assistant", messages=QUESTION)
            policies[raw.headers["x-optipath-policy"]].add(raw.headers["x-optipath-provider"])

        async def edits() -> None:
            for number in range(EDITS):
                forms = (STRONG_FIRST, CHEAP_FIRST) if number % 2 == 0 else (CHEAP_FIRST, STRONG_FIRST)
                edit(stage, *forms)
                await asyncio.sleep(REQUESTS / REQUESTS_A_SECOND / EDITS)

        streams = asyncio.gather(*(stream() for _ in range(STREAMS)))
        await asyncio.gather(edits(), *(request(number) for number in range(REQUESTS)))
        return policies, await streams


def edit(stage: Stage, old: str, new: str) -> None:
    """Edit the policies, as one would in an editor."""
    text = stage.policies.read_text()
    if old not in text:
        raise Unexpected(f"expected {old!r} in {stage.policies}, and saw:\n{text}")
    stage.policies.write_text(text.replace(old, new))


def in_place_of(target: str, answer: Answer) -> Answer | None:
    """The answer, where it came from another target."""
    return answer if answer.target != target else None


def expect(what: str, seen: object, wanted: object) -> None:
    """Raise Unexpected where what was seen is not what was wanted."""
    if seen != wanted:
        raise Unexpected(f"expected {what} to be {wanted!r}, and saw {seen!r}")
