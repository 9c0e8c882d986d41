"""Conversations that more than one provider has answered."""

import json
from typing import Any

import pytest

from optipath_router.chat.conversation import Wire
from optipath_router.providers.responses.thoughts import SEAL, Sealed, seal, unseal
from optipath_router.providers.responses.unsealing import without_sealed

USER = {"role": "user", "content": f"what does {SEAL} mean?"}
OWN = {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "gAAA"}
FOREIGN = {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": seal(Sealed(Wire.MESSAGES, "sig"))}


def body(*items: Any) -> bytes:
    return json.dumps({"model": "m", "input": list(items), "new": {"a": [1.0, None]}}).encode()


def test_what_was_sealed_for_another_provider_is_left_out() -> None:
    assert json.loads(without_sealed(body(USER, OWN, FOREIGN))) == json.loads(body(USER, OWN))


UNTOUCHED = {
    "nothing sealed": body({"role": "user", "content": "hi"}, OWN),
    "only talk of it": body(USER),
    "no list": json.dumps({"input": SEAL}).encode(),
    "no JSON": b"{" + SEAL.encode(),
    "no objects": json.dumps({"input": [SEAL]}).encode(),
}


@pytest.mark.parametrize("told", UNTOUCHED.values(), ids=UNTOUCHED)
def test_all_else_passes_to_the_letter(told: bytes) -> None:
    assert without_sealed(told) == told


def test_a_seal_gives_back_what_it_was_given() -> None:
    for carried in (Sealed(), Sealed(Wire.GEMINI, "ü", "hidden"), Sealed(signature="s", call="call_1")):
        assert unseal(seal(carried)) == carried


def test_what_nobody_sealed_is_not_unsealed() -> None:
    assert unseal("gAAA") is None
    assert unseal(None) is None


@pytest.mark.parametrize("damaged", ["", "?", "e30", "eyJ3aXJlIjoibmV3In0="])
def test_a_damaged_seal_holds_nothing(damaged: str) -> None:
    assert unseal(SEAL + damaged) == Sealed()
