"""What a chat of another wire format can say to a provider of responses.

Left out: what the format has no words for (stop sequences, a seed, several
choices …), and what only its own callers say (hosted tools, state, thoughts),
whose bytes pass as they came. An image or a file of a model's own is said as
the user's: a model's message holds nothing but text.
"""

from typing import Final

from optipath_snapshot import Saying

SAYINGS: Final = frozenset(
    {
        Saying.TOOLS,
        Saying.TOOL_CHOICE,
        Saying.ALLOWED_TOOLS,
        Saying.PARALLEL_TOOLS,
        Saying.STRICT_TOOLS,
        Saying.CUSTOM_TOOLS,
        Saying.RICH_RESULTS,
        Saying.IMAGE_DATA,
        Saying.IMAGE_URL,
        Saying.DOCUMENT_DATA,
        Saying.DOCUMENT_URL,
        Saying.DOCUMENT_TEXT,
        Saying.FILE_ID,
        Saying.CITATIONS,
        Saying.LATE_SYSTEM,
        Saying.JSON_MODE,
        Saying.JSON_SCHEMA,
        Saying.TOP_P,
        Saying.LOG_PROBS,
        Saying.THINKING,
        Saying.VERBOSITY,
        Saying.USER,
        Saying.SERVICE_TIER,
        Saying.STORE,
    }
)
