"""The playground in a real browser, headless Chromium."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.data.filters.test_credentials import noise
from tests.serving.http.upstream import SECONDS, Upstream
from tests.spaces.conftest import COPIED, HOSTILE_NAME
from tests.spaces.visit import Visit

ADD = "def add(a, b):\n    return "


def test_from_the_keyboard_alone_code_is_typed_completed_and_accepted_and_nothing_is_kept(
    visit: Visit, upstream: Upstream
) -> None:
    upstream.texts = ["a + b"]
    visit.type("prefix", ADD)

    visit.complete()
    expect(visit.candidate(0)).to_contain_text("parses in place")
    visit.page.keyboard.press("Alt+a")
    visit.told("was inserted. Nothing was stored")

    assert visit.code("prefix") == f"{ADD}a + b"
    assert visit.run("document.activeElement.closest('#prefix') !== null")
    assert visit.events == []
    assert visit.hosts == {"127.0.0.1"}
    assert visit.complaints == []


def test_escape_and_tab_lead_out_of_an_editor(visit: Visit) -> None:
    visit.editor("prefix").focus()

    visit.page.keyboard.press("Escape")
    visit.page.keyboard.press("Tab")

    assert visit.run("document.activeElement.textContent.trim()") == "Complete"
    assert visit.run("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_a_middle_with_several_candidates_is_edited_and_kept_with_consent(visit: Visit, upstream: Upstream) -> None:
    upstream.texts = ["ResultSet rows = statement.executeQuery();", "return null;"]
    visit.page.get_by_role("button", name="Java DAO method").click()
    expect(visit.editor("suffix")).to_be_visible()
    visit.page.get_by_label("Store the candidates").check()

    visit.editor("suffix").focus()
    visit.complete()
    expect(visit.candidate(1)).to_be_visible()
    expect(visit.candidate(2)).to_be_hidden()
    visit.press("Edit", 1)
    visit.type("edited", "            return rows;")
    visit.page.locator("#keep-edit").click()
    visit.told("Your edited text was inserted. Stored")

    assert "}" in upstream.asked[0]["suffix"]
    assert "return rows;" in visit.code("prefix")
    assert [event["action"] for event in visit.events] == ["shown", "shown", "edited"]
    assert visit.events[-1]["final"] == "            return rows;"
    assert visit.events[-1]["shown"] == visit.events[1]["shown"]
    assert len({event["completion_id"] for event in visit.events}) == 1


def test_a_rejected_candidate_goes_and_the_other_stays(visit: Visit, upstream: Upstream) -> None:
    upstream.texts = ["a + b", "b + a"]
    visit.type("prefix", f"# two ways\n{ADD}")
    visit.page.get_by_label("Store the candidates").check()

    visit.editor("prefix").focus()
    visit.complete()
    visit.press("Reject", 0)
    visit.told("rejected. Stored")

    expect(visit.candidate(0)).to_be_hidden()
    expect(visit.candidate(1)).to_be_visible()
    assert [event["action"] for event in visit.events] == ["shown", "shown", "rejected"]


def test_candidates_that_what_was_typed_rules_out_are_not_called_alike(visit: Visit, upstream: Upstream) -> None:
    upstream.texts = ["a + b", "b + a"]
    begun = f"# typed ahead\n{ADD}"
    visit.type("prefix", begun)
    visit.complete()

    visit.type("prefix", f"{begun}a")
    visit.page.keyboard.press("Control+Enter")

    visit.told("1 candidate. Identical candidates are shown once; candidates that do not start with what you typed are left out.")
    assert visit.candidate(0).locator(".cm-line").inner_text() == " + b"


def test_what_was_seen_before_has_a_badge_and_nothing_that_a_model_or_a_dataset_says_is_markup(
    visit: Visit, upstream: Upstream
) -> None:
    upstream.texts = [COPIED + "    <img src=x onerror=window.caught=2>\n"]
    visit.type("prefix", "def read(path, code, sign, mark):\n    ")

    visit.complete()

    badge = visit.candidate(0).locator(".seen")
    expect(badge).to_contain_text(f"tokens match tables@2.32.3 {HOSTILE_NAME}, Apache-2.0")
    assert "/swh:1:cnt:" in str(badge.get_by_role("link", name="source").get_attribute("href"))
    assert visit.candidate(0).locator("img").count() == 0
    assert visit.run("window.caught") is None


def test_a_mistake_and_a_model_that_fails_are_one_line_each_and_the_page_goes_on(visit: Visit, upstream: Upstream) -> None:
    visit.type("prefix", "")
    visit.page.keyboard.press("Control+Enter")
    visit.told("code: empty. Allowed: some code, typed or from an example")

    visit.type("prefix", ("x" * 99 + "\n") * 1001)
    visit.page.keyboard.press("Control+Enter")
    visit.told("code: 100,100 characters. Allowed: 100,000")

    visit.type("prefix", f"# fails at first\n{ADD}")
    upstream.fails = True
    visit.page.keyboard.press("Control+Enter")
    visit.told("The model does not answer. Try again")

    upstream.fails = False
    visit.complete()
    visit.type("prefix", "other")
    visit.press("Accept")
    visit.told("The code has changed since this candidate was written")


def test_on_a_phone_nothing_is_wider_than_the_window_and_the_editor_comes_first(visit: Visit, upstream: Upstream) -> None:
    upstream.texts = ["a_name_that_is_long" * 20]
    visit.begin(width=390)
    visit.type("prefix", f"# on a phone\n{ADD}")

    visit.complete()

    assert visit.run("document.documentElement.scrollWidth") == 390
    (editor, candidate) = (place.bounding_box() for place in (visit.editor("prefix"), visit.candidate(0)))
    assert editor
    assert candidate
    assert editor["y"] < candidate["y"]


def test_what_the_policy_withholds_is_on_the_page_at_no_time(visit: Visit, upstream: Upstream) -> None:
    secret = noise(40)
    upstream.texts = [f'"{secret}"\n']
    visit.run(f"new MutationObserver(() => {{ window.caught ||= document.body.innerText.includes('{secret}') }})"
              ".observe(document.body, {childList: true, subtree: true, characterData: true})")  # fmt: skip
    visit.type("prefix", "api_key = ")

    visit.complete()

    expect(visit.candidate(0)).to_contain_text("withheld by policy")
    expect(visit.candidate(0).get_by_role("button", name="Accept")).to_be_hidden()
    assert not visit.run("window.caught")


def test_what_is_stopped_goes_away_and_the_page_goes_on(visit: Visit, upstream: Upstream) -> None:
    upstream.go.clear()
    visit.type("prefix", f"# stopped\n{ADD}")

    visit.page.keyboard.press("Control+Enter")
    assert upstream.began.acquire(timeout=SECONDS)
    visit.page.get_by_role("button", name="Stop").click()
    visit.told("Stopped.")
    assert upstream.hung_up.wait(SECONDS)
    upstream.go.set()

    expect(visit.candidate(0)).to_be_hidden()
    visit.editor("prefix").focus()
    visit.complete()


def test_the_code_that_the_api_tab_shows_works(visit: Visit, upstream: Upstream) -> None:
    upstream.texts = ["a + b"]
    visit.page.get_by_role("tab", name="API").click()
    expect(visit.editor("api-code")).to_contain_text(visit.app.url)

    exec(visit.code("api-code"), {})

    assert [(event["action"], event["shown"]) for event in visit.events] == [("accepted", "a + b")]
