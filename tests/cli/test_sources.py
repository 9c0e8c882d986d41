"""What a watch sees of files and folders."""

from pathlib import Path

from optipath_cli.sources import state_of


def test_an_edit_beside_a_link_that_leads_nowhere_is_noticed(tmp_path: Path) -> None:
    edited = tmp_path / "a.yaml"
    edited.write_text("kind: A")
    (tmp_path / "b.yaml").symlink_to(tmp_path / "gone.yaml")
    before = state_of([str(tmp_path)])
    assert state_of([str(tmp_path)]) == before
    edited.write_text("kind: Another")
    assert state_of([str(tmp_path)]) != before


def test_a_link_that_leads_somewhere_again_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").symlink_to(tmp_path / "later")
    before = state_of([str(tmp_path)])
    (tmp_path / "later").write_text("kind: A")
    assert state_of([str(tmp_path)]) != before
