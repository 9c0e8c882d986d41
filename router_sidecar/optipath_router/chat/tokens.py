"""How many tokens a text has, without a tokenizer.

A token of English is about four characters; a character of Chinese, Japanese
or Korean is about one token, one of Cyrillic or Greek half of one. UTF-8
tells them apart by itself: they take two bytes more than an ASCII character
takes, and one byte more.
"""

from typing import Final

_LONGEST_TOKEN: Final = 16
"""Characters. Providers stream a token at a time, or many at once; hardly a single token is longer than this."""


def text_tokens(text: str) -> int:
    """An estimate of a text's tokens."""
    characters = len(text)
    if text.isascii():
        return (characters + 3) // 4
    wide = (len(text.encode("utf-8", "surrogatepass")) - characters) / 2
    return round((characters - wide) / 4 + wide) or 1


def piece_tokens(text: str) -> int:
    """An estimate of the tokens in one piece of a stream: a short one is a single token."""
    return min(len(text), 1) if len(text) <= _LONGEST_TOKEN else text_tokens(text)
