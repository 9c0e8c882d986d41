"""Keys, as kubelet mounts them, and where they may go."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from optipath_router.call.endpoint import Endpoint
from optipath_router.credentials import Key, read_keys
from optipath_router.errors import Outcome, TargetUnavailable
from optipath_router.providers import DIALECTS
from optipath_snapshot import WELL_KNOWN
from support.builders import provider
from support.kubelet import Volume


def folder(path: Path, **files: bytes) -> Path:
    for name, content in files.items():
        (path / name.replace("_hosts", ".hosts")).write_bytes(content)
    return path


VALUES: dict[str, tuple[bytes, str | None]] = {
    "plain": (b"sk-1", "sk-1"),
    "a line feed at its end": (b"sk-1\n", "sk-1"),
    "white space all around": (b" \t\r\nsk-1\r\n\t ", "sk-1"),
    "spaces inside": (b"user secret", "user secret"),
    "nothing": (b"", None),
    "white space alone": (b" \n\t", None),
    "no ASCII": ("schlüssel".encode(), None),
    "a byte order mark": (b"\xef\xbb\xbfsk-1", None),
    "binary": (bytes(range(256)), None),
    "a zero": (b"sk\x001", None),
    "a line feed inside": (b"sk-1\nx-injected: 1", None),
    "a carriage return inside": (b"sk-1\rsk-2", None),
    "a tab inside": (b"sk\t1", None),
    "delete": (b"sk\x7f1", None),
    "as long as a key can be": (b"k" * 65536, "k" * 65536),
    "longer": (b"k" * 65537, None),
}


@pytest.mark.parametrize(("written", "value"), VALUES.values(), ids=VALUES)
def test_what_a_file_says_is_the_key_if_it_can_be_a_header(tmp_path: Path, written: bytes, value: str | None) -> None:
    keys = read_keys(folder(tmp_path, acme=written, other=b"other"))
    assert {name: key.value for name, key in keys.items()} == {"other": "other"} | ({"acme": value} if value else {})


def test_no_folder_holds_no_keys(tmp_path: Path) -> None:
    assert not read_keys(tmp_path / "nowhere")
    (tmp_path / "file").touch()
    assert not read_keys(tmp_path / "file")
    assert not read_keys(tmp_path)


def test_keys_are_read_as_kubelet_mounts_them(tmp_path: Path) -> None:
    stamped = tmp_path / "..2026_11_21"
    stamped.mkdir()
    folder(stamped, acme=b"sk-1", acme_hosts=b"h.example")
    (tmp_path / "..data").symlink_to(stamped.name)
    for name in ("acme", "acme.hosts"):
        (tmp_path / name).symlink_to(f"..data/{name}")
    (tmp_path / ".hidden").write_bytes(b"no key")
    (tmp_path / "sub").mkdir()
    assert read_keys(tmp_path) == {"acme": Key("acme", "sk-1", frozenset({"h.example"}))}


def test_a_link_that_leads_nowhere_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "gone").symlink_to("..data/gone")
    assert set(read_keys(folder(tmp_path, acme=b"sk-1"))) == {"acme"}


HOSTS: dict[str, tuple[bytes, set[str]]] = {
    "one": (b"llm.example.com", {"llm.example.com"}),
    "one a line": (b"a.example\nb.example\n", {"a.example", "b.example"}),
    "commas, spaces and empty lines": (
        b"a.example, b.example\r\n\n  c.example\t",
        {"a.example", "b.example", "c.example"},
    ),
    "in capitals": (b"LLM.Example.COM", {"llm.example.com"}),
    "none": (b" \n", set()),
    "no ASCII": (b"\xff", set()),
    # Cut in the middle of a name, it would be another one's.
    "too long": (b"a.example\n" * 7000, set()),
}


@pytest.mark.parametrize(("written", "hosts"), HOSTS.values(), ids=HOSTS)
def test_hosts_that_a_secret_names(tmp_path: Path, written: bytes, hosts: set[str]) -> None:
    assert read_keys(folder(tmp_path, acme=b"sk-1", acme_hosts=written))["acme"].hosts == hosts


def test_a_hosts_file_is_no_key_and_alone_it_is_nothing(tmp_path: Path) -> None:
    assert not read_keys(folder(tmp_path, acme_hosts=b"llm.example.com"))


NAMED_AFTER: dict[str, str | None] = {
    "openai": "OpenAI",
    "openai-2": "OpenAI",
    "openai2": "OpenAI",
    "OPENAI_API_KEY": "OpenAI",
    "mistral.eu": "Mistral",
    "xai-production-eu": "XAI",
    "openaicompatible": None,
    "open-ai": None,
    "azure-openai": None,
    "2-openai": None,
    "vllm": None,
    "ours": None,
}


@pytest.mark.parametrize(("name", "type_"), NAMED_AFTER.items())
def test_a_key_without_hosts_goes_to_those_of_the_provider_that_it_is_named_after(
    tmp_path: Path, name: str, type_: str | None
) -> None:
    (tmp_path / name).write_bytes(b"sk-1")
    assert read_keys(tmp_path)[name].hosts == (set(WELL_KNOWN[type_].hosts) if type_ else set())


@pytest.mark.case("X03")
def test_a_provider_of_another_type_is_not_sent_the_key(tmp_path: Path) -> None:
    groq = provider("groq", type="Groq", url=WELL_KNOWN["Groq"].url, keys=("openai",))
    endpoint = Endpoint(groq, "api.groq.com", DIALECTS["Groq"], httpx.MockTransport(lambda _: httpx.Response(200)))
    with pytest.raises(TargetUnavailable) as refused:
        endpoint.keys(read_keys(folder(tmp_path, openai=b"sk-1")))
    assert refused.value.outcome is Outcome.HOST_MISMATCH


@pytest.mark.parametrize("type_", WELL_KNOWN)
def test_a_key_can_be_named_after_each_well_known_type(tmp_path: Path, type_: str) -> None:
    (tmp_path / type_.lower()).write_bytes(b"sk-1")
    assert read_keys(tmp_path)[type_.lower()].hosts == set(WELL_KNOWN[type_].hosts)


@pytest.mark.parametrize("written", [b"llm.example.com", b"", b"\xff"], ids=["others", "none", "no ASCII"])
def test_where_the_secret_says_hosts_the_name_says_nothing(tmp_path: Path, written: bytes) -> None:
    hosts = read_keys(folder(tmp_path, openai=b"sk-1", openai_hosts=written))["openai"].hosts
    assert "api.openai.com" not in hosts


@pytest.mark.case("F04")
@pytest.mark.parametrize("comes", [1, 2])
def test_a_key_and_its_hosts_are_of_one_version_whenever_kubelet_comes(
    comes: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = Volume(tmp_path / "credentials")
    secret.write({"acme": b"sk-old", "acme.hosts": b"old.example"})
    opened, open_ = [], Path.open

    def open_slowly(path: Path, *given: Any, **named: Any) -> Any:
        opened.append(path)
        if len(opened) == comes:
            secret.write({"acme": b"sk-new", "acme.hosts": b"new.example", "later": b"sk-later"})
        return open_(path, *given, **named)

    monkeypatch.setattr(Path, "open", open_slowly)
    keys = read_keys(secret.path)
    assert keys["acme"] == Key("acme", "sk-new", frozenset({"new.example"}))
    assert "later" in keys


def test_a_key_is_read_before_kubelet_has_given_it_its_place_in_the_folder(tmp_path: Path) -> None:
    secret = Volume(tmp_path / "credentials")
    secret.write({"acme": b"sk-1"})
    (secret.path / "acme").unlink()
    assert read_keys(secret.path)["acme"].value == "sk-1"


@pytest.mark.case("X05")
def test_a_key_is_never_shown(tmp_path: Path) -> None:
    keys = read_keys(folder(tmp_path, acme=b"my-canary"))
    assert "canary" not in f"{keys!r} {keys} {keys['acme']!r} {keys['acme']}"
