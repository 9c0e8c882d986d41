"""Postal addresses: a street with a number, and a sign that somebody is to be found there.

A street alone is a place that anybody may speak of. A postcode behind it, a city before it
(as East Asia writes), or a word like `ship to` makes it somebody's address.
"""

import re
from typing import Final

from optipath_router.classify.sensitivity.found import Found, What
from optipath_router.classify.sensitivity.window import Window

_HOUSE: Final = re.compile(r"[0-9]{1,5} ?[A-Za-z]?(?![0-9A-Za-z])")
_STREET_AFTER: Final = re.compile(
    r"[0-9]{1,5}[A-Za-z]?,? (?:bis |ter )?(?:(?:[NSEW]\.? )?(?:[A-Z0-9][\w'.-]{0,20} ){1,4}"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Boulevard|Blvd|Lane|Ln|Drive|Dr|Court|Ct|Place|Square|Sq|"
    r"Terrace|Way|Close|Crescent|Gardens|Grove|Row|Mews|Parkway|Pkwy|Highway|Hwy)\b"
    r"|(?:rue|avenue|av\.|boulevard|bd|place|allée|allee|impasse|chemin|quai|route|cours) (?:de |"
    r"du |des |d'|la |le |les |l'){0,3}[A-ZÀ-Ý][\w'-]{1,20}(?:[ -][A-ZÀ-Ý][\w'-]{1,20}){0,3})"
)
_STREETS_BEFORE: Final = re.compile(
    r"str|weg|platz|allee|gasse|ring|damm|ufer|calle|c/|avenida|avda|av\.|plaza|paseo|carrer|via|piazza|"
    r"corso|vicolo|largo|rua|travessa|praça|alameda|estrada|ул|просп|пр-т|пр\.|пер|бульв|шоссе|наб\."
)
"""In lower case; a quick look before the pattern below."""
_STREET_BEFORE: Final = re.compile(
    r"(?:[A-ZÄÖÜ][\w-]{0,20}(?:straße|strasse|str\.|weg|platz|allee|gasse|ring|damm|ufer)"
    r"|(?:[A-ZÄÖÜ][\w-]{1,20} ){1,2}(?:Straße|Str\.|Weg|Platz|Allee|Ring)"
    r"|(?:[Cc]alle|[Cc]/|[Aa]venida|Avda\.|Av\.|[Pp]laza|[Pp]aseo|[Cc]arrer|[Vv]ia|[Vv]iale|"
    r"[Pp]iazza|[Cc]orso|[Vv]icolo|[Ll]argo|[Rr]ua|[Tt]ravessa|[Pp]raça|[Aa]lameda|"
    r"[Ee]strada) ?[\w' .]{2,30}"
    r"|(?:[Уу]л\.|[Уу]лиц[аеы]|[Пп]роспект[е]?|[Пп]р-т|[Пп]р\.|[Пп]ереулок|[Пп]ер\.|[Бб]ульвар|"
    r"[Шш]оссе|[Нн]аб\.) ?[\w .-]{2,30}|[А-Я][\w-]{2,20} (?:ул\.|улица|проспект|пр\.|переулок|"
    r"бульвар|шоссе))"
    r",? ?(?:n\.?[ºo°]?|nº|núm\.|№|д\.|дом)? ?\Z"
)
_POSTCODE: Final = re.compile(
    r"[^\n]{0,40}?(?:[A-Z]{2},? [0-9]{5}(?:-[0-9]{4})?(?![0-9])|"
    r"[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}(?![0-9A-Za-z])|"
    r"(?<![0-9])[0-9]{5}(?:-[0-9]{3})? [A-ZÀ-Ý][\w'-]{1,24}"
    r"|(?<![0-9])[0-9]{4}-[0-9]{3}(?![0-9])|(?<![0-9])[0-9]{5}-[0-9]{3}(?![0-9])|"
    r"(?<![0-9])[0-9]{4} ?[A-Z]{2}(?![A-Za-z]))"
)
_POSTCODE_RUSSIA: Final = re.compile(r"[^\n]{0,40}?(?<![0-9])[0-9]{6}(?![0-9])")
_CYRILLIC: Final = re.compile("[А-я]")
_SOMEBODYS: Final = re.compile(
    r"(?<![^\W_])(?:address|live at|lives at|living at|living in|i live|ship|deliver|resid|"
    r"send (?:it|the|this|them) to|mail (?:it|the|this) to|home is|pick (?:me|him|her) up|adresse|"
    r"anschrift|wohn|liefer|senden? sie|schicken|dirección|direccion|domicilio|vivo en|vive en|envi|"
    r"entreg|habite|demeur|livr|domicili"
    r"|indirizzo|abito|abita|residente|spedi|consegn|endereço|endereco|moro|mora na|morada|resido|"
    r"адрес|прожива|живу|живёт|живет|достав|прописан|зарегистрирован|отправ)"
)
_CHINA: Final = re.compile(r"[0-9]{1,5}(?:-[0-9]{1,4})?[号號弄](?:[0-9A-Za-z\u4e00-\u9fff-]{0,16}[室楼樓层号])?")
_CHINA_BEFORE: Final = re.compile(r"[\u4e00-\u9fff]{2,24}\Z")
_JAPAN: Final = re.compile(r"[0-9]{1,4}(?:(?:丁目|番地|番|の|-)[0-9]{1,4}){1,3}(?:号|番地|番)?|[0-9]{1,4}番地")
_JAPAN_BEFORE: Final = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2,30}\Z")
_KOREA: Final = re.compile(r"[0-9]{1,4}(?:번길 [0-9]{1,4})?(?:-[0-9]{1,4})?(?:[,]? ?[0-9]{1,4}동)?(?: [0-9]{1,4}호)?")
_KOREA_BEFORE: Final = re.compile(
    r"(?:[가-힣]{1,6}(?:특별시|광역시|시|도|군|구|읍|면) ){1,3}[가-힣]{1,8}(?:로|길|동) ?\Z"
)

_EAST_ASIA: Final = (("CN", _CHINA, _CHINA_BEFORE), ("JP", _JAPAN, _JAPAN_BEFORE), ("KR", _KOREA, _KOREA_BEFORE))


def address(window: Window, first: int) -> Found | None:
    """The address whose house number begins here."""
    text = window.text
    if first < 2:
        return _number_first(window, first)
    beside = text[first - 1]
    if beside >= "\u3040" or (beside == " " and text[first - 2] >= "\u3040"):
        return _east_asian(window, first)
    if beside not in " ./º°":
        return _number_first(window, first) if beside in "(\n:\"'" else None
    return _number_first(window, first) or _street_first(window, first)


def _number_first(window: Window, first: int) -> Found | None:
    street = _STREET_AFTER.match(window.text, first)
    return _with_evidence(window, first, street.end()) if street else None


def _street_first(window: Window, first: int) -> Found | None:
    begin = max(0, first - 48)
    beside = window.text[max(0, first - 24) : first].split()
    # A street is named for somebody or something, or its number has a sign before it.
    if not beside or not (beside[-1][0].isupper() or beside[-1][-1] in ".º°№м" or beside[-1] == "n"):
        return None
    tail = window.lower[begin:first]
    if not _STREETS_BEFORE.search(tail):
        return None
    house = _HOUSE.match(window.text, first)
    street = _STREET_BEFORE.search(window.text[begin:first]) if house else None
    return _with_evidence(window, begin + street.start(), house.end()) if street and house else None


def _with_evidence(window: Window, start: int, end: int) -> Found | None:
    """The address, with its postcode, where there is one or a word before it says whose it is."""
    russian = _CYRILLIC.search(window.text, start, end) is not None
    postcode = (_POSTCODE_RUSSIA if russian else _POSTCODE).match(window.text, end)
    if postcode:
        return window.found(What.POSTAL_ADDRESS, start, postcode.end())
    if _SOMEBODYS.search(window.lower, max(0, start - 48), start):
        return window.found(What.POSTAL_ADDRESS, start, end)
    return None


def _east_asian(window: Window, first: int) -> Found | None:
    text, begin = window.text, max(0, first - 36)
    for country, number, place in _EAST_ASIA:
        house = number.match(text, first)
        found = place.search(text[begin:first]) if house else None
        if house and found and _in_a_town(country, found[0], window.lower[max(0, first - 48) : first]):
            return window.found(What.POSTAL_ADDRESS, begin + found.start(), house.end(), country)
    return None


def _in_a_town(country: str, place: str, before: str) -> bool:
    match country:
        case "CN":
            street = place[-1] in "路街道巷弄村里段" or place.endswith("大街")
            return street and (
                any(unit in place for unit in "省市区县")
                or any(word in before for word in ("地址", "住", "寄", "收货"))
            )
        case "JP":
            return sum(unit in place for unit in "都道府県市区町村郡") >= 2 or (
                any(unit in place for unit in "都府県市区")
                and any(word in before for word in ("住所", "住ん", "届け先", "送"))
            )
        case _:
            return True
