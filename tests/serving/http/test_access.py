"""Who is let in."""

from __future__ import annotations

import pytest

from seedbed.core.errors import InputError
from seedbed.serving.http.access import Access, check_address
from seedbed.serving.http.errors import Refusal


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer ", "Bearer s3cret-tokeN", "Basic s3cret-token", "s3cret-token", "Bearer \udcff"]
)
def test_without_the_token_nobody_is(header: str) -> None:
    access = Access(["s3cret-token"])

    with pytest.raises(Refusal) as caught:
        access.caller(header, "address 127.0.0.1")

    assert caught.value.status_code == 401
    assert "s3cret" not in str(caught.value.detail)


def test_callers_are_known_by_number_and_never_by_their_token() -> None:
    access = Access(["first-token", "second-token"])

    assert access.caller("Bearer second-token", "address x") == "token 1"
    assert access.caller("bearer first-token", "address x") == "token 0"


def test_without_tokens_everybody_is_known_by_address() -> None:
    assert Access([]).caller("Bearer whatever", "address ::1") == "address ::1"


@pytest.mark.parametrize("token", ["", "two words", "tökén", "line\nbreak"])
def test_what_no_header_holds_is_no_token(token: str) -> None:
    with pytest.raises(InputError, match="^--token: not a token") as caught:
        Access([token])
    assert token not in str(caught.value) or not token


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "example.org"])
def test_an_address_that_others_reach_wants_a_token(host: str) -> None:
    check_address(host, ["token"])

    with pytest.raises(InputError, match=f"^--host {host}: others can reach it"):
        check_address(host, [])


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_an_address_of_this_machine_wants_none(host: str) -> None:
    check_address(host, [])
