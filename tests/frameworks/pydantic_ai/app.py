"""What an app made with Pydantic AI does, over OpenAI's two surfaces and Anthropic's."""

import sys

from anthropic import AsyncAnthropic
from openai import AsyncOpenAI
from pydantic import BaseModel
from pydantic_ai import Agent, NativeOutput
from pydantic_ai.models import Model
from pydantic_ai.models.anthropic import AnthropicModel
from pydantic_ai.models.openai import OpenAIChatModel, OpenAIResponsesModel
from pydantic_ai.providers.anthropic import AnthropicProvider
from pydantic_ai.providers.openai import OpenAIProvider


class Trip(BaseModel):
    """A trip."""

    city: str
    days: int


def run(of: str, chat: Model, caller: Model) -> None:
    assert "nonce-1" in Agent(chat).run_sync("hello nonce-1").output, of
    streamed = Agent(chat).run_stream_sync("hello nonce-2")
    pieces = list(streamed.stream_text(delta=True, debounce_by=None))
    assert len(pieces) > 3, of
    assert "nonce-2" in "".join(pieces), of
    asked: list[str] = []
    agent = Agent(caller)

    @agent.tool_plain
    def weather(city: str) -> str:
        """Tell the weather of a city."""
        asked.append(city)
        return f"sunny in {city}"

    assert agent.run_sync("what is the weather?").output, of
    assert len(asked) == 1, of
    assert isinstance(Agent(caller, output_type=Trip).run_sync("plan a trip").output, Trip), of
    if not isinstance(chat, AnthropicModel):
        assert isinstance(Agent(chat, output_type=NativeOutput(Trip)).run_sync("plan a trip").output, Trip), of


def main(base: str, *providers: str) -> None:
    openai = OpenAIProvider(openai_client=AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-test", max_retries=0))
    anthropic = AnthropicProvider(anthropic_client=AsyncAnthropic(base_url=base, api_key="sk-test", max_retries=0))
    for of in providers:
        run(
            f"{of} by chat completions",
            OpenAIChatModel(f"{of}-ok", provider=openai),
            OpenAIChatModel(f"{of}-tool", provider=openai),
        )
        run(
            f"{of} by responses",
            OpenAIResponsesModel(f"{of}-ok", provider=openai),
            OpenAIResponsesModel(f"{of}-tool", provider=openai),
        )
        run(
            f"{of} by messages",
            AnthropicModel(f"{of}-ok", provider=anthropic),
            AnthropicModel(f"{of}-tool", provider=anthropic),
        )


main(*sys.argv[1:])
