"""What the Messages API can say of a chat that came in another wire format.

Not among them is what only its own callers can mean: hosted tools, files by id and thoughts are of one provider.
Of whom the caller serves only `user` can be told (as `metadata.user_id`, and it is), not names and other metadata.
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
        Saying.TOOL_FAILED,
        Saying.RICH_RESULTS,
        Saying.IMAGE_DATA,
        Saying.IMAGE_URL,
        Saying.DOCUMENT_DATA,
        Saying.DOCUMENT_URL,
        Saying.DOCUMENT_TEXT,
        Saying.PREFILL,
        Saying.JSON_SCHEMA,
        Saying.STOP,
        Saying.TOP_P,
        Saying.TOP_K,
        Saying.THINKING,
        Saying.CACHE_MARKS,
    }
)
