"""The vocabulary: rows by checksum."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optipath_router.classify.model.vocabulary import Vocabulary, checksum

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=12)


@given(st.sets(WORD, max_size=50), st.sets(WORD, max_size=50))
def test_exactly_the_known_words_have_rows(known: set[str], asked: set[str]) -> None:
    checksums = sorted({checksum(word) for word in known})
    rows = Vocabulary(array("I", checksums)).rows(asked)
    assert sorted(checksums[row] for row in rows) == sorted(
        checksum(word) for word in asked if checksum(word) in checksums
    )


def test_checksums_out_of_order_are_refused() -> None:
    with pytest.raises(ValueError, match="do not ascend"):
        Vocabulary(array("I", [2, 1]))
