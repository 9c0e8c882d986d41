"""Names, where somebody says that they are one and other data stands near."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

NEAR: Final = 160
_LONGEST_NAME: Final = 200
_LONGEST_FIND: Final = 256
"""A key of many lines ends beyond the window, and nobody says their name behind it."""

_CAPITAL: Final = r"[A-ZÀ-ÝА-ЯЁ][^\W\d_]{1,20}(?:-[A-ZÀ-ÝА-ЯЁ][^\W\d_]{1,20})?"
# Looked ahead for, so that what one finds does not hide the next: the same names, wherever a search begins.
_SAID: Final = re.compile(
    r"(?=(?<![^\W_])(?:(?:[Mm]y name is|[Nn]ame is|[Tt]his is|[Ii] am|I'm|[Nn]ame:|[Cc]ustomer:?|[Pp]atient:?|"
    r"Mr\.?|Mrs\.?|Ms\.?|Dr\.?|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|Herrn?|Frau|[Jj]e m'appelle|"
    r"[Mm]on nom est|[Nn]om ?:|(?<![\x22'])M\.|Mme|Monsieur|Madame"
    r"|[Mm]e llamo|[Mm]i nombre es|[Nn]ombre:|[Ss]oy|Sra?\.|[Mm]i chiamo|[Ss]ono|[Nn]ome:|"
    r"Sig\.(?:ra)?|Signora|[Mm]eu nome é|[Mm]e chamo|[Cc]hamo-me|[Ss]ou o|[Ss]ou a|[Мм]еня зовут|"
    r"ФИО:|[Ии]мя:|[Пп]ациент(?:ка)?:?) )"
    rf"({_CAPITAL}(?: (?:de |da |di |von |van )?{_CAPITAL}){{0,3}})"
    r"|(?:我叫|我是|姓名[::]? ?|患者[::]? ?|客户[::]? ?)([\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])"
    r"|(?:名前は|氏名[::]? ?|患者[::]? ?)([\u4e00-\u9fff\u3040-\u30ff]{2,8})(?=です|と|、|,|\s|。)"
    r"|([\u4e00-\u9fff]{2,6})(?=と申します|様)"
    r"|(?:이름은|성명[::]? ?|저는|환자[::]? ?) ?([가-힣]{2,4})(?=이고|입니다|이에요|예요|,|\s|이며|라고))"
)


def names_near(window: Window, finds: Iterable[Found]) -> Iterator[Found]:
    """Names that are said near finds."""
    for begin, end in _surroundings(window, finds):
        for said in _SAID.finditer(window.text, begin, end + _LONGEST_NAME):
            if said.start() >= end:
                break
            yield window.found(What.PERSON_NAME_WITH_DATA, *said.span(said.lastindex or 0))


def _surroundings(window: Window, finds: Iterable[Found]) -> list[tuple[int, int]]:
    """What is near to finds, each stretch once."""
    near: list[tuple[int, int]] = []
    for start, stop in sorted((found.start - window.offset, found.end - window.offset) for found in finds):
        begin, end = start - NEAR, stop + NEAR if stop - start <= _LONGEST_FIND else start
        if near and begin <= near[-1][1]:
            near[-1] = (near[-1][0], max(end, near[-1][1]))
        else:
            near.append((max(0, begin), end))
    return near
