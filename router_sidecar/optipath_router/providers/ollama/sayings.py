"""What Ollama's own API can be told by a chat of another wire format, as all are: no caller speaks Ollama's.

It is one model on one machine: it cannot be told that a tool must be called,
and fetches nothing from a URL.
"""

from typing import Final

from optipath_snapshot import Saying

SAYINGS: Final = frozenset(
    {
        Saying.TOOLS,
        Saying.IMAGE_DATA,
        Saying.DOCUMENT_TEXT,
        Saying.LATE_SYSTEM,
        Saying.JSON_MODE,
        Saying.JSON_SCHEMA,
        Saying.STOP,
        Saying.SEED,
        Saying.TOP_P,
        Saying.TOP_K,
        Saying.PENALTIES,
        Saying.THINKING,
    }
)
