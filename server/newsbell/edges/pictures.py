"""What a file is by its first bytes. A header is only a claim, and SVG is a document that runs scripts."""

from __future__ import annotations

_AVIF_BRANDS = frozenset({b"avif", b"avis"})


def raster_type(content: bytes) -> str | None:
    """The media type of a PNG, JPEG, GIF, WebP or AVIF picture; None for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if content.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if _is_avif(content) else None


def _is_avif(content: bytes) -> bool:
    """ISO 14496-12 section 4.3: a file type box holds a brand, a version and further brands."""
    size = int.from_bytes(content[:4], "big")
    if content[4:8] != b"ftyp" or not 16 <= size <= 256:
        return False
    brands = content[8:12] + content[16:size]
    return any(brands[at : at + 4] in _AVIF_BRANDS for at in range(0, len(brands), 4))
