"""The chart's README, whose table of values is made from values.yaml: `python deploy/helm/readme.py`.

The comment above a value describes it, and that of a block of values heads
them. Where nothing is written, the name says enough.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

CHART: Final = Path(__file__).parent / "optipath"
README: Final = CHART / "README.md"

HEAD: Final = """\
# OptiPath

{description}

Installs the CRDs, the operator, the injector with its webhooks, admission policies, roles for tenants and, where asked,
monitoring and network policies. Kubernetes {kubernetes}; Helm 3.17 or newer, or 4.

    helm install optipath deploy/helm/optipath --namespace optipath-system --create-namespace \\
      --set image.repository=REGISTRY/optipath
    helm test optipath --namespace optipath-system

How it is built into a cluster, what it may do there and how it is upgraded and removed is told in `deploy/README.md`.

## Values

Made from `values.yaml` by `make chart`. A value that is not among these is refused.

| value | default | |
|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class Value:
    """A value, or a block of them, as values.yaml has it."""

    path: str
    default: Any
    comment: str

    @property
    def row(self) -> str:
        """Its row of the table; a block that holds values has no default of its own."""
        said = self.comment.replace("|", "\\|").replace("<", "&lt;")
        if self.is_block:
            return f"| **`{self.path}`** | | {said} |".replace("|  |", "| |")
        return f"| `{self.path}` | `{json.dumps(self.default, ensure_ascii=False)}` | {said} |".replace("|  |", "| |")

    @property
    def is_block(self) -> bool:
        """Whether it holds values of ours. What is Kubernetes' own is one value."""
        kubernetes_own = self.path.endswith(("resources", "podSecurityContext"))
        return isinstance(self.default, dict) and bool(self.default) and not kubernetes_own


def described(text: str) -> Iterator[Value]:
    """Every value of a values.yaml, blocks before what they hold."""
    root = yaml.compose(text)
    if not isinstance(root, yaml.MappingNode):
        raise TypeError("values.yaml holds no mapping")
    yield from _inside(root, yaml.safe_load(text), "", text.splitlines())


def readme(chart: dict[str, Any], values: str) -> str:
    """The whole file."""
    head = HEAD.format(description=chart["description"], kubernetes=chart["kubeVersion"].removesuffix("-0"))
    return head + "".join(f"{value.row}\n" for value in described(values))


def _inside(node: yaml.MappingNode, values: dict[str, Any], prefix: str, lines: list[str]) -> Iterator[Value]:
    for key, inner in node.value:
        comment = _above(lines, key.start_mark.line, key.start_mark.column)
        value = Value(f"{prefix}{key.value}", values[key.value], comment)
        yield value
        if value.is_block:
            yield from _inside(inner, value.default, f"{value.path}.", lines)


def _above(lines: list[str], line: int, column: int) -> str:
    """The comment that ends right above a line, without the example in it."""
    said: list[str] = []
    start = " " * column + "#"
    while line and lines[line - 1].startswith(start):
        line -= 1
        said.insert(0, lines[line].removeprefix(start))
    # An example stands after an empty comment line, further in.
    prose = [each.strip() for each in said if not each.startswith("   ")]
    return " ".join(each for each in prose if each)


def main() -> None:
    """Write it."""
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
    README.write_text(readme(chart, (CHART / "values.yaml").read_text()))


if __name__ == "__main__":
    main()
