"""The features that only an understanding of the text gives: those that a policy asks for, and no others."""

import logging
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from optipath_router.chat.features import Features, Modality, Sensitivity, TaskType, Timeliness
from optipath_router.chat.request import Asked, ChatRequest
from optipath_router.classify.effort import LOOKED_THROUGH, up_to
from optipath_router.classify.hints import LATENCY, hints
from optipath_router.classify.senses import OF_MODEL, Found, Senses, Timely
from optipath_router.classify.view import message_text, question, said

log = logging.getLogger(__name__)

_END: Final = 4_096
"""Characters at either end of a message that tell its conversation from others; a long template may begin them all."""

T = TypeVar("T")
K = TypeVar("K")


def understand(
    seen: Features,
    request: ChatRequest,
    wanted: frozenset[str],
    senses: Senses,
    *,
    models: Iterable[str],
    at: Callable[[], float],
    hinted: bool,
) -> Features:
    """The features with those that are wanted, as far as there are senses for them.

    A hint is taken before a sense is asked, where hints count. `models` are
    those whose quality is of interest, and `at` tells the time since 1970. A
    sense that fails leaves its features unknown: an answer from some model is
    better than none, and data boundaries take what is not known for sensitive.
    """
    return replace(seen, **_Looking(seen, request.asked, senses, models, hinted=hinted).all_of(wanted, at))


class _Looking:
    """One request that is being looked at, and what has been found."""

    def __init__(self, seen: Features, asked: Asked, senses: Senses, models: Iterable[str], *, hinted: bool) -> None:
        self._asked, self._senses, self._models = asked, senses, models
        self._modalities = seen.modalities
        self._question: str | None = None
        self._spoken: str | None = None
        """The language, once the routing model has told it."""
        self._values: dict[str, Any] = {}
        self._seen: dict[str, str] = {}
        given = {hint.feature: hint for hint in hints(seen.headers or {})}
        self._hints = given if hinted else {}
        if given and not hinted:
            self._seen["hints"] = "ignored: no policy allows them"

    def all_of(self, wanted: frozenset[str], at: Callable[[], float]) -> dict[str, Any]:
        """The values of the features that are wanted."""
        missing = wanted - {name for name in wanted if self._hint(name)}
        if "at" in missing:
            self._values["at"] = at()
        if "conversation" in missing:
            self._values["conversation"] = conversation(self._asked)
        if missing & OF_MODEL:
            self._ask_model(missing)
        if "language" in missing:
            self._language()
        if "timeliness" in missing:
            self._timeliness()
        if "timeliness" in wanted:
            self._hint_of_latency()
        if "sensitivity" in missing:
            self._sensitivity()
        if "language" not in wanted:
            # Timeliness had to know it, and nobody else.
            self._values.pop("language", None)
            self._seen.pop("language", None)
        return self._values | {"seen": self._seen}

    def _hint(self, feature: str) -> bool:
        """Take a hint for a feature; whether there is one that is understood."""
        hint = self._hints.get(feature)
        if hint is None:
            return False
        if hint.value is None:
            self._seen[feature] = f"{hint.header} ignored: it is not {hint.wanted}"
            return False
        self._values[feature], self._seen[feature] = hint.value, hint.header
        return True

    def _hint_of_latency(self) -> None:
        hint = self._hints.get(LATENCY)
        if hint is None:
            return
        if hint.value is None:
            self._note("timeliness", f"{hint.header} ignored: it is not {hint.wanted}")
            return
        if not hint.value and "timeliness" not in self._values:
            # That it has time says nothing of whether it is fresh, and nobody else has looked.
            return
        if "timeliness" not in self._values:
            self._values["freshness_known"] = False
        others = self._values.get("timeliness", frozenset()) - {Timeliness.URGENT}
        self._values["timeliness"] = others | {Timeliness.URGENT} if hint.value else others
        self._note("timeliness", hint.header)

    def _ask_model(self, missing: frozenset[str]) -> None:
        model = self._senses.model
        if model is None or not self._text:
            return

        def predicted() -> tuple[str, dict[str, Any], dict[str, str]]:
            said = model(self._text)
            values = {
                "tasks": tuple((TaskType(name), probability) for name, probability in said.tasks),
                "domain": said.domain,
                "difficulty": said.difficulty,
                "known_quality": said.outlook.known(self._models) if "known_quality" in missing else None,
            }
            return said.language, values, {"tasks": _list(said.cues), "difficulty": _list(said.difficulty_cues)}

        found = self._felt("routing model", missing & OF_MODEL, predicted)
        if found is not None:
            self._spoken, values, cues = found
            for name in missing & OF_MODEL:
                self._values[name] = values[name]
                self._note(name, "routing model" + (f": {told}" if (told := cues.get(name)) else ""))

    def _language(self) -> str | None:
        """The language, which others need to know, too."""
        if "language" in self._values or self._hint("language"):
            known: str | None = self._values["language"]
            return known
        language, found = self._senses.language, self._spoken
        if found is None:
            if language is None or not self._text:
                return None
            found = self._felt("language", {"language"}, lambda: language(self._text))
        self._values["language"] = found
        if found is not None:
            self._note("language", "script and words")
        return found

    def _timeliness(self) -> None:
        timeliness = self._senses.timeliness
        if timeliness is None:
            return
        told = self._language() or ""
        found = self._felt("timeliness", {"timeliness"}, lambda: _sorted_out(Timeliness, timeliness(self._text, told)))
        if found is not None:
            self._values["timeliness"], words = found
            self._note("timeliness", words)

    def _sensitivity(self) -> None:
        sensitivity = self._senses.sensitivity
        if sensitivity is None:
            return
        unread = False

        def texts() -> Iterator[str]:
            nonlocal unread
            for text in said(self._asked, LOOKED_THROUGH):
                if text is None:
                    unread = True
                else:
                    yield text

        text, cut = up_to(LOOKED_THROUGH, texts())
        found = self._felt("sensitivity", {"sensitivity"}, lambda: _sorted_out(Sensitivity, sensitivity(text)))
        if found is None:
            return
        self._values["sensitivity"], words = found
        self._note("sensitivity", words)
        unseen: list[str] = sorted(self._modalities - {Modality.TEXT})
        if not unseen and unread:
            unseen.append("a part of another kind")
        if cut:
            unseen.append(f"all beyond {len(text)} characters")
        if unseen:
            self._values["looked_through"] = False
            self._note("sensitivity", f"not looked through: {', '.join(unseen)}")

    @property
    def _text(self) -> str:
        if self._question is None:
            self._question = question(self._asked)
        return self._question

    def _felt(self, sense: str, features: Iterable[str], ask: Callable[[], T]) -> T | None:
        """What a sense answers; None where it fails, which is noted."""
        try:
            return ask()
        except Exception as problem:  # noqa: BLE001  whatever it is, the request goes on without this feature
            # Its message may quote the text.
            log.warning("a sense failed, and what it should see is unknown: %s, %s", sense, type(problem).__name__)
            for name in features:
                self._note(name, f"unknown: the sense failed with {type(problem).__name__}")
            return None

    def _note(self, feature: str, source: str) -> None:
        before = self._seen.get(feature)
        self._seen[feature] = f"{before}; {source}" if before else source


def conversation(asked: Asked) -> str:
    """A digest of how a conversation began, up to what its user said first: the same for each of its turns."""
    digest = blake2b(digest_size=8)
    for message in asked.messages:
        text = message_text(message)
        ends = text if len(text) <= 2 * _END else text[:_END] + text[-_END:]
        digest.update(f"{message.role}\0{len(text)}\0{ends}\0".encode("utf-8", "surrogatepass"))
        if message.role == "user":
            break
    return digest.hexdigest()


def _sorted_out(kinds: Callable[[str], K], found: Iterable[Found | Timely]) -> tuple[frozenset[K], str]:
    """The kinds of what was found, and the words for it."""
    listed = tuple(found)
    words = ", ".join(sorted({each.what for each in listed})) or "nothing found"
    return frozenset(kinds(each.kind) for each in listed), words


def _list(words: Iterable[str]) -> str:
    return ", ".join(words)
