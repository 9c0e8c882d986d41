"""How much of a text is searched, counted by what that takes."""

from hypothesis import given
from hypothesis import strategies as st

from optipath_router.classify.effort import LOOKED_THROUGH, NUMBER, up_to, weight
from optipath_router.classify.narrowed import narrowed

pieces = st.lists(st.text(alphabet="ab1 @é１", max_size=40), max_size=6)


def test_prose_weighs_its_characters_and_a_number_as_many_more() -> None:
    assert weight("two words") == 9
    assert weight("call 030 1234") == 13 + 2 * NUMBER
    assert weight("a@b") == 3 + NUMBER
    assert weight("１２") == weight("1é") > weight("12")


@given(pieces=pieces, most=st.integers(0, 3000))
def test_what_is_searched_is_the_beginning_and_is_called_cut_where_it_is_not_all(pieces: list[str], most: int) -> None:
    whole = "\n".join(pieces)
    text, cut = up_to(most, pieces)
    assert whole.startswith(text)
    assert cut or text == whole
    assert len(text) <= most + len(pieces)


@given(pieces=pieces)
def test_little_text_is_searched_as_whole(pieces: list[str]) -> None:
    assert up_to(LOOKED_THROUGH, pieces) == ("\n".join(pieces), False)


def test_of_a_table_less_is_searched_than_of_a_book() -> None:
    table, cut = up_to(LOOKED_THROUGH, ["(030) 123-4567\n" * 60_000])
    assert cut
    assert 10_000 < len(table) < LOOKED_THROUGH / 10


@given(text=st.text())
def test_plain_signs_stand_where_wide_ones_stood(text: str) -> None:
    mixed = f"{text}１＠："
    assert len(narrowed(mixed)) == len(mixed)
    assert narrowed(mixed).endswith("1@:")
