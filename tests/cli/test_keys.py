"""The folder of keys that `optipath run` keeps."""

from pathlib import Path

import pytest

from optipath_cli.keys import KeyFolder


@pytest.fixture
def given(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    (folder / "acme-key").write_text("sk-folder")
    return folder


def test_hosts_that_a_folder_s_key_does_not_take_from_the_environment_are_told_once(
    given: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    keys = KeyFolder(tmp_path / "kept", given, {"OPTIPATH_HOSTS_ACME_KEY": "acme.lan"})
    keys.refresh(["acme-key"])
    keys.refresh(["acme-key"])
    (said,) = caplog.messages
    assert said.startswith("OPTIPATH_HOSTS_ACME_KEY is passed over: the key acme-key is a file of --credentials")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["acme-key"]


def test_hosts_of_a_key_of_the_environment_need_no_word(
    given: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    environment = {"OPTIPATH_KEY_GLOBEX": "sk-env", "OPTIPATH_HOSTS_GLOBEX": "globex.lan"}
    KeyFolder(tmp_path / "kept", given, environment).refresh(["globex", "acme-key"])
    assert not caplog.messages
