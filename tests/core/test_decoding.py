"""Bytes become text without loss, or they are refused with a reason."""

from __future__ import annotations

import codecs
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.text.decoding import Decoded, Undecodable, decode

NO_CONTROLS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


@given(NO_CONTROLS)
def test_utf8_comes_back_as_it_was(text: str) -> None:
    data = text.encode()

    decoded = decode(data)

    assert isinstance(decoded, Decoded)
    assert decoded.text.encode(decoded.encoding) == data


@given(st.binary(max_size=300))
def test_any_bytes_get_a_text_or_a_reason_and_always_the_same(data: bytes) -> None:
    first = decode(data)

    assert first == decode(data)
    assert isinstance(first, Decoded) or first.reason in {"empty", "binary", "undecodable"}


@pytest.mark.parametrize("codec", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_names_the_encoding_and_leaves_the_text(codec: str) -> None:
    assert decode("int naïve;\r\n".encode(codec)) == Decoded("int naïve;\r\n", codec)


def test_big_endian_marks_are_read() -> None:
    data = codecs.BOM_UTF16_BE + "x = 1\n".encode("utf-16-be")

    assert decode(data) == Decoded("x = 1\n", "utf-16")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_line_ends_are_untouched(newline: str) -> None:
    text = f"a{newline}b{newline}"

    assert decode(text.encode()) == Decoded(text, "utf-8")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("/* naïve café, déjà vu */\nint x;\n", "cp1252"),
        ("# Функция возвращает сумму всех чисел в списке, переданном ей\n" * 3, "cp1251"),
        ("// この関数はリストの中のすべての数の合計を返します。\nint x;\n" * 3, "cp932"),
        ("// 这个函数返回列表中所有数字的总和，如果列表为空则返回零。\nint x;\n" * 3, "gb18030"),
    ],
)
def test_legacy_encodings_are_found_by_their_bytes(text: str, codec: str) -> None:
    decoded = decode(text.encode(codec))

    assert isinstance(decoded, Decoded)
    assert decoded.text == text


def test_a_declared_encoding_wins_over_a_guess() -> None:
    text = "# -*- coding: koi8-r -*-\ns = 'да'\n"

    assert decode(text.encode("koi8-r")) == Decoded(text, "koi8-r")


@pytest.mark.parametrize("codec", ["rot13", "utf-7", "base64", "unicode_escape", "undefined", "nonsense"])
def test_a_declared_codec_that_is_no_character_set_is_ignored(codec: str) -> None:
    data = f"# -*- coding: {codec} -*-\nname = '".encode() + b"\xe9'\n"

    decoded = decode(data)

    assert isinstance(decoded, Decoded)
    assert decoded.text.endswith("name = 'é'\n")


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n text",
        b"%PDF-1.4\nonly ascii here\n",
        b"PK\x03\x04rest",
        b"int x;\0\n",
        zlib.compress(bytes(range(256)) * 40),
        b"\x01\x02\x03 mostly controls \x04\x05\x06\x07",
    ],
)
def test_binaries_are_not_decoded(data: bytes) -> None:
    assert decode(data) == Undecodable("binary")


def test_nothing_is_empty_with_or_without_a_mark() -> None:
    assert decode(b"") == decode(codecs.BOM_UTF8) == Undecodable("empty")


def test_damaged_utf8_is_refused_rather_than_turned_into_gibberish() -> None:
    data = "// 这个函数返回列表中所有数字的总和\n".encode() * 5 + b"\xe4\xbd\n"

    assert decode(data) == Undecodable("undecodable")
