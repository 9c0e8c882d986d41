from pathlib import Path

from e2e.cluster.images import copied

DOCKERFILE = """\
ARG BASE
FROM ${BASE} AS build
COPY one.lock two.lock ./
COPY source source
FROM ${BASE}
COPY --from=build /opt /opt
"""


def test_an_image_is_made_of_what_its_dockerfile_copies_from_the_context(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text(DOCKERFILE)
    for name in (
        "one.lock",
        "two.lock",
        "other.lock",
        "source/main.py",
        "source/part/a.py",
        "source/__pycache__/a.pyc",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = [str(file.relative_to(tmp_path)) for file in copied(tmp_path / "Dockerfile", tmp_path)]
    assert found == ["one.lock", "source/main.py", "source/part/a.py", "two.lock"]
