"""National numbers made of digits, as they are printed and bare."""

from collections.abc import Iterator

from optipath_router.classify.sensitivity import context, national
from optipath_router.classify.sensitivity.found import What
from optipath_router.classify.sensitivity.rule import DOTTED, HYPHEN, SPACE, Rule

_ID = What.NATIONAL_ID


def rules() -> Iterator[Rule]:
    """Those whose form is their own first; bare ones need a word beside them."""
    groups: tuple[int, ...]
    yield Rule(What.US_SSN, (3, 2, 4), national.us_ssn, "US", HYPHEN)
    yield Rule(What.US_SSN, (3, 2, 4), national.us_ssn, "US", SPACE, context.US_SSN)
    yield Rule(What.US_SSN, (9,), national.us_ssn, "US", context=context.US_SSN)
    yield Rule(_ID, (18,), national.china, "CN")
    yield Rule(_ID, (6, 8, 4), national.china, "CN")
    yield Rule(_ID, (6, 4, 4, 4), national.china, "CN")
    for groups in ((15,), (13, 2), (1, 2, 2, 2, 3, 3, 2)):
        yield Rule(_ID, groups, national.france, "FR")
    yield Rule(_ID, (2, 3, 3, 3), national.germany, "DE", SPACE)
    yield Rule(_ID, (11,), national.germany, "DE", context=context.GERMANY)
    yield Rule(_ID, (3, 3, 3, 2), national.brazil_cpf, "BR", DOTTED, alike=False)
    yield Rule(_ID, (9, 2), national.brazil_cpf, "BR", HYPHEN, context.BRAZIL)
    yield Rule(_ID, (11,), national.brazil_cpf, "BR", context=context.BRAZIL)
    yield Rule(_ID, (2, 3, 3, 4, 2), national.brazil_cnpj, "BR", DOTTED, alike=False)
    yield Rule(_ID, (14,), national.brazil_cnpj, "BR", context=context.BRAZIL)
    yield Rule(_ID, (4, 4, 4), national.india, "IN", context=context.INDIA)
    yield Rule(_ID, (12,), national.india, "IN", context=context.INDIA)
    yield Rule(_ID, (4, 4, 4), national.japan, "JP", context=context.JAPAN)
    yield Rule(_ID, (12,), national.japan, "JP", context=context.JAPAN)
    yield Rule(_ID, (3, 3, 4), national.uk_nhs, "GB", context=context.UK_NHS)
    yield Rule(_ID, (10,), national.uk_nhs, "GB", context=context.UK_NHS)
    for groups in ((9,), (4, 2, 3), (3, 3, 3)):
        yield Rule(_ID, groups, national.netherlands, "NL", context=context.NETHERLANDS)
    yield Rule(_ID, (11,), national.poland, "PL", context=context.POLAND)
    yield Rule(_ID, (6, 7), national.korea_checked, "KR", HYPHEN)
    yield Rule(_ID, (6, 7), national.korea, "KR", context=context.KOREA)
    yield Rule(_ID, (13,), national.korea, "KR", context=context.KOREA)
    yield Rule(_ID, (3, 3, 3, 2), national.russia_snils, "RU", frozenset("- "), alike=False)
    yield Rule(_ID, (11,), national.russia_snils, "RU", context=context.RUSSIA_SNILS)
    yield Rule(_ID, (12,), national.russia_inn, "RU", context=context.RUSSIA_INN)
    for groups in ((9,), (3, 3, 3)):
        yield Rule(_ID, groups, national.portugal, "PT", context=context.PORTUGAL)
    for groups in ((9,), (2, 7)):
        yield Rule(What.PASSPORT, groups, bool, context=context.PASSPORT)
    for groups in ((10,), (4, 6), (2, 2, 6)):
        yield Rule(What.PASSPORT, groups, bool, "RU", context=context.PASSPORT)
