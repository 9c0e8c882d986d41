"""What the app in the pod does: it calls by the official SDK, and says in JSON what came of it.

    calls.py once MODEL [--stream] [--say TEXT] [--header NAME=VALUE]...
    calls.py load MODEL --seconds N [--rate R] [--streams S] [--report FILE]

With --report a load ends when it is told to stop, as an app does that stops properly, and writes there what came of it.
Base URL and key come from OPENAI_BASE_URL and OPENAI_API_KEY, as in any app.
"""

import argparse
import asyncio
import json
import signal
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import httpx2
from openai import AsyncOpenAI, OpenAI, OpenAIError
from openai.types.chat import ChatCompletionUserMessageParam

SAY: Sequence[ChatCompletionUserMessageParam] = [{"role": "user", "content": "Say who you are."}]


def once(asked: argparse.Namespace) -> None:
    """One call; its text, its model and what the router says of it."""
    completions = OpenAI(max_retries=0, timeout=30).chat.completions.with_raw_response
    say = [ChatCompletionUserMessageParam(role="user", content=asked.say)] if asked.say else SAY
    headers = dict(each.split("=", 1) for each in asked.header)
    if asked.stream:
        streamed = completions.create(model=asked.model, messages=say, extra_headers=headers, stream=True)
        pieces = [chunk.choices[0].delta.content or "" for chunk in streamed.parse() if chunk.choices]
        print(json.dumps({"text": "".join(pieces), "pieces": len(pieces), **told(streamed.headers)}))
        return
    response = completions.create(model=asked.model, messages=say, extra_headers=headers)
    answer = response.parse()
    # Last the model that answered: the router's header names it as the policy does.
    print(json.dumps({**told(response.headers), "text": answer.choices[0].message.content, "model": answer.model}))


def told(headers: Mapping[str, str]) -> dict[str, str]:
    """What the router says of a reply, by the last word of each header."""
    return {
        name.removeprefix("x-optipath-"): value for name, value in headers.items() if name.startswith("x-optipath-")
    }


def trouble(error: Exception) -> str:
    """An error in one line, with its code: the SDK's own words leave it out."""
    code = getattr(error, "code", None)
    return f"{error!r} [{code}]" if code else repr(error)


class Load:
    """Calls at a steady rate and streams one after another, for some seconds."""

    def __init__(self, asked: argparse.Namespace) -> None:
        self.asked = asked
        self.client = AsyncOpenAI(max_retries=0, timeout=60)
        self.ends = time.monotonic() + asked.seconds
        self.good: Counter[str] = Counter()
        self.streamed = 0
        self.bad: list[str] = []

    async def run(self) -> None:
        """Call until the time is up, and say what came of it; a line each time a new policy is first seen."""
        if self.asked.report:
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, self.stop)
        streams = [asyncio.create_task(self.stream_on()) for _ in range(self.asked.streams)]
        calls = []
        begun = time.monotonic()
        while time.monotonic() < self.ends:
            calls.append(asyncio.create_task(self.call()))
            await asyncio.sleep(max(0.0, begun + len(calls) / self.asked.rate - time.monotonic()))
        await asyncio.gather(*calls, *streams)
        done = {"good": dict(self.good), "streamed": self.streamed, "bad": self.bad[:10], "failed": len(self.bad)}
        print(json.dumps(done), flush=True)
        self.report({**done, "bad": self.bad[:3]})

    def report(self, done: Mapping[str, object]) -> None:
        if self.asked.report:
            Path(self.asked.report).write_text(json.dumps(done))

    def stop(self) -> None:
        """Begin nothing more."""
        self.ends = time.monotonic()

    def failed(self, what: str) -> None:
        self.bad.append(what)
        print(json.dumps({"bad": what, "at": time.time()}), flush=True)

    async def call(self) -> None:
        try:
            response = await self.client.chat.completions.with_raw_response.create(model=self.asked.model, messages=SAY)
        except OpenAIError as error:
            self.failed(f"call: {trouble(error)}")
            return
        policy = response.headers.get("x-optipath-policy", "none")
        if policy not in self.good:
            print(json.dumps({"first": policy, "at": time.time(), "model": response.parse().model}), flush=True)
        self.good[policy] += 1

    async def stream_on(self) -> None:
        while time.monotonic() < self.ends:
            try:
                chunks = await self.client.chat.completions.create(model=self.asked.model, messages=SAY, stream=True)
                finishes = [chunk.choices[0].finish_reason async for chunk in chunks if chunk.choices]
            except (OpenAIError, httpx2.HTTPError) as error:
                self.failed(f"stream: {trouble(error)}")
                continue
            if finishes and finishes[-1]:
                self.streamed += 1
            else:
                self.failed("stream: ended without a finish")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="do", required=True)
    one = commands.add_parser("once")
    one.add_argument("model")
    one.add_argument("--stream", action="store_true")
    one.add_argument("--say")
    one.add_argument("--header", action="append", default=[])
    load = commands.add_parser("load")
    load.add_argument("model")
    load.add_argument("--seconds", type=float, required=True)
    load.add_argument("--rate", type=float, default=50.0)
    load.add_argument("--streams", type=int, default=20)
    load.add_argument("--report")
    asked = parser.parse_args()
    if asked.do == "load":
        asyncio.run(Load(asked).run())
        return
    try:
        once(asked)
    except OpenAIError as error:
        print(json.dumps({"error": trouble(error), "status": getattr(error, "status_code", None)}))
        sys.exit(1)


main()
