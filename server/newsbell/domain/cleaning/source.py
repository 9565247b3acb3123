"""From bytes to text: what is too large, binary, empty or undecodable is refused here."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from newsbell.errors import MalformedError, RefusedError, TooLargeError, UnsupportedTypeError

MAX_BYTES = 10 * 1024 * 1024

_TYPES = {
    "text/html": True, "application/xhtml+xml": True, "text/plain": False, "text/markdown": False,
    "": None, "text/xml": None, "application/xml": None,
}  # fmt: skip
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"),
)  # fmt: skip
_MAGIC = (
    b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\x7fELF", b"MZ\x90",
    b"RIFF", b"OggS", b"ID3", b"\xd0\xcf\x11\xe0", b"SQLite format 3", b"wOF", b"7z\xbc\xaf",
)  # fmt: skip
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_META_CHARSET = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)|<\?xml[^>]{0,100}?encoding=[\"']([\w.:-]+)",
    re.IGNORECASE,
)
# What these labels mean on the web (WHATWG Encoding, section 4.2), where Python takes them at their word.
_WEB_LABELS = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "iso8859-1": "cp1252", "latin-1":
    "cp1252", "latin1": "cp1252", "l1": "cp1252", "iso-8859-9": "cp1254", "gb2312": "gb18030", "gbk":
    "gb18030", "x-gbk": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "euc-kr": "cp949", "ks_c_5601-1987": "cp949", "iso-8859-11": "cp874", "tis-620": "cp874",
    "windows-874": "cp874", "unicode": "utf-16-le", "utf-16": "utf-16-le", "x-mac-cyrillic":
    "mac-cyrillic",
}  # fmt: skip
# The encodings of the web (WHATWG Encoding, section 4.2) by Python's names. A page's own word for UTF-16 is
# not believed: its bytes could not have been read to find it.
_WEB_ENCODING = re.compile(
    r"utf-(?:8|16(?:-le|-be)?)|cp(?:125\d|866|874|932|949)|iso8859-\d+|koi8-[ru]|mac-(?:roman|cyrillic)|gb18030|big5"
    r"|big5hkscs|euc_jp|iso2022_jp"
)
_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|link|script|style|main|article|section|div|p|h[1-6]|span|br|ul|table)\b",
    re.IGNORECASE,
)


_LEAST_WIDE, _WIDE_SHARE = 64, 0.7  # bytes; of the bytes that are zero


@dataclass(frozen=True, kw_only=True)
class Source:
    """Text that may hold an article, and whether it is HTML."""

    text: str
    is_html: bool


def read_source(content: str | bytes, content_type: str | None = None) -> Source:
    """The content as text (charset by byte order mark, `content_type`, then meta), with its kind.

    Raises TooLargeError above 10 MB, UnsupportedTypeError for what is no text, MalformedError with code
    "bad_encoding" where the bytes are not of the charset they claim, RefusedError with code "empty".
    """
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type not in _TYPES:
        raise UnsupportedTypeError(
            f"{media_type} is not read here; HTML and plain text are.", field="content_type"
        )
    if len(content) > MAX_BYTES:
        raise TooLargeError("The page is larger than 10 MB.", field="content")
    text = _decoded(content, content_type or "") if isinstance(content, bytes) else content
    if len(text) > MAX_BYTES:
        raise TooLargeError("The page is larger than 10 MB.", field="content")
    if not text.strip("\x00 \t\r\n\f\ufeff"):
        raise RefusedError("There is nothing in it.", code="empty", field="content")
    _refuse_nonsense(text)
    known = _TYPES[media_type]
    return Source(text=text, is_html=looks_like_html(text) if known is None else known)


def looks_like_html(text: str) -> bool:
    """Whether a text without a type is HTML: it opens with a tag, or has several of a page's tags."""
    head = text.lstrip("\ufeff \t\r\n\f")[:20_000]
    found = len(_TAG.findall(head))
    return found >= 3 or (found >= 1 and head.startswith("<"))


def _decoded(content: bytes, content_type: str) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return _strictly(content[len(mark) :], encoding)
    if content.startswith(_MAGIC):
        raise UnsupportedTypeError(
            "That is a binary file; HTML and plain text are read here.", field="content"
        )
    declared = _declared_encoding(content, content_type)
    if b"\x00" in content[:4096] and not (declared or "").startswith("utf-16"):
        wide = _wide_encoding(content)
        if wide:
            return _strictly(content, wide)
        raise UnsupportedTypeError(
            "That is a binary file; HTML and plain text are read here.", field="content"
        )
    if declared:
        try:
            return content.decode(declared)
        except UnicodeDecodeError:
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(content, declared or "utf-8")


def _wide_encoding(content: bytes) -> str | None:
    """UTF-16 without a byte order mark, where it is unmistakable: of text in a Latin script, or of markup,
    every second byte is zero, and hardly another.
    """
    sample = content[: 4096 // 2 * 2]
    halves = sample[0::2], sample[1::2]
    if len(sample) < _LEAST_WIDE or len(content) % 2:
        return None
    zeros = [half.count(0) / len(half) for half in halves]
    for share, other, encoding in ((zeros[1], zeros[0], "utf-16-le"), (zeros[0], zeros[1], "utf-16-be")):
        if share > _WIDE_SHARE and other < 1 - _WIDE_SHARE:
            return encoding
    return None


def _declared_encoding(content: bytes, content_type: str) -> str | None:
    in_type = _CHARSET.search(content_type)
    in_page = _META_CHARSET.search(content[:4096])
    labels = [in_type[1]] if in_type else []
    if in_page:
        labels.append((in_page[1] or in_page[2]).decode("ascii", "replace"))
    for label in labels:
        name = _WEB_LABELS.get(label.lower(), label.lower())
        try:
            info = codecs.lookup(name)
        except (LookupError, ValueError):
            continue
        if _WEB_ENCODING.fullmatch(info.name) and not (info.name.startswith("utf-16") and not in_type):
            return info.name
    return None


def _strictly(content: bytes, encoding: str) -> str:
    """Decoded, if at most a character in two hundred is broken: pages are often cut within one."""
    text = content.decode(encoding, "replace")
    broken = text.count("\ufffd")
    if broken * 200 > len(text) + 200:
        raise _bad_encoding()
    return text


def _bad_encoding() -> MalformedError:
    return MalformedError(
        "The characters are neither UTF-8 nor of an encoding that the page declares. Declare it (charset in"
        " its Content-Type or in a <meta> element), or convert the file first, for example:"
        " iconv -f windows-1251 -t utf-8 FILE",
        code="bad_encoding",
        field="content",
    )


def _refuse_nonsense(text: str) -> None:
    sample = text[:100_000]
    if len(_CONTROLS.findall(sample)) * 20 > len(sample):
        raise UnsupportedTypeError(
            "That is a binary file; HTML and plain text are read here.", field="content"
        )
    if sample.count("\ufffd") * 20 > len(sample):
        raise _bad_encoding()
