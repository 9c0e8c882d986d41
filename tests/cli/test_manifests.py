"""Files of manifests, as users write them."""

import io
import sys
from pathlib import Path

import pytest

from optipath_cli.manifests import ManifestError, parse, read_manifests

POLICY = "apiVersion: optipath.io/v1alpha1\nkind: RoutingPolicy\nmetadata: {name: chat}\n"
BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{after}: &{after} [{', '.join(['*' + before] * 10)}]\n" for before, after in zip("abcdef", "bcdefg", strict=True)
)

BROKEN = {
    "a line that is no YAML": (f"{POLICY}---\nkind: [\n---\n", "in.yaml: document 2, line 6: "),
    "a text": ("just words", "in.yaml: document 1, line 1: a manifest is an object, not the str 'just words'"),
    "a list": (f"{POLICY}---\n- a\n", "in.yaml: document 2, line 5: a manifest is an object, not a list"),
    "no kind": ("metadata: {name: x}", "in.yaml: document 1, line 1: has no kind"),
    "no name": ("\n\nkind: ConfigMap", "in.yaml: document 1, line 3: ConfigMap has no metadata.name"),
    "a number for a name": ("kind: ConfigMap\nmetadata: {name: 7}", "ConfigMap has no metadata.name"),
    "no apiVersion": ("kind: RoutingPolicy\nmetadata: {name: x}", "RoutingPolicy 'x' has no apiVersion; this release"),
    "another apiVersion": (
        "apiVersion: optipath.io/v2\nkind: ModelProvider\nmetadata: {name: x}",
        "ModelProvider 'x' has apiVersion 'optipath.io/v2'; this release reads optipath.io/v1alpha1",
    ),
    "nothing": ("", "in.yaml: holds no manifest"),
    "comments alone": ("# later\n---\n# much later\n", "in.yaml: holds no manifest"),
    "a key that stands twice": (f"{POLICY}spec: {{}}\nspec: {{}}\n", "line 5: the key 'spec' stands twice"),
    "aliases that explode": (POLICY + BOMB, "its aliases make more than 1000000 values of it"),
    "an alias inside of itself": (f"{POLICY}spec: &spec [*spec]", "its aliases make more than 1000000 values of it"),
    "very deep nesting": (f"spec: {'[' * 100_000}", "in.yaml: document 1, line 1: is nested deeper than 64 levels"),
    "an item of a List without a name": ("kind: List\nitems: [{kind: ConfigMap}]", "items[0]: ConfigMap has no metad"),
    "a namespace that is a number": (
        "\nkind: ConfigMap\nmetadata: {name: x, namespace: 2024}",
        "in.yaml: document 1, line 2: ConfigMap 'x' has metadata.namespace 2024, which is no name",
    ),
    "a namespace that is a list": (
        "kind: ConfigMap\nmetadata: {name: x, namespace: [x]}",
        "ConfigMap 'x' has metadata.namespace ['x'], which is no name",
    ),
    "an empty namespace": (
        "kind: ConfigMap\nmetadata: {name: x, namespace: ''}",
        "ConfigMap 'x' has metadata.namespace '', which is no name",
    ),
    "a namespace of nothing": (
        "kind: ConfigMap\nmetadata: {name: x, namespace: }",
        "ConfigMap 'x' has metadata.namespace None, which is no name",
    ),
    "a number without digits": (
        f"{POLICY}spec: 0x_",
        "in.yaml: document 1, line 4: '0x_' is not a value of the type int",
    ),
    "a number with too many": (f"{POLICY}spec: {'9' * 5000}", "in.yaml: document 1, line 4: '999999"),
    "a word for a number": (f"{POLICY}spec: !!int abc", "line 4: 'abc' is not a value of the type int"),
    "nothing for a number": (f"{POLICY}spec: !!float ''", "line 4: '' is not a value of the type float"),
    "a number beyond all others": (
        f"{POLICY}spec: {':'.join(['1'] * 300)}.0",
        "in.yaml: document 1, line 4: '1:1:1",
    ),
    "a word for yes or no": (f"{POLICY}spec: !!bool maybe", "line 4: 'maybe' is not a value of the type bool"),
    "a word for a date": (f"{POLICY}spec: !!timestamp x", "line 4: 'x' is not a value of the type timestamp"),
    "an object of Python's": ("a: !!python/object:os.system {}", "could not determine a constructor"),
    "no text": ("kind: \x00", "in.yaml: "),
}


@pytest.mark.parametrize(("text", "message"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(ManifestError) as refused:
        parse(text.encode(), "in.yaml")
    assert message in str(refused.value)
    assert str(refused.value).startswith("in.yaml: ")
    assert len(str(refused.value)) < 300


def test_a_file_beyond_all_bounds_is_refused() -> None:
    with pytest.raises(ManifestError, match=r"in.yaml: is larger than 10 MiB"):
        parse(b"#" * (10 * 1024 * 1024 + 1), "in.yaml")


def test_several_documents_and_empty_ones() -> None:
    documents = f"---\n{POLICY}---\n# nothing here\n---\nkind: ConfigMap\nmetadata: {{name: other}}\n"
    assert [each["metadata"]["name"] for each in parse(documents.encode(), "in.yaml")] == ["chat", "other"]


def test_what_kubectl_writes_is_a_list() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- {kind: ConfigMap, metadata: {name: a}}\n"
    assert [each["kind"] for each in parse(text.encode(), "in.yaml")] == ["ConfigMap"]


def test_a_date_is_a_text_and_an_alias_what_it_stands_for() -> None:
    text = f"{POLICY}spec: {{since: 2026-01-02, a: &a [1], b: *a}}"
    assert parse(text.encode(), "in.yaml")[0]["spec"] == {"since": "2026-01-02", "a": [1], "b": [1]}


def test_a_folder_is_its_yaml_files_by_name(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", ".#a.yaml", "c.yaml~", "d.xyml", "notes.txt"):
        (tmp_path / name).write_text(f"kind: ConfigMap\nmetadata: {{name: '{name}'}}\n")
    (tmp_path / ".lock.yaml").symlink_to("user@host:1")
    assert [each["metadata"]["name"] for each in read_manifests([str(tmp_path)])] == ["a.yaml", "b.yml"]


def test_a_folder_without_any_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"the folder has no \*.yaml or \*.yml file"):
        read_manifests([str(tmp_path)])


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ManifestError, match=r"gone.yaml: No such file"):
        read_manifests([str(tmp_path / "gone.yaml")])


def test_a_file_whose_name_is_too_long_is_named() -> None:
    with pytest.raises(ManifestError, match=r"xxx: File name too long"):
        read_manifests(["x" * 300])


def test_a_dash_is_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(POLICY.encode())))
    assert read_manifests(["-"])[0]["metadata"]["name"] == "chat"
