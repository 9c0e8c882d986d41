"""Keys, as kubelet mounts them, and where they may go."""

from pathlib import Path

import pytest

from optipath_router.credentials import Key, read_keys
from optipath_snapshot import WELL_KNOWN


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


BOUND: dict[str, tuple[set[str], str, str, bool]] = {
    "its well-known host": (set(), "api.openai.com", "OpenAI", True),
    "another of its hosts": (set(), "eu.api.openai.com", "OpenAI", True),
    "a host like it": (set(), "api.openai.com.evil.example", "OpenAI", False),
    "below it": (set(), "x.api.openai.com", "OpenAI", False),
    "another type's host": (set(), "api.openai.com", "Groq", False),
    "a type that nobody knows": (set(), "api.openai.com", "OpenAICompatible", False),
    "a type of a later release": (set(), "api.openai.com", "Tomorrow", False),
    "a host that the Secret names": ({"llm.example.com"}, "llm.example.com", "OpenAICompatible", True),
    "a host that it does not name": ({"llm.example.com"}, "evil.example.com", "OpenAICompatible", False),
    "its well-known host, where the Secret names others": ({"llm.example.com"}, "api.openai.com", "OpenAI", False),
    "the host of a type that somebody made up for it": ({"vllm.internal"}, "openrouter.ai", "OpenRouter", False),
    "no host": ({"llm.example.com"}, "", "OpenAICompatible", False),
}


@pytest.mark.parametrize(("hosts", "host", "kind", "may"), BOUND.values(), ids=BOUND)
def test_a_key_goes_to_its_own_hosts_and_nowhere_else(hosts: set[str], host: str, kind: str, *, may: bool) -> None:
    assert Key("acme", "sk-1", frozenset(hosts)).may_go_to(host, kind) is may


def test_each_well_known_type_may_be_sent_its_key() -> None:
    for kind, known in WELL_KNOWN.items():
        assert all(Key("acme", "sk-1").may_go_to(host, kind) for host in known.hosts)


@pytest.mark.case("X05")
def test_a_key_is_never_shown(tmp_path: Path) -> None:
    keys = read_keys(folder(tmp_path, acme=b"my-canary"))
    assert "canary" not in f"{keys!r} {keys} {keys['acme']!r} {keys['acme']}"
