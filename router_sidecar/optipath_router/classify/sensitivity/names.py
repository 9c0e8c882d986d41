"""Names, where somebody says that they are one and other data stands near."""

import re
from collections.abc import Iterator
from typing import Final

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

NEAR: Final = 160

_CAPITAL: Final = r"[A-ZÀ-ÝА-ЯЁ][^\W\d_]{1,20}(?:-[A-ZÀ-ÝА-ЯЁ][^\W\d_]{1,20})?"
_SAID: Final = re.compile(
    r"(?:(?:[Mm]y name is|[Nn]ame is|[Tt]his is|[Ii] am|I'm|[Nn]ame:|[Cc]ustomer:?|[Pp]atient:?|"
    r"Mr\.?|Mrs\.?|Ms\.?|Dr\.?|[Ii]ch hei(?:ß|ss)e|[Mm]ein Name ist|Herrn?|Frau|[Jj]e m'appelle|"
    r"[Mm]on nom est|[Nn]om ?:|(?<![\x22'])M\.|Mme|Monsieur|Madame"
    r"|[Mm]e llamo|[Mm]i nombre es|[Nn]ombre:|[Ss]oy|Sra?\.|[Mm]i chiamo|[Ss]ono|[Nn]ome:|"
    r"Sig\.(?:ra)?|Signora|[Mm]eu nome é|[Mm]e chamo|[Cc]hamo-me|[Ss]ou o|[Ss]ou a|[Мм]еня зовут|"
    r"ФИО:|[Ии]мя:|[Пп]ациент(?:ка)?:?) )"
    rf"({_CAPITAL}(?: (?:de |da |di |von |van )?{_CAPITAL}){{0,3}})"
    r"|(?:我叫|我是|姓名[::]? ?|患者[::]? ?|客户[::]? ?)([\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])"
    r"|(?:名前は|氏名[::]? ?|患者[::]? ?)([\u4e00-\u9fff\u3040-\u30ff]{2,8})(?=です|と|、|,|\s|。)"
    r"|([\u4e00-\u9fff]{2,6})(?=と申します|様)"
    r"|(?:이름은|성명[::]? ?|저는|환자[::]? ?) ?([가-힣]{2,4})(?=이고|입니다|이에요|예요|,|\s|이며|라고)"
)


def names_near(window: Window, found: Found) -> Iterator[Found]:
    """Names that are said near a find."""
    start, end = found.start - window.offset, found.end - window.offset
    for begin, until in ((max(0, start - NEAR), start), (end, end + NEAR)):
        for said in _SAID.finditer(window.text, begin, until):
            group = said.lastindex or 0
            yield window.found(What.PERSON_NAME_WITH_DATA, *said.span(group))
