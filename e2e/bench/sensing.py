"""What looking for personal data, secrets, haste and questions of today takes."""

import base64
from collections.abc import Callable, Iterator
from random import Random

from e2e.bench.figure import Figure, microseconds
from e2e.bench.prompts import KIB
from optipath_router.classify.sensitivity import scan, sensitivity
from optipath_router.classify.timeliness import timeliness

_PROSE = {
    "en": "In the second part of the report, the authors describe how the harbour was enlarged after 1900, when trade"
    " with the colonies grew quickly. Fishermen protested: their boats had nowhere to lie, and the council's answer was"
    " slow. Could you say in a paragraph what changed? ",
    "zh": "报告的第二部分介绍了港口在1900年之后如何扩建,当时贸易增长很快。渔民们提出抗议:他们的船没有地方停靠,"
    "市政府的答复也很慢。你能用一段话说明发生了什么变化吗?",
    "ru": "Авторы отчёта описывают, как после 1900 года расширяли гавань, когда торговля быстро"
    " росла. Рыбаки протестовали: их лодкам негде было стоять. Что изменилось? ",
}
_DENSE = {
    "Python": "def read_lines(path: str, limit: int = 100) -> list[str]:\n    with open(path) as f:\n"
    "        return [x.strip() for x in f][:limit]\n\nTOKEN_URL = 'https://example.com/v1/items'\n",
    "CSV of numbers": "2024-03-11,4471,182.50,17,Berlin,0.37\n",
    "base64": base64.b64encode(Random(1).randbytes(80_000)).decode(),
}


def sensing() -> Iterator[Figure]:
    """Sensitivity and timeliness of prose in three scripts, and sensitivity of what is dense with digits and signs."""
    for language, prose in _PROSE.items():
        for size, reach in ((1, 300.0), (100, 5000.0)):
            text = _filled(prose, size * KIB)
            took = microseconds(_looking(text))
            yield Figure(f"sensitivity, {size} KiB, {language}", took, "µs", reach=reach if language == "en" else None)
        for size in (1, 100):
            text = _filled(prose, size * KIB)
            took = microseconds(_telling(text, language))
            yield Figure(f"timeliness, {size} KiB, {language}", took, "µs", reach=150 if size == 1 else None)
    for name, dense in _DENSE.items():
        text = _filled(dense, 100 * KIB)
        yield Figure(f"sensitivity, 100 KiB, {name}", microseconds(_looking(text)), "µs")
        steps = sum(1 for _ in scan(text))
        yield Figure(f"sensitivity, a slice of {name}", microseconds(_looking(text)) / steps, "µs")


def _looking(text: str) -> Callable[[], object]:
    return lambda: sensitivity(text)


def _telling(text: str, language: str) -> Callable[[], object]:
    return lambda: timeliness(text, language)


def _filled(unit: str, size: int) -> str:
    return (unit * (size // len(unit) + 1))[:size]
