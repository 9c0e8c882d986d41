"""What an app made with Instructor does: structure from every mode that it has."""

import sys

import anthropic
import instructor
import openai
from pydantic import BaseModel


class Trip(BaseModel):
    """A trip."""

    city: str
    days: int


def main(base: str, *providers: str) -> None:
    key = {"api_key": "sk-test", "max_retries": 0}
    chat = openai.OpenAI(base_url=f"{base}/v1", **key)  # type: ignore[arg-type]
    claude = anthropic.Anthropic(base_url=base, **key)  # type: ignore[arg-type]
    question = [{"role": "user", "content": "plan a trip"}]
    for of in providers:
        asked = {"response_model": Trip, "messages": question, "max_retries": 1}
        for mode, model in ((instructor.Mode.TOOLS, "tool"), (instructor.Mode.JSON_SCHEMA, "ok")):
            client = instructor.from_openai(chat, mode=mode)
            assert isinstance(client.chat.completions.create(model=f"{of}-{model}", **asked), Trip), (of, mode)
        partial = instructor.from_openai(chat, mode=instructor.Mode.TOOLS)
        trips = list(partial.chat.completions.create_partial(model=f"{of}-tool", **asked))
        assert trips[-1].days is not None, of
        client = instructor.from_anthropic(claude, mode=instructor.Mode.TOOLS)
        assert isinstance(client.messages.create(model=f"{of}-tool", max_tokens=99, **asked), Trip), of


main(*sys.argv[1:])
