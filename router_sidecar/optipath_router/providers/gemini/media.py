"""Pictures, documents and sounds as Gemini wants them: the data with its media type, or where it lies."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from optipath_router.chat.conversation import Audio, Document, Image, Wire
from optipath_router.providers.members import refused, said_again

_AUDIO: Final[Mapping[str, str]] = {"mp3": "audio/mpeg", "pcm16": "audio/pcm"}
_BY_SUFFIX: Final[Mapping[str, str]] = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".heic": "image/heic",
    ".pdf": "application/pdf",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".csv": "text/csv",
    ".mp3": "audio/mpeg",
    ".wav": "audio/wav",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
}
"""Of a URL, where nobody tells what is behind it."""


def media(part: Image | Document | Audio) -> Iterator[dict[str, Any]]:
    """What it becomes; nothing where only another provider knows it."""
    extra = said_again(part.extra, Wire.GEMINI)
    if isinstance(part, Audio):
        if part.data is not None:
            form = part.format or ""
            yield {**_inline(part.data, _AUDIO.get(form, f"audio/{form}") if form else None), **extra}
        elif part.transcript:
            yield {"text": part.transcript}
    elif part.data is not None:
        yield {**_inline(part.data, part.media_type), **extra}
    elif part.url is not None:
        yield {**_at(part.url, part.media_type), **extra}
    elif isinstance(part, Document) and part.text is not None:
        yield {**_inline(b64encode(part.text.encode()).decode(), "text/plain"), **extra}


def _inline(data: str, media_type: str | None) -> dict[str, Any]:
    if not media_type:
        raise refused("messages", "has a file without a media type, which Gemini must be told")
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _at(url: str, media_type: str | None) -> dict[str, Any]:
    """A file that Gemini fetches: by any URL, or by the one under which it was uploaded."""
    kind = media_type or _BY_SUFFIX.get(PurePosixPath(urlsplit(url).path).suffix.lower())
    return {"fileData": {"fileUri": url, **({"mimeType": kind} if kind else {})}}
