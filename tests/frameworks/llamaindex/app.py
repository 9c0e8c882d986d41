"""What an app made with LlamaIndex does, over OpenAI's surface."""

import sys

from llama_index.core.base.llms.types import ChatMessage
from llama_index.core.tools import FunctionTool
from llama_index.llms.openai_like import OpenAILike
from pydantic import BaseModel


class Trip(BaseModel):
    """A trip."""

    city: str
    days: int


def weather(city: str) -> str:
    """Tell the weather of a city."""
    return f"sunny in {city}"


def main(base: str, *providers: str) -> None:
    question = [ChatMessage(role="user", content="hello nonce-1")]
    for of in providers:

        def model(name: str, of: str = of) -> OpenAILike:
            return OpenAILike(
                model=f"{of}-{name}",
                api_base=f"{base}/v1",
                api_key="sk-test",
                max_retries=0,
                is_chat_model=True,
                is_function_calling_model=True,
            )

        assert "nonce-1" in str(model("ok").chat(question).message.content), of
        pieces = list(model("ok").stream_chat(question))
        assert len(pieces) > 3, of
        assert "nonce-1" in str(pieces[-1].message.content), of
        tool = FunctionTool.from_defaults(fn=weather)
        asked = model("tool").chat_with_tools([tool], user_msg="what is the weather?")
        [call] = model("tool").get_tool_calls_from_response(asked)
        assert call.tool_name == "weather", of
        sketch = model("tool").as_structured_llm(Trip).chat(question)
        assert isinstance(sketch.raw, Trip), of


main(*sys.argv[1:])
