"""YAML files become manifests. What is wrong with a file is said with its name, the document and the line.

YAML is read as Kubernetes reads it: a date is a text, and a key that stands
twice is a slip of the pen. A `List`, as `kubectl get -o yaml` writes it, is
the manifests in it.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from optipath_operator.resources.base import API_VERSION
from optipath_operator.resources.reading import Manifest

STDIN: Final = "-"
OURS: Final = frozenset({"ModelProvider", "RoutingPolicy"})

_MAX_BYTES: Final = 10 * 1024 * 1024
_MAX_DEPTH: Final = 64
_MAX_VALUES: Final = 1_000_000


class ManifestError(Exception):
    """A file that holds no manifests; its message names the file and the place in it."""


def read_manifests(names: Iterable[str]) -> tuple[Manifest, ...]:
    """The manifests in files, in folders, and on standard input (`-`); raises ManifestError."""
    found: list[Manifest] = []
    for name in names:
        if name == STDIN:
            found += parse(sys.stdin.buffer.read(_MAX_BYTES + 1), "standard input")
        else:
            for path in files_of(name):
                found += read_file(path)
    return tuple(found)


def files_of(name: str) -> tuple[Path, ...]:
    """A file itself; of a folder, its YAML files in the order of their names; raises ManifestError."""
    path = Path(name)
    try:
        if not path.is_dir():
            return (path,)
    except OSError as error:
        raise ManifestError(f"{name}: {error.strerror}") from error
    # An editor's lock or swap file begins with a dot.
    found = tuple(sorted(each for each in path.glob("*.y*ml") if _is_yaml(each)))
    if not found:
        raise ManifestError(f"{name}: the folder has no *.yaml or *.yml file")
    return found


def _is_yaml(path: Path) -> bool:
    return path.suffix in (".yaml", ".yml") and not path.name.startswith(".")


def read_file(path: Path) -> tuple[Manifest, ...]:
    """The manifests in a file; raises ManifestError."""
    try:
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except OSError as error:
        raise ManifestError(f"{path}: {error.strerror}") from error
    return parse(data, str(path))


def parse(data: bytes, name: str) -> tuple[Manifest, ...]:
    """The manifests in a file's bytes, one at least; raises ManifestError."""
    if len(data) > _MAX_BYTES:
        raise ManifestError(f"{name}: is larger than {_MAX_BYTES // 1024 // 1024} MiB")
    try:
        found = tuple(manifest for document in _documents(data, name) for manifest in _manifests(document))
    except yaml.reader.ReaderError as error:
        raise ManifestError(f"{name}: is not text: {error.reason}") from error
    if not found:
        raise ManifestError(f"{name}: holds no manifest")
    return found


@dataclass(frozen=True, slots=True)
class _Document:
    """One document of a file, and where it stands."""

    value: Any
    place: str


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # whichever is there
    """YAML as Kubernetes reads it."""

    yaml_implicit_resolvers = {
        first: [(tag, form) for tag, form in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: FBT001, FBT002 - as PyYAML has it
        """The value of a node; raises ConstructorError also where PyYAML lets Python's own errors through."""
        try:
            return super().construct_object(node, deep)
        except (ArithmeticError, AttributeError, LookupError, ValueError) as error:
            kind = node.tag.rpartition(":")[2]
            message = f"{node.value!r:.40} is not a value of the type {kind}"
            raise yaml.constructor.ConstructorError(None, None, message, node.start_mark) from error


def _documents(data: bytes, name: str) -> Iterator[_Document]:
    _refuse_depth(data, name)
    loader, number = _Loader(data), 1
    try:
        while loader.check_node():
            node = loader.get_node()
            place = f"{name}: document {number}, line {_line(node.start_mark)}"
            _refuse_oddities(node, place)
            value = loader.construct_document(node)
            if value is not None:
                yield _Document(value, place)
            number += 1
    except yaml.MarkedYAMLError as error:
        raise _broken(name, number, error) from error
    finally:
        loader.dispose()


def _refuse_depth(data: bytes, name: str) -> None:
    """Keep nesting within bounds before anything recurses over it."""
    depth, number = 0, 1
    try:
        for event in yaml.parse(data, Loader=_Loader):
            number += isinstance(event, yaml.DocumentEndEvent)
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _MAX_DEPTH:
                place = f"{name}: document {number}, line {_line(event.start_mark)}"
                raise ManifestError(f"{place}: is nested deeper than {_MAX_DEPTH} levels")
    except yaml.MarkedYAMLError as error:
        raise _broken(name, number, error) from error


def _broken(name: str, number: int, error: yaml.MarkedYAMLError) -> ManifestError:
    return ManifestError(f"{name}: document {number}, line {_line(error.problem_mark)}: {error.problem}")


def _line(mark: Any) -> int | str:
    """The line of a mark, as editors count; PyYAML and libyaml have a class of marks each."""
    return mark.line + 1 if mark else "?"


def _refuse_oddities(document: yaml.Node, place: str) -> None:
    """Refuse keys that stand twice, and aliases that make very much out of little."""
    values: dict[int, int] = {}

    def count(node: yaml.Node) -> int:
        """How many values a node is once its aliases are written out."""
        if id(node) not in values:
            # An alias to what it stands in has no end.
            values[id(node)] = _MAX_VALUES + 1
            values[id(node)] = 1 + sum(map(count, _inner(node, place)))
        return values[id(node)]

    if count(document) > _MAX_VALUES:
        raise ManifestError(f"{place}: its aliases make more than {_MAX_VALUES} values of it")


def _inner(node: yaml.Node, place: str) -> Iterator[yaml.Node]:
    match node:
        case yaml.SequenceNode(value=items):
            yield from items
        case yaml.MappingNode(value=pairs):
            seen = set()
            for key, value in pairs:
                if isinstance(key, yaml.ScalarNode):
                    if key.value in seen:
                        where = f"{place}: line {_line(key.start_mark)}"
                        raise ManifestError(f"{where}: the key '{key.value}' stands twice in one object")
                    seen.add(key.value)
                yield from (key, value)


def _manifests(document: _Document) -> Iterator[Manifest]:
    value, place = document.value, document.place
    if isinstance(value, Mapping) and value.get("kind") == "List" and isinstance(value.get("items"), list):
        for index, item in enumerate(value["items"]):
            yield _manifest(item, f"{place}: items[{index}]")
    else:
        yield _manifest(value, place)


def _manifest(value: Any, place: str) -> Manifest:
    if not isinstance(value, dict):
        raise ManifestError(f"{place}: a manifest is an object, not {_kind(value)}")
    kind, metadata = value.get("kind"), value.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    if not isinstance(kind, str) or not kind:
        raise ManifestError(f"{place}: has no kind")
    name = metadata.get("name")
    if not isinstance(name, str) or not name:
        raise ManifestError(f"{place}: {kind} has no metadata.name")
    namespace = metadata.get("namespace", "default")
    if not isinstance(namespace, str) or not namespace:
        raise ManifestError(f"{place}: {kind} '{name}' has metadata.namespace {namespace!r:.80}, which is no name")
    if kind in OURS and value.get("apiVersion") != API_VERSION:
        given = f"apiVersion {value['apiVersion']!r:.80}" if "apiVersion" in value else "no apiVersion"
        raise ManifestError(f"{place}: {kind} '{name}' has {given}; this release reads {API_VERSION}")
    return value


def _kind(value: object) -> str:
    return "a list" if isinstance(value, list) else f"the {type(value).__name__} {value!r:.40}"
