"""The conformance kit: the same questions for every codec.

    answers.py   what providers say, in our words, and as deltas
    chats.py     for each saying, a chat that says it and one that does not
    entries.py   every codec that is asked, with what it says the answers by

A new dialect is one entry; tests/router/providers/conformance asks it everything.
"""
