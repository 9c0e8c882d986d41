"""What callers of Messages ask for, read and said again."""

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.chat import Chat, Choosing, HostedTool, JsonSchema, Thinking, Tool
from optipath_router.chat.conversation import (
    CacheMark,
    Citation,
    Document,
    Hosted,
    Image,
    Message,
    Reasoning,
    Role,
    Text,
    ToolCall,
    ToolResult,
    Wire,
)
from optipath_router.errors import RequestRejected
from optipath_router.providers.anthropic.codec import MESSAGES_CALLER, MESSAGES_PROVIDER
from support import wire

Json = dict[str, Any]


def read(**members: Any) -> Chat:
    body = {"model": "claude", "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}], **members}
    return MESSAGES_CALLER.read_chat(json.dumps(body).encode())


def read_parts(*blocks: Json, role: str = "assistant") -> tuple[Any, ...]:
    return read(messages=[{"role": role, "content": list(blocks)}]).messages[0].parts


def again(body: bytes) -> Json:
    """A body as it is said again to the same model."""
    asked = json.loads(body)
    chat = MESSAGES_CALLER.read_chat(body)
    sent: Json = json.loads(MESSAGES_PROVIDER.write_chat(chat, asked["model"], streams=bool(asked.get("stream"))).body)
    return sent


def normal(value: Any) -> Any:
    """JSON without what the API takes for the same."""
    if isinstance(value, list):
        return [normal(each) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {name: normal(each) for name, each in value.items() if each is not None}
    if kept.get("type") == "tool_result":
        return _result(kept)
    if "input_schema" in kept and kept.get("type") == "custom":
        del kept["type"]
    if kept.get("caller") == {"type": "direct"}:
        del kept["caller"]
    if kept.get("citations") == []:
        del kept["citations"]
    return kept


def _result(block: Json) -> Json:
    if isinstance(block.get("content"), str):
        block["content"] = [{"type": "text", "text": block["content"]}]
    if not block.get("is_error"):
        block.pop("is_error", None)
    return block


def normal_request(body: Json) -> Json:
    """A request without what the API takes for the same."""
    kept: Json = normal(body)
    if not kept.get("stream"):
        kept.pop("stream", None)
    if not kept.get("tools", True):
        del kept["tools"]
    if "output_format" in kept:
        kept.setdefault("output_config", {})["format"] = kept.pop("output_format")
    turns: list[Json] = []
    for message in kept["messages"]:
        if turns and turns[-1]["role"] == message["role"]:
            turns[-1] = {**message, "content": _blocks(turns[-1]["content"]) + _blocks(message["content"])}
        else:
            turns.append(message)
    return {**kept, "messages": turns}


def _blocks(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def test_recorded_requests_lose_nothing_when_said_again() -> None:
    compared = 0
    for exchange, body in wire.taken(Wire.MESSAGES):
        assert normal_request(again(body)) == normal_request(json.loads(body)), exchange["id"]
        compared += 1
    assert compared == 188


# What blocks mean.

BLOCKS: dict[str, tuple[Json, Any]] = {
    "text": ({"type": "text", "text": "Hello"}, Text("Hello")),
    "text to be cached": (
        {"type": "text", "text": "Hello", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        Text("Hello", cache=CacheMark("1h")),
    ),
    "an image in base64": (
        {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AA=="}},
        Image(data="AA==", media_type="image/png"),
    ),
    "an image by URL": (
        {"type": "image", "source": {"type": "url", "url": "https://a.example/x.png"}},
        Image(url="https://a.example/x.png"),
    ),
    "an image by file": ({"type": "image", "source": {"type": "file", "file_id": "file_1"}}, Image(file_id="file_1")),
    "a PDF": (
        {
            "type": "document",
            "title": "T",
            "source": {"type": "base64", "media_type": "application/pdf", "data": "AA=="},
        },
        Document(data="AA==", media_type="application/pdf", name="T"),
    ),
    "a document of text": (
        {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "Words"}},
        Document(text="Words", media_type="text/plain"),
    ),
    "a document by URL": (
        {"type": "document", "source": {"type": "url", "url": "https://a.example/x.pdf"}},
        Document(url="https://a.example/x.pdf"),
    ),
    "a tool call": (
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"city": "Bonn"}},
        ToolCall("toolu_1", "weather", '{"city": "Bonn"}'),
    ),
    "a tool call by the model itself": (
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {}, "caller": {"type": "direct"}},
        ToolCall("toolu_1", "weather", "{}"),
    ),
    "arguments that were no JSON": (
        {"type": "tool_use", "id": "toolu_1", "name": "weather", "input": {"INVALID_JSON": '{"city": '}},
        ToolCall("toolu_1", "weather", '{"city": '),
    ),
    "a thought": (
        {"type": "thinking", "thinking": "Hm", "signature": "sig"},
        Reasoning("Hm", "sig", wire=Wire.MESSAGES),
    ),
    "a thought that nobody signed": ({"type": "thinking", "thinking": "Hm", "signature": ""}, Reasoning("Hm")),
    "a thought that was redacted": (
        {"type": "redacted_thinking", "data": "xyz"},
        Reasoning(hidden="xyz", wire=Wire.MESSAGES),
    ),
}


@pytest.mark.parametrize(("block", "part"), BLOCKS.values(), ids=BLOCKS)
def test_a_block_is_read_as_a_part(block: Json, part: Any) -> None:
    assert read_parts(block) == (part,)


HOSTED = {
    "a hosted tool's call": {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "web_search",
        "input": {"query": "x"},
    },
    "a hosted tool's result": {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": []},
    "an MCP call": {"type": "mcp_tool_use", "id": "mcp_1", "name": "echo", "server_name": "s", "input": {}},
    "an upload": {"type": "container_upload", "file_id": "file_1"},
    "a search result": {
        "type": "search_result",
        "source": "s",
        "title": "t",
        "content": [{"type": "text", "text": "x"}],
    },
    "a document of blocks": {"type": "document", "source": {"type": "content", "content": "Words"}, "title": "T"},
    "a block of a newer API": {"type": "hologram", "of": "a cat"},
}


@pytest.mark.parametrize("block", HOSTED.values(), ids=HOSTED)
def test_what_only_messages_knows_is_kept_to_the_letter(block: Json) -> None:
    (part,) = read_parts(block)
    assert isinstance(part, Hosted)
    assert part.wire is Wire.MESSAGES
    assert json.loads(bytes(part.raw)) == block


def test_a_tools_results_stand_before_what_the_user_says_each_in_a_message_of_its_own() -> None:
    content = [
        {"type": "tool_result", "tool_use_id": "a", "content": "1"},
        {"type": "tool_result", "tool_use_id": "b", "is_error": True, "content": [{"type": "text", "text": "2"}]},
        {"type": "text", "text": "And now?"},
    ]
    assert read(messages=[{"role": "user", "content": content}]).messages == (
        Message(Role.TOOL, (ToolResult("a", (Text("1"),)),)),
        Message(Role.TOOL, (ToolResult("b", (Text("2"),), failed=True),)),
        Message(Role.USER, (Text("And now?"),)),
    )


def test_what_a_tools_result_holds_beyond_text_and_pictures_is_said_again_and_its_text_read() -> None:
    blocks = [{"type": "tool_reference", "tool_name": "weather"}, {"type": "text", "text": "Found"}]
    (result,) = read_parts({"type": "tool_result", "tool_use_id": "a", "content": blocks}, role="user")
    assert result.parts == (Text("Found"),)
    assert json.loads(bytes(result.extra.members["content"])) == blocks


def test_the_system_prompt_is_the_first_message() -> None:
    assert read(system="Be brief").messages[0] == Message(Role.SYSTEM, (Text("Be brief"),), plain=True)
    blocks = [{"type": "text", "text": "Be brief", "cache_control": {"type": "ephemeral"}}]
    assert read(system=blocks).messages[0] == Message(Role.SYSTEM, (Text("Be brief", cache=CacheMark()),))


def test_a_citation_says_to_others_what_they_know_of_it() -> None:
    citation = {"type": "web_search_result_location", "url": "https://a.example", "title": "A", "cited_text": "So"}
    (text,) = read_parts({"type": "text", "text": "x", "citations": [{**citation, "encrypted_index": "abc"}]})
    (cited,) = text.citations
    assert (cited.url, cited.title, cited.quoted) == ("https://a.example", "A", "So")
    assert set(cited.extra.members) == {"type", "encrypted_index"}
    (text,) = read_parts({"type": "text", "text": "x", "citations": [{**citation, "encrypted_index": ""}]})
    assert text.citations == (Citation("https://a.example", "A", "So"),)


def test_tools_and_the_choice_among_them() -> None:
    chat = read(
        tools=[
            {"name": "weather", "description": "Weather", "input_schema": {"type": "object"}, "strict": True},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 1},
        ],
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
    )
    tool, hosted = chat.tools
    assert isinstance(tool, Tool)
    assert (tool.name, tool.description, tool.strict) == ("weather", "Weather", True)
    assert isinstance(hosted, HostedTool)
    assert hosted.name == "web_search_20250305"
    assert chat.tool_choice is not None
    assert chat.tool_choice.choosing is Choosing.REQUIRED
    assert chat.parallel_tool_calls is False


THINKING = {
    "a budget": ({"thinking": {"type": "enabled", "budget_tokens": 2048}}, Thinking(enabled=True, budget_tokens=2048)),
    "none": ({"thinking": {"type": "disabled"}}, Thinking(enabled=False)),
    "as it likes": ({"thinking": {"type": "adaptive", "display": "omitted"}}, Thinking(enabled=True, shown=False)),
    "an effort": ({"output_config": {"effort": "low"}}, Thinking(effort="low")),
    "both": (
        {"thinking": {"type": "adaptive"}, "output_config": {"effort": "max"}},
        Thinking(enabled=True, effort="max"),
    ),
}


@pytest.mark.parametrize(("members", "thinking"), THINKING.values(), ids=THINKING)
def test_how_much_to_think(members: Json, thinking: Thinking) -> None:
    assert read(**members).thinking == thinking


@pytest.mark.parametrize("at", ["output_config", "output_format"])
def test_the_form_of_the_answer_is_read_where_it_stands_and_where_it_stood(at: str) -> None:
    form = {"type": "json_schema", "schema": {"type": "object"}}
    chat = read(**{at: {"format": form} if at == "output_config" else form})
    assert chat.format == JsonSchema(msgspec.Raw(b'{"type": "object"}'))


def test_members_that_only_messages_knows_are_kept_and_the_ones_we_own_are_not() -> None:
    chat = read(container="c", stream=True, metadata={"user_id": "u"}, service_tier="auto", inference_geo=None)
    assert chat.extra is not None
    assert set(chat.extra.members) == {"container"}
    assert (chat.user, chat.service_tier) == ("u", "auto")


WRONG: dict[str, tuple[Json, str]] = {
    "a message that is text": ({"messages": ["Hello"]}, "messages[0] is no object"),
    "no messages": ({"messages": None}, "messages is missing"),
    "a role that nobody has": ({"messages": [{"role": "tool", "content": ""}]}, "messages[0].role is 'tool'"),
    "content of a number": ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content is neither text"),
    "no content": ({"messages": [{"role": "user"}]}, "messages[0].content is missing"),
    "a block without a type": (
        {"messages": [{"role": "user", "content": [{"text": "x"}]}]},
        "messages[0].content[0].type is missing",
    ),
    "an image without a source": (
        {"messages": [{"role": "user", "content": [{"type": "image"}]}]},
        "messages[0].content[0].source is missing",
    ),
    "a result of a result": (
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": [{}]}]}]},
        "messages[0].content[0].content[0].type is missing",
    ),
    "a choice that there is not": ({"tool_choice": {"type": "some"}}, "tool_choice.type is 'some'"),
    "a choice of no tool": ({"tool_choice": {"type": "tool"}}, "tool_choice.name is missing"),
    "a tool without a name": ({"tools": [{"input_schema": {}}]}, "tools[0].name is missing"),
    "a temperature in words": ({"temperature": "hot"}, "temperature is wrong"),
    "a form that there is not": ({"output_config": {"format": {"type": "xml"}}}, "output_config.format.type is 'xml'"),
}


@pytest.mark.parametrize(("members", "why"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_by_its_path(members: Json, why: str) -> None:
    with pytest.raises(RequestRejected) as raised:
        read(**members)
    assert str(raised.value).startswith(why)
    assert raised.value.param
    assert why.startswith(raised.value.param)


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b'{"messages": ' + b"[" * 100_000, b'{"messages": [], "x": "\xff"}', b'{"messages": [{"role'],
    ids=["nothing", "null", "a list", "too deep", "no UTF-8", "cut"],
)
def test_what_is_no_request_is_refused(body: bytes) -> None:
    with pytest.raises(RequestRejected):
        MESSAGES_CALLER.read_chat(body)


@pytest.mark.parametrize("depth", [2, 100, 10_000])
def test_a_result_holds_no_results(depth: int) -> None:
    nested = b'{"type":"tool_result","tool_use_id":"a","content":[' * depth + b"]}" * depth
    with pytest.raises(RequestRejected, match=r"is a tool_result inside of another|maximum recursion depth"):
        MESSAGES_CALLER.read_chat(b'{"messages":[{"role":"user","content":[' + nested + b"]}]}")


# Any request.

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
filled = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
ids = st.from_regex(r"[a-zA-Z0-9_-]{1,12}", fullmatch=True)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
objects = st.dictionaries(words, values, max_size=3)
marks = st.fixed_dictionaries(
    {},
    optional={
        "cache_control": st.fixed_dictionaries(
            {"type": st.just("ephemeral")}, optional={"ttl": st.sampled_from(["5m", "1h"])}
        )
    },
)


def block(kind: str, *, cached: bool = True, **members: st.SearchStrategy[Any]) -> st.SearchStrategy[Json]:
    made = st.fixed_dictionaries({"type": st.just(kind), **members})
    return st.builds(lambda first, mark: {**first, **mark}, made, marks) if cached else made


sources = st.one_of(
    st.fixed_dictionaries(
        {"type": st.just("base64"), "media_type": st.just("application/pdf"), "data": st.just("AA==")}
    ),
    st.fixed_dictionaries({"type": st.just("url"), "url": st.just("https://a.example/x")}),
    st.fixed_dictionaries({"type": st.just("file"), "file_id": filled}),
    st.fixed_dictionaries({"type": st.just("content"), "content": words}),
)
texts = block("text", text=filled)
said = st.one_of(
    texts,
    block("tool_use", id=ids, name=ids, input=objects),
    block("thinking", cached=False, thinking=words, signature=filled.filter(lambda sealed: "optipath" not in sealed)),
    block("redacted_thinking", cached=False, data=filled.filter(lambda sealed: "optipath" not in sealed)),
    block("server_tool_use", id=ids, name=ids, input=objects),
)
asked = st.one_of(
    texts,
    block("image", source=sources),
    block("document", source=sources, title=filled, context=filled),
    block(
        "tool_result", tool_use_id=ids, content=st.lists(texts | block("image", source=sources), min_size=1, max_size=2)
    ),
    block("tool_result", tool_use_id=ids, content=filled, is_error=st.just(value=True)),
)
turn = st.one_of(
    st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant", "system"]), "content": filled}),
    st.fixed_dictionaries({"role": st.just("user"), "content": st.lists(asked, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"role": st.just("assistant"), "content": st.lists(said, min_size=1, max_size=3)}),
)
tool = st.fixed_dictionaries(
    {"name": ids, "input_schema": st.just({"type": "object", "properties": {}})},
    optional={"description": words, "strict": st.booleans(), "defer_loading": st.booleans()},
)
requests = st.fixed_dictionaries(
    {"model": st.just("claude-x"), "max_tokens": st.integers(1, 9999)}
    | {"messages": st.lists(turn, min_size=1, max_size=4).filter(lambda turns: turns[0]["role"] == "user")},
    optional={
        "system": filled | st.lists(texts, min_size=1, max_size=2),
        "stream": st.just(value=True),
        "tools": st.lists(tool, min_size=1, max_size=2),
        "temperature": st.sampled_from([0.0, 0.5, 1.0]),
        "top_k": st.integers(0, 99),
        "stop_sequences": st.lists(filled, min_size=1, max_size=2),
        "thinking": st.fixed_dictionaries(
            {"type": st.sampled_from(["enabled", "adaptive", "disabled", "between_tools"])},
            optional={
                "budget_tokens": st.integers(0, 9999),
                "display": st.sampled_from(["summarized", "omitted", "x"]),
            },
        ),
        "output_config": st.sampled_from([{"effort": "low"}, {"task_budget": {"total": 1}}]),
        "metadata": st.fixed_dictionaries({}, optional={"user_id": words, "other": words}).filter(bool),
        "container": filled,
    },
)


@given(requests)
def test_any_request_loses_nothing_when_said_again(request: Json) -> None:
    assert normal_request(again(json.dumps(request).encode())) == normal_request(request)
