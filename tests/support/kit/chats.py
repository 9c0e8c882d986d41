"""For each saying, a chat that says it, and the same chat where it is not said."""

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Raw

from optipath_router.chat.chat import (
    Chat,
    Choosing,
    HostedTool,
    JsonObject,
    JsonSchema,
    Thinking,
    Tool,
    ToolChoice,
)
from optipath_router.chat.conversation import (
    Audio,
    CacheMark,
    Citation,
    Document,
    Extra,
    Image,
    Message,
    Part,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_snapshot import Saying

S = Saying
PIXEL: Final = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
SCHEMA: Final = Raw(b'{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}')
WEATHER: Final = Tool("weather", "Tells the weather.", SCHEMA)
CLOCK: Final = Tool("clock", "Tells the time.", SCHEMA)
ODD: Final = Extra(Wire.COMPLETIONS, {"odd": Raw(b"1")})
"""Of a wire format that no chat is asked in, so that nobody can say it."""

_HELLO: Final = Message(Role.USER, (Text("Hello"),), plain=True)
_CALL: Final = ToolCall("call_1", "weather", '{"city":"Paris"}')
_CALLING: Final = Message(Role.ASSISTANT, (_CALL,))


def plain(*messages: Message, **members: Any) -> Chat:
    """A chat that says hello, unless it says something else."""
    return Chat(Wire.COMPLETIONS, messages or (_HELLO,), **members)


def asked(*parts: Part) -> Chat:
    """A chat in which the user says these."""
    return plain(Message(Role.USER, (Text("Look"), *parts)))


def answered(*parts: Text | Image, failed: bool = False) -> Chat:
    """A chat in which a tool has said these."""
    result = ToolResult("call_1", (Text("Sunny"), *parts), failed=failed)
    return plain(_HELLO, _CALLING, Message(Role.TOOL, (result,)), tools=(WEATHER,))


def _said_earlier(*parts: Part) -> Chat:
    return plain(_HELLO, Message(Role.ASSISTANT, parts), _HELLO)


_TOOLS: Final = {"tools": (WEATHER, CLOCK)}

PAIRS: Final[Mapping[Saying, tuple[Chat, Chat]]] = {
    S.TOOLS: (plain(), plain(tools=(WEATHER,))),
    S.TOOL_CHOICE: (plain(**_TOOLS), plain(**_TOOLS, tool_choice=ToolChoice(Choosing.ONE, ("clock",)))),
    S.ALLOWED_TOOLS: (plain(**_TOOLS), plain(**_TOOLS, tool_choice=ToolChoice(Choosing.AUTO, ("clock",)))),
    S.PARALLEL_TOOLS: (plain(**_TOOLS), plain(**_TOOLS, parallel_tool_calls=False)),
    S.STRICT_TOOLS: (
        plain(tools=(WEATHER,)),
        plain(tools=(Tool("weather", "Tells the weather.", SCHEMA, strict=True),)),
    ),
    S.CUSTOM_TOOLS: (plain(tools=(WEATHER,)), plain(tools=(WEATHER, Tool("sql", "Asks.", custom=True)))),
    S.HOSTED_TOOLS: (
        plain(tools=(WEATHER,)),
        plain(tools=(WEATHER, HostedTool(Wire.COMPLETIONS, Raw(b'{"type":"search"}'), "search"))),
    ),
    S.TOOL_FAILED: (answered(), answered(failed=True)),
    S.RICH_RESULTS: (answered(), answered(Image(data=PIXEL, media_type="image/png"))),
    S.IMAGE_DATA: (asked(), asked(Image(data=PIXEL, media_type="image/png"))),
    S.IMAGE_URL: (asked(), asked(Image(url="https://example.com/a.png"))),
    S.DOCUMENT_DATA: (asked(), asked(Document(data="JVBERg==", media_type="application/pdf", name="a.pdf"))),
    S.DOCUMENT_URL: (asked(), asked(Document(url="https://example.com/a.pdf", media_type="application/pdf"))),
    S.DOCUMENT_TEXT: (asked(), asked(Document(text="To be read", media_type="text/plain"))),
    S.FILE_ID: (asked(), asked(Image(file_id="file-1"))),
    S.AUDIO_INPUT: (asked(), asked(Audio("UklGRg==", "wav"))),
    S.AUDIO_OUTPUT: (
        plain(),
        plain(modalities=("text", "audio"), audio=Raw(b'{"voice":"alloy","format":"mp3"}')),
    ),
    S.CITATIONS: (
        _said_earlier(Text("It is so.")),
        _said_earlier(Text("It is so.", (Citation("https://example.com", "Why", start=0, end=5),))),
    ),
    S.PREFILL: (plain(), plain(_HELLO, Message(Role.ASSISTANT, (Text("Well,"),), plain=True))),
    S.LATE_SYSTEM: (
        plain(Message(Role.SYSTEM, (Text("Be kind."),), plain=True), _HELLO),
        plain(_HELLO, Message(Role.SYSTEM, (Text("Be kind."),), plain=True)),
    ),
    S.JSON_MODE: (plain(), plain(format=JsonObject())),
    S.JSON_SCHEMA: (plain(), plain(format=JsonSchema(SCHEMA, "city"))),
    S.SEVERAL_CHOICES: (plain(), plain(n=2)),
    S.STOP: (plain(), plain(stop=("END",))),
    S.SEED: (plain(), plain(seed=7)),
    S.TOP_P: (plain(), plain(top_p=0.5)),
    S.TOP_K: (plain(), plain(top_k=7)),
    S.PENALTIES: (plain(), plain(presence_penalty=0.5, frequency_penalty=0.25)),
    S.LOGIT_BIAS: (plain(), plain(logit_bias=Raw(b'{"17":1}'))),
    S.LOG_PROBS: (plain(), plain(logprobs=True, top_logprobs=2)),
    S.THINKING: (plain(), plain(thinking=Thinking(effort="high"))),
    S.THOUGHTS: (
        _said_earlier(Text("So.")),
        _said_earlier(Reasoning("Hm.", signature="x", wire=Wire.COMPLETIONS), Text("So.")),
    ),
    S.VERBOSITY: (plain(), plain(verbosity="low")),
    S.CACHE_MARKS: (
        plain(Message(Role.USER, (Text("Hello"),))),
        plain(Message(Role.USER, (Text("Hello", cache=CacheMark()),))),
    ),
    S.USER: (plain(), plain(user="ann")),
    S.NAMES: (plain(), plain(Message(Role.USER, (Text("Hello"),), plain=True, name="ann"))),
    S.SERVICE_TIER: (plain(), plain(service_tier="priority")),
    S.STORE: (plain(), plain(store=True)),
    S.STATE: (plain(), plain(extra=Extra(Wire.COMPLETIONS, {"previous_response_id": Raw(b'"r"')}))),
    S.HINTS: (plain(), plain(extra=Extra(Wire.COMPLETIONS, {"prediction": Raw(b"{}")}))),
    S.OTHER: (plain(), plain(extra=ODD)),
}
