"""Personal data and secrets, by where they stand."""

import sys
from collections.abc import Callable, Iterator
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.chat.features import Sensitivity
from optipath_router.classify.sensitivity import Found, What, scan, sensitivity
from router.classify.patterns import patterns_of, repeats
from support.labelled import Prompt, prompts, score


def seen(text: str) -> list[tuple[What, str]]:
    return [(found.what, text[found.start : found.end]) for found in sensitivity(text)]


# What issuers publish as examples and test values, and where.
PUBLISHED: dict[str, tuple[str, What, str | None]] = {
    "Stripe, Visa": ("4242424242424242", What.CARD, None),
    "Stripe, Mastercard of the 2-series": ("2223003122003222", What.CARD, None),
    "Stripe, American Express": ("3782 822463 10005", What.CARD, None),
    "Stripe, Discover": ("6011 1111 1111 1117", What.CARD, None),
    "Stripe, UnionPay": ("6200000000000005", What.CARD, None),
    "Adyen, JCB": ("3569 9900 1009 5841", What.CARD, None),
    "Adyen, Mastercard": ("5577 0000 5577 0004", What.CARD, None),
    "SWIFT IBAN registry, United Kingdom": ("GB29 NWBK 6016 1331 9268 19", What.IBAN, "GB"),
    "SWIFT IBAN registry, Germany": ("DE89370400440532013000", What.IBAN, "DE"),
    "SWIFT IBAN registry, France": ("FR14 2004 1010 0505 0001 3M02 606", What.IBAN, "FR"),
    "SWIFT IBAN registry, Norway, the shortest": ("NO93 8601 1117 947", What.IBAN, "NO"),
    "SWIFT IBAN registry, Malta, the longest": ("MT84MALT011000012345MTLCAST001S", What.IBAN, "MT"),
    "SSA, the number of Hilda Whitcher's wallet": ("078-05-1120", What.US_SSN, "US"),
    "GB 11643-1999, annex": ("11010519491231002X", What.NATIONAL_ID, "CN"),
    "Spain, the specimen DNI": ("12345678Z", What.NATIONAL_ID, "ES"),
    "Spain, the specimen NIE": ("X1234567L", What.NATIONAL_ID, "ES"),
    "France, Wikipedia's NIR": ("2 55 08 14 168 025 38", What.NATIONAL_ID, "FR"),
    "Germany, BZSt's test id": ("86 095 742 719", What.NATIONAL_ID, "DE"),
    "Italy, Agenzia delle Entrate's Mario Rossi": ("RSSMRA85T10A562S", What.NATIONAL_ID, "IT"),
    "Brazil, Receita's CPF": ("111.444.777-35", What.NATIONAL_ID, "BR"),
    "Brazil, Serpro's CNPJ": ("11.222.333/0001-81", What.NATIONAL_ID, "BR"),
    "India, UIDAI's test Aadhaar": ("Aadhaar 9999 4105 7058", What.NATIONAL_ID, "IN"),
    "HMRC's specimen": ("AB 12 34 56 C", What.NATIONAL_ID, "GB"),
    "NHS data dictionary": ("NHS number 943 476 5919", What.NATIONAL_ID, "GB"),
    "Netherlands, RvIG's test BSN": ("BSN 111222333", What.NATIONAL_ID, "NL"),
    "Poland, gov.pl's PESEL": ("PESEL 44051401359", What.NATIONAL_ID, "PL"),
    "Korea, the RRN of a specimen card": ("주민등록번호 820701-2409184", What.NATIONAL_ID, "KR"),
    "Japan, Digital Agency's specimen": ("マイナンバー 1234 5678 9018", What.NATIONAL_ID, "JP"),
    "Russia, the pension fund's SNILS": ("112-233-445 95", What.NATIONAL_ID, "RU"),
    "Russia, the tax service's INN": ("ИНН 500100732259", What.NATIONAL_ID, "RU"),
    "Portugal, a NIF": ("NIF 123456789", What.NATIONAL_ID, "PT"),
    "Ofcom's numbers for drama, mobile": ("07700 900123", What.PHONE, None),
    "NANPA's numbers for fiction": ("(212) 555-0123", What.PHONE, "US"),
    "Arcep's numbers for fiction": ("06 39 98 12 34", What.PHONE, "FR"),
    "RFC 5737": ("203.0.113.77", What.IP_ADDRESS, None),
    "RFC 3849": ("2001:db8:85a3::8a2e:370:7334", What.IP_ADDRESS, None),
    "RFC 2606": ("jane@example.com", What.EMAIL, None),
    "AWS documentation": ("AKIAIOSFODNN7EXAMPLE", What.AWS_KEY, None),
}


@pytest.mark.parametrize(("written", "what", "country"), PUBLISHED.values(), ids=PUBLISHED)
def test_what_issuers_publish_is_found(written: str, what: What, country: str | None) -> None:
    (found,) = sensitivity(f"(see {written}, please)")
    assert (found.what, found.country) == (what, country)


def test_the_token_of_rfc_7519_is_found_whole() -> None:
    # RFC 7519, section 3.1.
    jwt = (
        "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9"
        ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
        ".dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    )
    assert seen(f"Bearer {jwt}.") == [(What.JWT, jwt)]
    assert seen("Bearer " + jwt.replace("eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", "eyJub3RoaW5nIjoxfQ")) == []


# What looks much like it, and is not.
LOOKALIKES = {
    "a card with a wrong digit": "4242 4242 4242 4241",
    "one digit sixteen times": "0000 0000 0000 0000",
    "years in a row": "2019 2020 2021 2022",
    "a time in milliseconds": "1700000000000",
    "an IBAN with a wrong digit": "GB29 NWBK 6016 1331 9268 18",
    "an IBAN of no country": "ZZ29 NWBK 6016 1331 9268 19",
    "areas that SSA never gave out": "000-12-3456 666-12-3456 912-34-5678",
    "a DNI with a wrong letter": "12345678A",
    "a resident id with a wrong sign": "110105194912310021",
    "a resident id of no day": "11010519491331002X",
    "a codice fiscale with a wrong letter": "RSSMRA85T10A562T",
    "a UUID": "550e8400-e29b-41d4-a716-446655440000",
    "a hash": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "an ISBN": "978-0-13-468599-1",
    "private addresses": "127.0.0.1, 10.1.2.3, 192.168.0.10 and ::1",
    "a version": "version 10.2.4.1",
    "a number that is free to call": "1-800-356-9377",
    "money": "$4242424242424242",
    "a decorator and a handle": "@app.get and @jane",
    "a mailbox that nobody reads": "no-reply@example.com",
    "a placeholder of a key": "OPENAI_API_KEY=sk-your-key-here",
    "a password that is read": 'password = getpass.getpass("Password: ")',
    "a password that is typed": "def login(user: str, password: str) -> Token: ...",
    "a password in an environment": "password=${DB_PASSWORD} token=$TOKEN",
    "a password that is spoken of": "The password is incorrect, my password is not accepted.",
    "a URL without a password": "https://example.com:8080/path?q=a@b",
    "a public key": "-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0\n-----END PUBLIC KEY-----",
    "a day of history": "The wall fell on 9 November 1989.",
    "somebody long dead": "Mozart was born on 27 January 1756 in Salzburg.",
    "a street that anybody may speak of": "Sherlock Holmes lived at 221B Baker Street.",
    "a name alone": "My name is John Smith.",
    "an order": "order 4155552671",
}


@pytest.mark.parametrize("text", LOOKALIKES.values(), ids=LOOKALIKES)
def test_what_only_looks_so_is_not_found(text: str) -> None:
    assert seen(text) == []


WRITTEN: dict[str, tuple[str, list[tuple[What, str]]]] = {
    "in full width": (
        "卡号４２４２　４２４２　４２４２　４２４２",
        [(What.CARD, "４２４２　４２４２　４２４２　４２４２")],
    ),
    "between other numbers": ("7 of 4242 4242 4242 4242 99", [(What.CARD, "4242 4242 4242 4242")]),
    "right behind Han characters": ("邮箱wang@example.cn谢谢", [(What.EMAIL, "wang@example.cn")]),
    "in JSON": ('{"mail":"a.b+c@example.org","n":1}', [(What.EMAIL, "a.b+c@example.org")]),
    "an e-mail at the end of a sentence": ("Ask jo@example.com.", [(What.EMAIL, "jo@example.com")]),
    "a password in a URL, not its e-mail": (
        "postgres://bob:s3cret@db.example.com:5432/app",
        [(What.CONNECTION_STRING, "postgres://bob:s3cret@db.example.com:5432/app")],
    ),
    "two things in a row": (
        "+49 171 1234567, 415-555-2671",
        [(What.PHONE, "+49 171 1234567"), (What.PHONE, "415-555-2671")],
    ),
    "a name, once there is data beside it": (
        "My name is John Smith, mail js@example.com",
        [(What.PERSON_NAME_WITH_DATA, "John Smith"), (What.EMAIL, "js@example.com")],
    ),
    "a birthday with the month first": (
        "I was born on March 12, 1985.",
        [(What.DATE_OF_BIRTH, "march 12, 1985".title())],
    ),
    "Corsica": ("1 84 12 2A 004 003 46", [(What.NATIONAL_ID, "1 84 12 2A 004 003 46")]),
}


@pytest.mark.parametrize(("text", "found"), WRITTEN.values(), ids=WRITTEN)
def test_where_it_stands(text: str, found: list[tuple[What, str]]) -> None:
    assert seen(text) == found


def test_a_private_key_is_found_to_its_end_and_one_that_is_cut_off_by_its_head() -> None:
    head, tail = "-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----"
    body = "\n".join(["MIIEowIBAAKCAQEA0Z3VS5JJcds3xfn"] * 25)
    assert seen(f"a\n{head}\n{body}\n{tail}\nb") == [(What.PRIVATE_KEY, f"{head}\n{body}\n{tail}")]
    assert (What.PRIVATE_KEY, head) in seen(f"a\n{head}\n{body}")


def test_a_secret_in_the_middle_of_a_long_prompt_counts() -> None:
    prose = "The harbour was enlarged in 1900, and trade grew. " * 4000
    assert seen(f"{prose} AKIAIOSFODNN7EXAMPLE {prose}") == [(What.AWS_KEY, "AKIAIOSFODNN7EXAMPLE")]


def test_kinds() -> None:
    assert {found.kind for found in sensitivity("AKIAIOSFODNN7EXAMPLE jane@example.com")} == set(Sensitivity)
    assert What.HIGH_ENTROPY_ASSIGNED.kind is Sensitivity.SECRET
    assert What.CARD.kind is Sensitivity.PII


# Pieces that detectors look for, so that texts of them come near to being found in many ways at once.
PIECES = st.sampled_from(
    [
        *(
            "4242",
            "4242424242424242",
            "-",
            " ",
            ".",
            ",",
            "\n",
            "+",
            "(",
            ")",
            "/",
            "@",
            ":",
            "=",
            "'",
            '"',
            "::",
            "://",
        ),
        *("07700 900123", "+49 171 1234567", "jane@example.com", "GB29NWBK60161331926819", "12345678Z", "078-05-1120"),
        *(
            "-----BEGIN RSA PRIVATE KEY-----",
            "-----END RSA PRIVATE KEY-----",
            "AKIAIOSFODNN7EXAMPLE",
            "eyJ",
            "sk-",
            "ghp_",
        ),
        *(
            "password",
            "my password is ",
            "hunter2!",
            "token=",
            "f3a9c1e07b5d42a8",
            "born",
            "I was born on ",
            "12.3.1985",
            "İ",
        ),
        *(
            "My name is John Smith",
            "我叫王小明",
            "电话",
            "13800138000",
            "北京市朝阳区建国路88号",
            "12 Baker Street, London NW1 6XE",
        ),
        *(
            "203.0.113.7",
            "2001:db8::1:2",
            "postgres://a:b1!@h/d",
            "１２３４",
            "　",
            "пароль: ",
            "Passport",
            "\u00a0",
            "–",
        ),
    ]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(PIECES, max_size=40).map("".join))


@given(TEXTS)
def test_any_text_has_finds_in_order_that_share_no_character(text: str) -> None:
    at = 0
    for found in sensitivity(text):
        assert at <= found.start < found.end <= len(text)
        at = found.end


@given(TEXTS, st.integers(1, 60), st.sampled_from(["", "plain words go here, "]))
def test_slices_of_any_size_find_the_same(text: str, size: int, between: str) -> None:
    text = text + between * 60 + text
    assert sliced(text, size) == sensitivity(text)


@pytest.mark.parametrize("size", [1, 7, 100, 4096, 100_000])
def test_what_straddles_slices_is_found(size: int) -> None:
    text = " and ".join(written for written, _, _ in PUBLISHED.values()) * 3
    assert sliced(text, size) == sensitivity(text)
    assert len(sensitivity(text)) >= 3 * len(PUBLISHED) - 6


def sliced(text: str, size: int) -> tuple[Found, ...]:
    return tuple(found for part in scan(text, size) for found in part)


def test_a_step_is_made_for_each_slice() -> None:
    assert len(list(scan("a" * 10_000, 1000))) == 11


def test_slices_of_nothing_are_refused() -> None:
    with pytest.raises(ValueError, match="slice_chars must be at least 1, and is 0"):
        next(scan("a", 0))


def luhn_digit(digits: str) -> str:
    total = sum(sum(divmod(int(digit) * (2 - place % 2), 10)) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


CARDS = st.from_regex(r"(?:4[0-9]|5[1-5])[0-9]{13}", fullmatch=True).map(lambda digits: digits + luhn_digit(digits))


@given(CARDS, st.sampled_from(["", " ", "-", ".", "\u00a0", "　"]))
def test_a_card_is_found_with_any_separator(card: str, separator: str) -> None:
    written = separator.join((card[:4], card[4:8], card[8:12], card[12:]))
    assert (What.CARD, written) in seen(f"pay with {written} now")


@given(CARDS, st.integers(0, 15), st.integers(1, 9))
def test_with_one_digit_changed_it_is_no_card(card: str, place: int, by: int) -> None:
    changed = card[:place] + str((int(card[place]) + by) % 10) + card[place + 1 :]
    assert What.CARD not in {what for what, _ in seen(f"pay with {changed} now")}


EVIL = (
    *("1", "12 ", "1-", "1.", "(1) ", "4242 4242 4242 4242 ", "4242-", "a1", "A1 ", "１", "1.1.1.1.", "1:", "a:1:"),
    *(
        "@",
        "a@",
        "a@a.",
        "a@a.aa ",
        "@a.a.a.a.a.",
        ".@",
        "://",
        "a://b:c@d",
        "://a:",
        "_",
        "sk-",
        "sk-a",
        "ghp_",
        "eyJ",
        "eyJa.eyJa.",
    ),
    *(
        "-----BEGIN ",
        "-----BEGIN RSA PRIVATE KEY-----",
        "password",
        "password ",
        "password: ",
        "password is ",
        "key=",
        "token:",
    ),
    *(
        "Via ",
        "Via Roma 1, ",
        "12 rue de ",
        "ул. ",
        "北京市",
        "路1号",
        "我叫",
        "My name is A ",
        "born 1.1.1985 ",
        "a",
        "İ",
        " ",
        "\n",
    ),
)


@pytest.mark.parametrize("unit", EVIL)
def test_twice_the_text_is_no_more_than_twice_the_work(unit: str) -> None:
    text = unit * (16_000 // len(unit))
    assert calls(lambda: sensitivity(text * 2)) <= 2.3 * calls(lambda: sensitivity(text)) + 200


def calls(work: Callable[[], object]) -> int:
    """How many functions, ours and C's, are called for some work."""
    count = 0

    def on_event(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(on_event)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def test_no_pattern_can_run_away() -> None:
    """What a call costs is bounded, too: each repetition has an end, and one within another has few."""
    patterns = list(patterns_of("optipath_router.classify.sensitivity"))
    assert len(patterns) > 40
    for pattern in patterns:
        for outer, inner in repeats(pattern):
            assert outer <= 16_384, pattern.pattern
            assert inner == 1 or outer * inner <= 1024, pattern.pattern


def whats(prompt: Prompt) -> frozenset[str]:
    return frozenset(found.what.value for found in sensitivity(prompt.text))


def kinds(prompt: Prompt) -> frozenset[str]:
    return frozenset(found.kind.value for found in sensitivity(prompt.text))


def test_held_out_prompts_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    held_out = [prompt for prompt in prompts("sensitivity") if prompt.held_out]
    by_kind = score(held_out, kinds, lambda prompt: prompt.kinds)
    by_what = score(held_out, whats, lambda prompt: prompt.what)
    with capsys.disabled():
        lines = [f"sensitivity, {len(held_out)} held-out prompts", *by_kind.lines(), "by what", *by_what.lines()]
        print("", *lines, sep="\n")  # noqa: T201
    assert by_kind.whole.precision >= 0.97
    assert by_kind.whole.recall >= 0.93
    assert min(tally.recall for tally in by_kind.languages.values()) >= 0.8
    assert by_what.whole.precision >= 0.95
    assert by_what.whole.recall >= 0.9


def counted(topic: str) -> Iterator[tuple[str, int]]:
    languages = [prompt.language for prompt in prompts(topic)]
    return ((language, languages.count(language)) for language in sorted(set(languages)))


def test_there_are_forty_prompts_a_language() -> None:
    for topic in ("sensitivity", "timeliness"):
        assert len(list(counted(topic))) == 10
        assert min(count for _, count in counted(topic)) >= 40
