"""What of a text is looked at: its head and tail, without what it quotes."""

import re
from typing import Final

HEAD: Final = 3000
TAIL: Final = 1000

# Quotes and code speak of something; they ask for nothing. Each alternative ends at a sign that it does not contain.
_QUOTED: Final = re.compile(
    r"```[^`]{0,4000}(?:```|\Z)|`[^`\n]{1,400}`|\"[^\"\n]{2,600}\"|“[^”]{2,600}”|„[^“”]{2,600}[“”]|"
    r"«[^»]{2,600}»|「[^」]{1,600}」|『[^』]{1,600}』|‘[^’\n]{2,400}’(?!\w)|'(?<!\w')[^'\n]{2,400}'(?!\w)"
)
_QUOTES: Final = re.compile("[\"“„«「『‘'`]")
_WORDS: Final = re.compile(r"[^\W_]+|[?!.:;\n]|[。！？：；]")
_SIGNS: Final = {"。": ".", "！": "!", "？": "?", "：": ":", "；": ";", "\n": "."}


def view(text: str) -> str:
    """Head and tail in lower case, quotes blanked."""
    if len(text) > HEAD + TAIL:
        text = f"{text[:HEAD]}\n{text[-TAIL:]}"
    if _QUOTES.search(text):
        text = _QUOTED.sub(' " ', text)
    return text.lower()


def tokens(text: str) -> list[str]:
    """Words, and the signs that end sentences."""
    found: list[str] = _WORDS.findall(text)
    return found if text.isascii() and "\n" not in text else [_SIGNS.get(word, word) for word in found]


def dense(text: str) -> str:
    """The same for a script that writes no spaces: its sentences, with signs as ASCII has them."""
    for wide, narrow in _SIGNS.items():
        if wide in text:
            text = text.replace(wide, narrow)
    return text


def phrase(written: str, *, has_spaces: bool) -> str:
    """A phrase of a word list as it stands in a view."""
    if not has_spaces:
        return written.lower()
    said = " ".join(tokens(written.rstrip("*").lower()))
    return f" {said}" if written.endswith("*") else f" {said} "
