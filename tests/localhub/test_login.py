"""Who sees what in a browser, and what a login there is good for."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from tests.localhub.served import STRANGER, WRITER
from tests.localhub.visitors import TOKEN, log_in


@pytest.mark.parametrize("tail", ["", "/tree/main", "/blob/main/README.md", "/commits/main", "/resolve/main/README.md"])
def test_a_private_repository_is_no_other_than_none(browser: TestClient, tail: str) -> None:
    veiled, none = (browser.get(f"/datasets/alice/{name}{tail}") for name in ("veiled", "absent"))

    assert (veiled.status_code, none.status_code) == (404, 404)
    assert veiled.text.replace("veiled", "absent") == none.text


@pytest.mark.parametrize("tail", ["", "/tree/main", "/blob/main/README.md", "/commits/main", "/resolve/main/README.md"])
def test_who_logged_in_sees_their_private_repository_until_they_log_out(browser: TestClient, tail: str) -> None:
    log_in(browser)
    inside = browser.get(f"/datasets/alice/veiled{tail}")
    word = browser.cookies.get("localhub_80")
    browser.post("/_logout", headers={"Origin": "http://127.0.0.1"})
    outside = [
        browser.get(f"/datasets/alice/veiled{tail}", headers=headers) for headers in ({}, {"Cookie": f"localhub_80={word}"})
    ]

    assert word
    assert inside.status_code == 200
    assert [answer.status_code for answer in outside] == [404, 404]


def test_who_logged_in_does_not_see_what_is_of_others(browser: TestClient) -> None:
    log_in(browser, STRANGER["Authorization"].removeprefix("Bearer "))

    assert browser.get("/datasets/alice/veiled").status_code == 404


def test_the_token_is_in_no_cookie_page_or_address(browser: TestClient) -> None:
    answer = log_in(browser, then="/datasets/alice/veiled")
    cookie = answer.headers["set-cookie"]
    page = browser.get(answer.headers["location"])

    assert (answer.status_code, answer.headers["location"]) == (303, "/datasets/alice/veiled")
    assert {"httponly", "samesite=strict", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert TOKEN not in cookie + answer.text + page.text + str(page.url)
    assert "alice" in page.text


def test_an_unknown_token_opens_nothing(browser: TestClient) -> None:
    answer = log_in(browser, "hf_guessed")

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers
    assert "hf_guessed" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
@pytest.mark.parametrize("address", ["/_login", "/_logout"])
def test_a_form_of_another_site_is_refused(browser: TestClient, address: str, headers: dict[str, str]) -> None:
    answer = browser.post(address, data={"token": TOKEN}, headers=headers)

    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "then", ["//example.org", "https://example.org", "/\\example.org", "javascript:alert(1)", "", "/\r\nX: y"]
)
def test_after_the_login_nobody_is_sent_elsewhere(browser: TestClient, then: str) -> None:
    assert log_in(browser, then=then).headers["location"] == "/"


def test_a_login_in_a_browser_cannot_write(browser: TestClient) -> None:
    log_in(browser)
    answer = browser.post("/api/repos/create", json={"type": "model", "name": "forged"})

    assert answer.status_code == 401


def test_a_token_in_a_header_works_for_pages_too_and_a_wrong_one_does_not(browser: TestClient) -> None:
    answers = [
        browser.get("/datasets/alice/veiled", headers=headers) for headers in (WRITER, {"Authorization": "Bearer hf_guessed"})
    ]

    assert [answer.status_code for answer in answers] == [200, 401]
