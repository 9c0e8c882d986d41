"""What Gemini can be told by a chat of another wire format, as all are: no caller speaks Gemini's.

It cannot be told that tools be called one at a time, who the user is, or
where to cache; and there is no place for a system message but the beginning.
Thoughts are not among it, as those of other models cannot be said; Gemini's
own are said all the same, where a caller gives them back.
"""

from typing import Final

from optipath_snapshot import Saying

SAYINGS: Final = frozenset(
    {
        Saying.TOOLS,
        Saying.TOOL_CHOICE,
        Saying.ALLOWED_TOOLS,
        Saying.STRICT_TOOLS,
        Saying.TOOL_FAILED,
        Saying.RICH_RESULTS,
        Saying.IMAGE_DATA,
        Saying.IMAGE_URL,
        Saying.DOCUMENT_DATA,
        Saying.DOCUMENT_URL,
        Saying.DOCUMENT_TEXT,
        Saying.AUDIO_INPUT,
        Saying.JSON_MODE,
        Saying.JSON_SCHEMA,
        Saying.SEVERAL_CHOICES,
        Saying.STOP,
        Saying.SEED,
        Saying.TOP_P,
        Saying.TOP_K,
        Saying.PENALTIES,
        Saying.LOG_PROBS,
        Saying.THINKING,
    }
)
