"""Chats in OpenAI's chat format, of all kinds: whatever an app might send, and a little more."""

from typing import Any

from hypothesis import strategies as st

Request = dict[str, Any]

words = st.text(min_size=1, max_size=12)
names = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
schemas = st.sampled_from([{"type": "object"}, {"type": "object", "properties": {"a": {"type": "string"}}}])
urls = st.sampled_from(["https://example.com/a.png", "data:image/png;base64,AAAA"])
pdfs = st.sampled_from(["data:application/pdf;base64,AAAA", "JVBERg=="])


def entries(needed: dict[str, Any], optional: dict[str, Any] | None = None) -> st.SearchStrategy[Request]:
    return st.fixed_dictionaries(needed, optional=optional or {})


def kind(name: str, inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Request]:
    return entries({"type": st.just(name), name: inner})


texts = entries({"type": st.just("text"), "text": words}, {"annotated": st.booleans()})
images = kind("image_url", entries({"url": urls}, {"detail": st.sampled_from(["low", "auto"]), "odd": words}))
sounds = kind("input_audio", entries({"data": st.just("AAAA"), "format": st.just("wav")}))
files = kind("file", entries({"file_data": pdfs}, {"filename": names}) | entries({"file_id": names}))
unknown = kind("video_url", entries({"url": words}))
contents = words | st.lists(texts | images | sounds | files | unknown, min_size=1, max_size=3)
plain = words | st.lists(texts, min_size=1, max_size=2)

functions = entries(
    {"name": names}, {"description": words, "parameters": schemas, "strict": st.booleans(), "odd": words}
)
customs = entries({"name": names}, {"description": words, "format": schemas})
tools = kind("function", functions) | kind("custom", customs)
calls = entries(
    {"id": names, "type": st.just("function"), "function": entries({"name": names, "arguments": words})}
) | entries({"id": names, "type": st.just("custom"), "custom": entries({"name": names, "input": words})})
choices = (
    st.sampled_from(["auto", "none", "required"])
    | kind("function", entries({"name": names}))
    | kind("custom", entries({"name": names}))
)

messages = st.lists(
    entries({"role": st.sampled_from(["system", "developer"]), "content": plain}, {"name": names})
    | entries({"role": st.just("user"), "content": contents}, {"name": names, "odd": words})
    | entries(
        {"role": st.just("assistant"), "content": plain},
        {"refusal": words, "tool_calls": st.lists(calls, min_size=1, max_size=2), "audio": entries({"id": names})},
    )
    | entries({"role": st.just("tool"), "tool_call_id": names, "content": plain}),
    min_size=1,
    max_size=4,
)
formats = st.just({"type": "json_object"}) | kind(
    "json_schema", entries({"name": names, "schema": schemas}, {"strict": st.booleans(), "description": words})
)
shares = st.sampled_from([0.0, 0.25, 1.0])
requests = entries(
    {"model": names, "messages": messages},
    {
        "max_completion_tokens": st.integers(1, 10_000),
        "temperature": shares,
        "top_p": shares,
        "n": st.integers(1, 8),
        "stop": st.lists(words, min_size=1, max_size=3),
        "seed": st.integers(-(2**63), 2**63 - 1),
        "presence_penalty": shares,
        "frequency_penalty": shares,
        "logit_bias": st.dictionaries(names, st.integers(-100, 100), max_size=2),
        "logprobs": st.booleans(),
        "top_logprobs": st.integers(0, 20),
        "response_format": formats,
        "reasoning_effort": st.sampled_from(["none", "minimal", "low", "medium", "high", "xhigh"]),
        "verbosity": st.sampled_from(["low", "high"]),
        "modalities": st.sampled_from([["text"], ["text", "audio"]]),
        "audio": st.just({"voice": "alloy", "format": "mp3"}),
        "user": names,
        "safety_identifier": names,
        "metadata": st.dictionaries(names, words, max_size=2),
        "service_tier": st.sampled_from(["auto", "flex"]),
        "store": st.booleans(),
        "prompt_cache_key": names,
        "prompt_cache_retention": st.just("24h"),
        "prediction": st.just({"type": "content", "content": "a"}),
        "web_search_options": st.just({"search_context_size": "low"}),
    },
)
with_tools = st.builds(
    lambda request, offered, more: {**request, "tools": offered, **more},
    requests,
    st.lists(tools, min_size=1, max_size=3),
    entries({}, {"tool_choice": choices, "parallel_tool_calls": st.booleans()}),
)
functions_of_old = st.builds(
    lambda request, offered, more, said: {**request, "functions": offered, "messages": said, **more},
    requests,
    st.lists(functions, min_size=1, max_size=2),
    entries({}, {"function_call": st.sampled_from(["auto", "none", {"name": "f"}])}),
    st.just(
        [
            {"role": "user", "content": "1 + 1"},
            {"role": "assistant", "content": None, "function_call": {"name": "f", "arguments": "{}"}},
            {"role": "function", "name": "f", "content": "2"},
        ]
    ),
)
any_requests = requests | with_tools | functions_of_old
