"""The texts within JSON, as a reader sees them: without escapes, each beside its name.

Arguments of tools are JSON in a string in JSON, so a string that is an object
or a list is opened, too.
"""

import json
from collections.abc import Callable, Iterator
from typing import Any, Final

_DEEPEST: Final = 64
"""Levels; nobody writes more by hand, and each takes a frame."""
_MOST_VALUES: Final = 20_000
"""About 20 ms; each may be empty, so that no count of characters bounds them."""

_OPENS: Final = ("{", "[")
_THINGS: Final = frozenset(
    {
        "audio",
        "file",
        "image",
        "image_url",
        "input_audio",
        "input_file",
        "input_image",
        "reasoning.encrypted",
        "redacted_thinking",
    }
)
_BY: Final = frozenset(
    {"data", "file_data", "file_id", "file_url", "image_url", "input_audio", "source", "url", "video_url"}
)
"""Members by which something that is no text is given or named."""
_SEALED: Final = frozenset({"encrypted_content"})


class _Pairs(list[tuple[str, Any]]):
    """An object's members, also those of the same name."""


_decode: Final[Callable[[str], Any]] = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=str, parse_float=str, strict=False
).decode


class _TooMuchError(Exception):
    """It is nested too deeply, or says too much."""


def within(written: bytes, most: int) -> Iterator[str | None]:
    """The text within JSON of at most so many bytes, and None where there is more than text, or it cannot be read."""
    if len(written) > most or written.count(b",") > _MOST_VALUES:
        yield None
        return
    lines, is_all_read = list[str](), True
    try:
        for leaf in _bounded(_leaves("", _decode(written.decode()), 0), most):
            if leaf is None:
                is_all_read = False
            else:
                lines.append(leaf)
    except (ValueError, RecursionError, _TooMuchError):
        lines, is_all_read = [written.decode("utf-8", "replace")], False
    yield "\n".join(lines)
    if not is_all_read:
        yield None


def unescaped(text: str, most: int) -> Iterator[str]:
    """A text, or what is within it where it is JSON that hides something behind escapes."""
    if "\\" not in text or not _may_open(text) or len(text) > most:
        yield text
        return
    yield from (leaf for leaf in within(text.encode("utf-8", "surrogatepass"), most) if leaf is not None)


def _bounded(leaves: Iterator[str | None], most: int) -> Iterator[str | None]:
    """The same; raises where it is more, for a long name stands beside each value of its list."""
    for leaf in leaves:
        most -= len(leaf or "")
        if most < 0:
            raise _TooMuchError
        yield leaf


def _leaves(name: str, value: Any, depth: int) -> Iterator[str | None]:
    """Each value on a line beside its name."""
    if depth > _DEEPEST:
        raise _TooMuchError
    match value:
        case _Pairs():
            if _is_thing(value):
                yield None
            for inner, each in value:
                yield from _leaves(inner, each, depth + 1)
        case list():
            for each in value:
                yield from _leaves(name, each, depth + 1)
        case str():
            yield from _string(name, value, depth)
        case None | bool():
            if name:
                yield name
        case _:
            yield _line(name, str(value))


def _string(name: str, text: str, depth: int) -> Iterator[str | None]:
    if name in _SEALED or (text.startswith("data:") and ";base64," in text[:200]):
        yield None
    elif _may_open(text):
        try:
            opened = _decode(text)
        except (ValueError, RecursionError):
            yield _line(name, text)
            if "\\" in text:
                yield None
        else:
            yield from _leaves(name, opened, depth + 1)
    else:
        yield _line(name, text)


def _line(name: str, text: str) -> str:
    # In quotes, as it came: what is assigned to a password is judged by them.
    return f'{name}: "{text}"' if name else text


def _is_thing(members: _Pairs) -> bool:
    """Whether it gives or names a picture, a sound, a file or a sealed thought."""
    return any(name == "type" and value in _THINGS for name, value in members if isinstance(value, str)) and any(
        name in _BY for name, _ in members
    )


def _may_open(text: str) -> bool:
    """Whether a text may be an object or a list, or begins as one."""
    return text.lstrip().startswith(_OPENS)
