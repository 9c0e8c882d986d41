from pathlib import Path

import pytest
from e2e.cluster import cache


def test_a_key_follows_texts_and_contents(tmp_path: Path) -> None:
    source = tmp_path / "main.go"
    source.write_text("one")
    before = cache.key(["v1"], [source])
    assert cache.key(["v1"], [source]) == before
    assert cache.key(["v2"], [source]) != before
    source.write_text("two")
    assert cache.key(["v1"], [source]) != before


def test_what_a_killed_maker_left_is_cleared_away_and_what_is_whole_stays(tmp_path: Path) -> None:
    left = tmp_path / f"{cache.HALF_DONE}abc"
    left.mkdir()
    (left / "kube").touch()
    (tmp_path / "bin").mkdir()
    with cache.workshop(tmp_path) as workshop:
        assert not left.exists()
        assert (tmp_path / "bin").exists()
        assert workshop.parent == tmp_path
    assert not workshop.exists()


def test_a_maker_that_fails_leaves_no_workshop(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), cache.workshop(tmp_path):
        raise RuntimeError
    assert not list(tmp_path.glob(f"{cache.HALF_DONE}*"))
