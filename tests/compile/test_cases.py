"""Case folders: manifests in, snapshot and problems out.

in.yaml         what there is; it is the namespace `team-a` that is compiled, if options.yaml names no other
last-good.yaml  what was last good
options.yaml    egress, status token, strictness, where they matter
out.json        what comes of it; `pytest --update-cases` rewrites it
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from optipath_operator.compile import Compiled, Gathered, compile_namespace
from optipath_snapshot import Egress, decode, encode
from support.catalogue import PAPER_CATALOGUE

CASES = sorted(path.parent for path in Path(__file__).parent.glob("cases/*/in.yaml"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path, pytestconfig: pytest.Config) -> None:
    compiled = compile_namespace(gathered(case))
    out = pretty(shown(compiled)) + "\n"
    expected = case / "out.json"
    if pytestconfig.getoption("--update-cases"):
        expected.write_text(out)
    assert out == expected.read_text()
    assert decode(encode(compiled.snapshot, 1)).snapshot == compiled.snapshot


def test_there_are_enough_cases() -> None:
    assert len(CASES) >= 40


def gathered(case: Path) -> Gathered:
    options = (documents(case / "options.yaml") or [{}])[0]
    return Gathered(
        namespace=options.get("namespace", "team-a"),
        manifests=tuple(documents(case / "in.yaml")),
        catalogue=PAPER_CATALOGUE,
        last_good=tuple(documents(case / "last-good.yaml")),
        egress=Egress.model_validate(options.get("egress", {})),
        status_token_sha256=options.get("statusTokenSha256"),
        strict=options.get("strict", False),
        operator_namespace=options.get("operatorNamespace", "optipath-system"),
    )


def documents(path: Path) -> list[Any]:
    return list(yaml.safe_load_all(path.read_text())) if path.exists() else []


def shown(compiled: Compiled) -> dict[str, Any]:
    return {
        "problems": [f"{problem.severity}: {problem}" for problem in compiled.problems],
        "snapshot": compiled.snapshot.model_dump(mode="json", exclude_none=True),
        "sources": [
            f"{source['kind']} {source['metadata']['name']}@{source['metadata']['generation']}"
            for source in compiled.sources
        ],
    }


def pretty(value: Any, indent: str = "") -> str:
    """JSON that keeps on one line what fits there."""
    flat = json.dumps(value, ensure_ascii=False, sort_keys=True)
    if len(indent) + len(flat) <= 116 or not isinstance(value, dict | list) or not value:
        return flat
    inner = indent + "  "
    if isinstance(value, dict):
        lines = [f"{inner}{json.dumps(key)}: {pretty(value[key], inner)}" for key in sorted(value)]
        return block("{}", lines, indent)
    return block("[]", [inner + pretty(item, inner) for item in value], indent)


def block(brackets: str, lines: Sequence[str], indent: str) -> str:
    return f"{brackets[0]}\n" + ",\n".join(lines) + f"\n{indent}{brackets[1]}"
