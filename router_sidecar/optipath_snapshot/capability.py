"""What models can do: the words that resources, catalogue and router share."""

from enum import StrEnum


class Capability(StrEnum):
    """One thing that a model can do, and a request may need."""

    CHAT = "Chat"
    COMPLETIONS = "Completions"
    RESPONSES = "Responses"
    EMBEDDINGS = "Embeddings"
    IMAGES = "Images"
    TRANSCRIPTION = "Transcription"
    SPEECH = "Speech"
    MODERATION = "Moderation"
    RERANK = "Rerank"
    TOOLS = "Tools"
    PARALLEL_TOOLS = "ParallelTools"
    VISION = "Vision"
    AUDIO_INPUT = "AudioInput"
    AUDIO_OUTPUT = "AudioOutput"
    DOCUMENTS = "Documents"
    JSON_MODE = "JSONMode"
    JSON_SCHEMA = "JSONSchema"
    REASONING = "Reasoning"
    PROMPT_CACHE = "PromptCache"
    WEB_SEARCH = "WebSearch"
    LOG_PROBS = "LogProbs"
