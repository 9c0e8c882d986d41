"""What a codec says it can say, it writes; of what it cannot say it leaves no trace."""

import pytest

from optipath_router.chat.says import says
from optipath_snapshot import Saying
from support.kit.chats import PAIRS
from support.kit.entries import PROVIDERS

pytestmark = [pytest.mark.row("D38", "E24")]

MEANT_OTHERWISE = {
    Saying.PREFILL: "what was said stays, as an earlier message of the model's; that it be gone on with is lost",
    Saying.FILE_ID: "whether Anthropic has the file only Anthropic can tell",
    Saying.USER: "of whom the caller serves, Anthropic can be told the one member `user_id`",
}
"""What may be written though it cannot be said, once the policy allows its loss."""


def test_every_saying_has_a_chat_that_says_it_and_one_that_does_not() -> None:
    assert set(PAIRS) == set(Saying)
    for saying, (without, with_it) in PAIRS.items():
        assert saying in says(with_it)
        assert saying not in says(without)


@pytest.mark.parametrize("saying", Saying)
@pytest.mark.parametrize("name", PROVIDERS)
def test_a_saying_is_written_where_it_can_be_said_and_nowhere_else(name: str, saying: Saying) -> None:
    codec = PROVIDERS[name].codec
    without, with_it = (codec.write_chat(chat, "m", streams=False) for chat in PAIRS[saying])
    if saying in codec.sayings:
        assert with_it != without
    elif saying not in MEANT_OTHERWISE:
        assert with_it == without
