"""Metadata of a GGUF file, read without its tensors and without its arrays, which hold a whole vocabulary."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO, Final

from seedbed.core.errors import InputError

Value = int | float | bool | str

TOKENIZER_JSON: Final = "tokenizer.huggingface.json"
"""Key of a whole tokenizer.json. Source: GGUF specification; llama.cpp does not read it."""

_STRING, _ARRAY = 8, 9
_NUMBERS: Final = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
"""Type numbers of the GGUF specification as `struct` formats."""

_VERSIONS = (2, 3)
_LONGEST = 1 << 28
"""A longer string (bytes) or array (items) means that the file is broken."""


def read_header(path: Path) -> dict[str, Value]:
    """Metadata keys and values, without arrays.

    Raises: InputError when the file is not GGUF or is truncated.
    """
    try:
        with path.open("rb") as file:
            return _read(file, path)
    except (struct.error, UnicodeDecodeError, KeyError, OverflowError, MemoryError) as error:
        raise InputError(f"{path}: a broken GGUF file: its header cannot be read.") from error


def _read(file: BinaryIO, path: Path) -> dict[str, Value]:
    if file.read(4) != b"GGUF":
        raise InputError(f"{path}: not a GGUF file. Allowed: a model as llama.cpp loads it.")
    version = _number(file, "I")
    if version not in _VERSIONS:
        raise InputError(f"{path}: GGUF version {version}. Allowed: {', '.join(map(str, _VERSIONS))}.")
    _number(file, "Q")  # number of tensors
    values: dict[str, Value] = {}
    for _ in range(int(_number(file, "Q"))):
        key, kind = _text(file), int(_number(file, "I"))
        if kind == _ARRAY:
            _skip_array(file)
        else:
            values[key] = _text(file) if kind == _STRING else _number(file, _NUMBERS[kind])
    return values


def _skip_array(file: BinaryIO) -> None:
    kind, count = int(_number(file, "I")), _length(file)
    if kind in _NUMBERS:
        file.seek(count * struct.calcsize(f"<{_NUMBERS[kind]}"), 1)
        return
    skip = {_STRING: _skip_text, _ARRAY: _skip_array}[kind]
    for _ in range(count):
        skip(file)


def _text(file: BinaryIO) -> str:
    return file.read(_length(file)).decode()


def _skip_text(file: BinaryIO) -> None:
    file.seek(_length(file), 1)


def _length(file: BinaryIO) -> int:
    length = int(_number(file, "Q"))
    if length > _LONGEST:
        raise OverflowError
    return length


def _number(file: BinaryIO, form: str) -> int | float | bool:
    size = struct.calcsize(f"<{form}")
    number: int | float | bool = struct.unpack(f"<{form}", file.read(size))[0]
    return number
