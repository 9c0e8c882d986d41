"""What an app made with LangChain does, over OpenAI's and over Anthropic's surface."""

import sys

from langchain_anthropic import ChatAnthropic
from langchain_core.language_models import BaseChatModel
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from pydantic import BaseModel, SecretStr


class Trip(BaseModel):
    """A trip."""

    city: str
    days: int


@tool
def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


def run(of: str, chat: BaseChatModel, caller: BaseChatModel, structured: BaseChatModel) -> None:
    assert "nonce-1" in chat.invoke("hello nonce-1").text, of
    pieces = list(chat.stream("hello nonce-2"))
    assert len(pieces) > 3, of
    assert "nonce-2" in "".join(piece.text for piece in pieces), of
    asked = caller.bind_tools([weather])
    said = asked.invoke("what is the weather?")
    [call] = said.tool_calls
    assert call["name"] == "weather", of
    answered = asked.invoke([("user", "what is the weather?"), said, weather.invoke(call)])
    assert answered.text, of
    assert not answered.tool_calls, of
    assert isinstance(structured.with_structured_output(Trip).invoke("plan a trip"), Trip), of


def main(base: str, *providers: str) -> None:
    key = SecretStr("sk-test")
    for name in providers:

        def openai(model: str, of: str = name) -> BaseChatModel:
            return ChatOpenAI(model=f"{of}-{model}", base_url=f"{base}/v1", api_key=key, max_retries=0)

        def anthropic(model: str, of: str = name) -> BaseChatModel:
            return ChatAnthropic(model_name=f"{of}-{model}", base_url=base, api_key=key, max_retries=0)

        run(f"{name} by OpenAI's surface", openai("ok"), openai("tool"), openai("ok"))
        # It asks for structure by a tool that must be called.
        run(f"{name} by Anthropic's surface", anthropic("ok"), anthropic("tool"), anthropic("tool"))


main(*sys.argv[1:])
