"""Case folders: what is given stands in files, and beside it what comes of it.

`pytest --update-cases` rewrites what comes of it, and the diff is what gets reviewed.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec


def cases(beside: str) -> list[Path]:
    """The case folders beside a test's file, by `__file__`."""
    return sorted(path for path in (Path(beside).parent / "cases").iterdir() if path.is_dir())


def given(case: Path, name: str) -> bytes | None:
    """A file of a case; None where it has none of the name."""
    file = case / name
    return file.read_bytes() if file.exists() else None


def compare(case: Path, name: str, come: str | bytes, *, update: bool) -> None:
    """What has come, with what was expected."""
    text = come if isinstance(come, str) else come.decode()
    expected = case / name
    if update:
        expected.write_text(text)
    assert text == expected.read_text(), f"{case.name}/{name}; --update-cases rewrites it"


def shown(value: Any) -> Any:
    """A value of ours as JSON can tell it: each struct by its name, with what it says beyond its defaults."""
    if isinstance(value, msgspec.Struct):
        told = {
            field.name: shown(getattr(value, field.name))
            for field in msgspec.structs.fields(value)
            if field.required or getattr(value, field.name) != field.default
        }
        return {type(value).__name__: told}
    if isinstance(value, list | tuple):
        return [shown(each) for each in value]
    if isinstance(value, dict):
        return {name: shown(each) for name, each in value.items()}
    if isinstance(value, msgspec.Raw):
        return json.loads(bytes(value))
    return value.decode() if isinstance(value, bytes) else value


def pretty(value: Any, indent: str = "") -> str:
    """JSON that keeps on one line what fits there."""
    flat = json.dumps(value, ensure_ascii=False)
    if len(indent) + len(flat) <= 116 or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {pretty(each, inner)}" for key, each in value.items()]
        return _block("{}", lines, indent)
    return _block("[]", [inner + pretty(each, inner) for each in value], indent)


def _block(brackets: str, lines: Sequence[str], indent: str) -> str:
    return f"{brackets[0]}\n" + ",\n".join(lines) + f"\n{indent}{brackets[1]}"
