"""Sayings: what a request says that not every dialect can say.

A target whose dialect lacks one is left out, unless the policy allows the
loss, which a header then names. Plain text, system and developer messages,
temperature and a limit of tokens are no sayings: every dialect has them.
"""

from enum import StrEnum


class Saying(StrEnum):
    """One thing that a request says, spelled as policies name it."""

    TOOLS = "Tools"
    TOOL_CHOICE = "ToolChoice"
    """That a tool, or a certain one, must be called, or none may be."""
    ALLOWED_TOOLS = "AllowedTools"
    """That only some of the tools may be called."""
    PARALLEL_TOOLS = "ParallelTools"
    """Whether several tools may be called at once."""
    STRICT_TOOLS = "StrictTools"
    CUSTOM_TOOLS = "CustomTools"
    """Tools that take free text."""
    HOSTED_TOOLS = "HostedTools"
    """Tools that the provider runs, or what they said earlier."""
    TOOL_FAILED = "ToolFailed"
    """That a tool's result is a failure."""
    RICH_RESULTS = "RichResults"
    """Tool results that are more than text."""
    IMAGE_DATA = "ImageData"
    IMAGE_URL = "ImageURL"
    DOCUMENT_DATA = "DocumentData"
    DOCUMENT_URL = "DocumentURL"
    DOCUMENT_TEXT = "DocumentText"
    FILE_ID = "FileID"
    """A file that was uploaded to one provider."""
    AUDIO_INPUT = "AudioInput"
    AUDIO_OUTPUT = "AudioOutput"
    CITATIONS = "Citations"
    """That a document be cited, or citations in what was said earlier."""
    PREFILL = "Prefill"
    """The begin of the answer, which the model goes on with."""
    LATE_SYSTEM = "LateSystem"
    """System or developer messages after others have spoken."""
    JSON_MODE = "JSONMode"
    JSON_SCHEMA = "JSONSchema"
    SEVERAL_CHOICES = "SeveralChoices"
    STOP = "Stop"
    SEED = "Seed"
    TOP_P = "TopP"
    TOP_K = "TopK"
    PENALTIES = "Penalties"
    LOGIT_BIAS = "LogitBias"
    LOG_PROBS = "LogProbs"
    THINKING = "Thinking"
    """How much to think."""
    THOUGHTS = "Thoughts"
    """What the model thought earlier, with what proves it: of use only to its own provider."""
    VERBOSITY = "Verbosity"
    CACHE_MARKS = "CacheMarks"
    USER = "User"
    """Whom the caller serves, and other metadata."""
    NAMES = "Names"
    """Names of who speaks, beside their roles."""
    SERVICE_TIER = "ServiceTier"
    STORE = "Store"
    """That the provider keeps the answer."""
    HINTS = "Hints"
    """How the answer may be sent or sped up."""
    STATE = "State"
    """What the provider kept of an earlier answer."""
    OTHER = "Other"
    """A member that only the caller's dialect knows."""


USUALLY_LOST = frozenset(
    {
        Saying.HINTS,
        Saying.THOUGHTS,
        Saying.CACHE_MARKS,
        Saying.USER,
        Saying.NAMES,
        Saying.SERVICE_TIER,
        Saying.STORE,
        Saying.PARALLEL_TOOLS,
        Saying.STRICT_TOOLS,
        Saying.TOOL_FAILED,
    }
)
"""What no answer hangs on, and what frameworks say whatever they want: it may be lost where the policy says nothing."""
