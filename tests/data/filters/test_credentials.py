"""Credentials are found and never repeated. Every credential here is made at run time, and none ever worked."""

from __future__ import annotations

import base64
import copy
import hashlib
import json

import pytest
from datatrove.data import Document
from hypothesis import given
from hypothesis import strategies as st

from seedbed.core.text.credentials import entropy_bits, find_secrets
from seedbed.data.filters.credentials import CredentialFilter


def noise(characters: int, seed: str = "seed") -> str:
    """Reproducible letters and digits without any meaning."""
    digest = hashlib.sha512(seed.encode()).digest() * (1 + characters // 60)
    return base64.b64encode(digest).decode().replace("+", "a").replace("/", "b")[:characters]


def private_key(kind: str = "RSA ") -> str:
    body = "\n".join(noise(64, f"line {number}") for number in range(12))
    dashes = "-" * 5
    return f"{dashes}BEGIN {kind}PRIVATE KEY{dashes}\n{body}\n{dashes}END {kind}PRIVATE KEY{dashes}"


def test_a_private_key_is_found_even_in_a_test() -> None:
    doc = Document(text=f'import ssl\nKEY = """{private_key()}"""\n', id="0", metadata={"path": "tests/test_rsa.py"})

    assert CredentialFilter().filter(doc) == (False, "secret:private_key")


def test_a_providers_token_is_found() -> None:
    token = "AKIA" + "QYLP" + "MN5HHHFPZ" + "AM2"

    rules = [secret.rule for secret in find_secrets(f'x = 1\nkey = "{token}"\nsecret = "{noise(40)}"\n')]

    assert any("aws" in rule for rule in rules)


@pytest.mark.parametrize("name", ["api_key", "SECRET_TOKEN", "password", "self.client_key", '"access_key"', "auth_key: str"])
def test_a_random_value_under_a_telling_name_is_found(name: str) -> None:
    line = f'{name} = "{noise(32)}"' if not name.startswith('"') else f'{name}: "{noise(32)}"'

    found = list(find_secrets(f"x = 1\n{line}\n"))

    assert [secret.line for secret in found][-1:] == [2]


@pytest.mark.parametrize(
    "value",
    [
        "your-api-key-goes-here-1",
        "EXAMPLEKEY1234567890",
        "xxxxxxxxxxxxxxxxxxxx1",
        "getUserTokenFromRequest2",
        "application/json;charset1",
        "aaaabbbbccccdddd1111",
        "${SECRET_FROM_ENVIRONMENT}",
    ],
)
def test_placeholders_and_words_pass(value: str) -> None:
    assert list(find_secrets(f'api_key = "{value}"\n')) == []


def test_a_random_value_under_another_name_passes() -> None:
    assert list(find_secrets(f'checksum = "{noise(32)}"\n')) == []


def test_the_credential_stays_out_of_the_metadata() -> None:
    value = noise(40)
    doc = Document(text=f'\n\napi_key = "{value}"\n', id="0")

    verdict = CredentialFilter().filter(doc)

    assert verdict is not True
    assert doc.metadata["detail"] == "line 3"
    assert value not in json.dumps([verdict, doc.metadata])


def test_the_same_credential_is_found_in_every_file() -> None:
    gate = copy.deepcopy(CredentialFilter())
    text = f'KEY = """{private_key("EC ")}"""\n'

    verdicts = [gate.filter(Document(text=text, id=str(number))) for number in range(3)]

    assert verdicts == [(False, "secret:private_key")] * 3


@given(st.text(max_size=200))
def test_any_text_gets_a_verdict(text: str) -> None:
    list(find_secrets(text))


@given(st.text(min_size=1))
def test_entropy_is_at_most_that_of_as_many_different_characters(text: str) -> None:
    assert 0 <= entropy_bits(text) <= len(text).bit_length()
