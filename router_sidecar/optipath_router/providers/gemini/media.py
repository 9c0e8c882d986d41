"""Pictures, documents and sounds as Gemini wants them: the data with its media type, or where it lies."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urlsplit

from optipath_router.chat.conversation import Audio, Document, Image, Wire
from optipath_router.providers.members import said_again
from optipath_router.providers.unsayable import unsayable

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
"""Of a URL or a file, where nobody tells what is in it."""
_PDF: Final = "application/pdf"


def media(part: Image | Document | Audio, place: str) -> Iterator[dict[str, Any]]:
    """What it becomes; nothing where only another provider knows it.

    Raises TargetUnavailable, which names the place, where nothing tells the media type.
    """
    extra = said_again(part.extra, Wire.GEMINI)
    if isinstance(part, Audio):
        if part.data is not None:
            if not part.format:
                raise unsayable(place, "holds a sound without a format, which Gemini must be told")
            yield {**_inline(part.data, _AUDIO.get(part.format, f"audio/{part.format}")), **extra}
        elif part.transcript:
            yield {"text": part.transcript}
    elif part.data is not None:
        kind = part.media_type or (_kind_of(part) if isinstance(part, Document) else None)
        if not kind:
            raise unsayable(place, "holds a picture without a media type, which Gemini must be told")
        yield {**_inline(part.data, kind), **extra}
    elif part.url is not None:
        yield {**_at(part.url, part.media_type), **extra}
    elif isinstance(part, Document) and part.text is not None:
        yield {**_inline(b64encode(part.text.encode()).decode(), "text/plain"), **extra}


def _inline(data: str, media_type: str) -> dict[str, Any]:
    return {"inlineData": {"mimeType": media_type, "data": data}}


def _at(url: str, media_type: str | None) -> dict[str, Any]:
    """A file that Gemini fetches: by any URL, or by the one under which it was uploaded."""
    kind = media_type or _by_suffix(urlsplit(url).path)
    return {"fileData": {"fileUri": url, **({"mimeType": kind} if kind else {})}}


def _kind_of(document: Document) -> str:
    """By its name; what has none is a PDF nearly always."""
    return _by_suffix(document.name or "") or _PDF


def _by_suffix(path: str) -> str | None:
    return _BY_SUFFIX.get(PurePosixPath(path).suffix.lower())
