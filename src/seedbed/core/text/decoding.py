"""Bytes to text: the encoding of a file, and whether a text can be written as UTF-8."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Annotated, Final, Literal

from pydantic import AfterValidator

Reason = Literal["empty", "binary", "undecodable"]


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text with the name of the codec that made it (`utf-8-sig`, `utf-16` and `utf-32` had a byte order mark)."""

    text: str
    encoding: str


@dataclass(frozen=True, slots=True)
class Undecodable:
    """Why bytes are not text: empty, a binary format, or an unknown encoding."""

    reason: Reason


# UTF-32 comes first: its little-endian mark begins with the one of UTF-16.
_BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Formats that may hold no NUL byte near their start, or that may even be valid UTF-8.
_MAGIC: Final = (
    b"%PDF-",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
    b"7z\xbc\xaf",
    b"Rar!",
    b"\x7fELF",
    b"\xca\xfe\xba\xbe",
    b"\x00asm",
    b"wOFF",
    b"wOF2",
    b"OTTO",
    b"ID3",
    b"OggS",
    b"SQLite format 3",
)
# Tab, line feed, vertical tab, form feed, carriage return, backspace and escape do occur in text.
_CONTROLS: Final = bytes(set(range(32)) - {8, 9, 10, 11, 12, 13, 27} | {127})
_MAX_CONTROL_SHARE: Final = 0.01
# Codecs that unescape rather than name a character set: they would change the text of a file.
_ESCAPES: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "undefined", "unicode-escape", "utf-7"})
_DECLARATION: Final = re.compile(rb"(?:coding|fileencoding|charset)[=:][ \t]*[\"']?([-\w.]+)")
_HIGH_LINE: Final = re.compile(rb"[^\r\n]*[\x80-\xff][^\r\n]*")
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]{2}")
_HIGH_RUN_ANY: Final = re.compile(rb"[\x80-\xff]+")
_SAMPLE_BYTES: Final = 16_384
_MAX_CHAOS: Final = 0.2
# Encodings of source code. Among a hundred code pages, three accented letters would give a random answer.
_CANDIDATES: Final = [
    "utf_8",
    "cp1252",
    "gb18030",
    "cp932",
    "euc_jp",
    "cp949",
    "big5",
    "cp1251",
    "koi8_r",
    "cp1250",
    "iso8859_2",
    "cp1253",
    "cp1254",
    "cp1255",
    "cp1256",
]


def decode(data: bytes) -> Decoded | Undecodable:
    """Decode a file; line ends stay as they are.

    Args: data: the whole file.
    Returns: the text and its codec, or why there is none.

    >>> decode("naïve".encode())
    Decoded(text='naïve', encoding='utf-8')
    >>> decode("naïve".encode("cp1252")).encoding
    'cp1252'
    >>> decode(bytes(100)).reason
    'binary'
    """
    if not data:
        return Undecodable("empty")
    if data.startswith(_MAGIC):
        return Undecodable("binary")
    for mark, codec in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _marked(data, codec)
    if _is_binary(data):
        return Undecodable("binary")
    return _try(data, "utf-8") or _declared(data) or _detected(data) or Undecodable("undecodable")


def file_name(name: str) -> str:
    """A file name as valid Unicode: undecodable bytes become \\x escapes.

    >>> file_name("caf\\udce9.py")
    'caf\\\\xe9.py'
    """
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _marked(data: bytes, codec: str) -> Decoded | Undecodable:
    decoded = _try(data, codec)
    if decoded is None or "\0" in decoded.text:
        return Undecodable("binary")
    return decoded if decoded.text else Undecodable("empty")


def _is_binary(data: bytes) -> bool:
    if b"\0" in data:
        return True
    return len(data) - len(data.translate(None, _CONTROLS)) > _MAX_CONTROL_SHARE * len(data)


def _try(data: bytes, codec: str) -> Decoded | None:
    try:
        return Decoded(data.decode(codec), codec)
    except (UnicodeDecodeError, LookupError):  # A LookupError: rot13, base64 and the like decode no text.
        return None


def _declared(data: bytes) -> Decoded | None:
    """Decode as a coding line at the top says (PEP 263, Emacs, Vim); None if there is none or the bytes contradict it."""
    first_lines = b"\n".join(data[:1000].splitlines()[:3])
    declaration = _DECLARATION.search(first_lines)
    if declaration is None:
        return None
    try:
        info = codecs.lookup(declaration[1].decode())
    except (LookupError, UnicodeDecodeError):
        return None
    return None if info.name.replace("_", "-") in _ESCAPES else _try(data, info.name)


def _detected(data: bytes) -> Decoded | None:
    """Decode with the likeliest legacy encoding, judged by the lines that are not plain ASCII."""
    lines = b"\n".join(_HIGH_LINE.findall(data))[:_SAMPLE_BYTES]
    if _HIGH_RUN.search(lines) is None:
        # Only single high bytes: every multi-byte encoding has them in pairs.
        return _try(data, "cp1252")
    if _is_damaged_utf8(lines):
        return None
    from charset_normalizer import from_bytes

    best = from_bytes(lines, cp_isolation=_CANDIDATES, preemptive_behaviour=False, threshold=_MAX_CHAOS).best()
    return _try(data, best.encoding) if best is not None else None


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether most high bytes form UTF-8: such a file with a few broken bytes must not be decoded as something else."""
    high = sum(map(len, _HIGH_RUN_ANY.findall(data)))
    text = data.decode("utf-8", "ignore")
    return len(text.encode()) - (len(data) - high) > high / 2


def checked(text: str) -> str:
    """The text. Raises: ValueError if it is not encodable as UTF-8: JSON can carry half of a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("half of a surrogate pair; a text is wanted") from None
    return text


Text = Annotated[str, AfterValidator(checked)]
