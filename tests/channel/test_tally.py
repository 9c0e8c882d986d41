"""Routers counted, and the condition they give."""

from typing import Any

import pytest

from optipath_operator.channel.router import Router, State
from optipath_operator.channel.tally import Tally, propagated, tally

CONDITIONS: dict[str, tuple[dict[str, Any], str, str]] = {
    "nobody": ({}, "True NoRouters", "0/0"),
    "all": ({"agree": 12}, "True Propagated", "12/12"),
    "one stale": ({"agree": 11, "stale": 1}, "False Stale", "11/12"),
    "some out of reach": ({"agree": 10, "out_of_reach": 2}, "True Propagated", "10/12"),
    "all out of reach": ({"out_of_reach": 12}, "Unknown OutOfReach", "0/12"),
    "stale and out of reach": ({"agree": 1, "stale": 1, "out_of_reach": 1}, "False Stale", "1/3"),
    "one starts": ({"agree": 11, "unasked": 1}, "True Propagated", "11/12"),
    "all start": ({"unasked": 2}, "Unknown Pending", "0/2"),
    "on its way": ({"agree": 1, "unasked": 11, "waits": True}, "Unknown Pending", "1/12"),
    "no key": ({"unasked": 3, "shut": True}, "Unknown NotAsked", "?/3"),
    "no key and nobody": ({"shut": True}, "True NoRouters", "0/0"),
}


@pytest.mark.parametrize(("counts", "said", "figure"), CONDITIONS.values(), ids=CONDITIONS)
def test_what_a_policy_says_of_its_routers(counts: dict[str, Any], said: str, figure: str) -> None:
    counted = Tally(**counts)
    made = propagated(counted, 7)
    assert (f"{made.status} {made.reason}", counted.figure) == (said, figure)
    assert made.observed_generation == 7


def test_a_message_tells_how_many_and_where_to_look() -> None:
    stale = propagated(Tally(agree=9, stale=2, out_of_reach=1, example="chat-7"), 1).message
    assert stale == (
        "2 of 12 routers have another configuration than the newest, such as pod 'chat-7'; 1 could not be asked"
    )
    assert "2 of 12 routers could not be asked, such as pod 'x'" in propagated(Tally(10, 0, 2, example="x"), 1).message
    assert "NetworkPolicy" in propagated(Tally(out_of_reach=2, example="x"), 1).message


def test_routers_are_counted_by_the_labels_of_their_pods_and_the_example_is_always_the_same() -> None:
    def router(state: State, **labels: str) -> Router:
        return Router("uid", "10.0.0.1", ready=True, labels=labels, state=state)

    routers = {
        "b": router(State.STALE, app="chat", tier="web"),
        "a": router(State.STALE, app="chat"),
        "c": router(State.AGREES, app="chat"),
        "d": router(State.AGREES, app="mail"),
        "e": router(State.LEAVING, app="chat"),
    }
    chat = tally(routers, {"app": "chat"}, shut=False)
    assert (chat.agree, chat.stale, chat.total, chat.example) == (1, 2, 3, "a")
    assert tally(routers, {}, shut=False).total == 4
    assert tally(dict(reversed(routers.items())), {"app": "chat"}, shut=False) == chat
