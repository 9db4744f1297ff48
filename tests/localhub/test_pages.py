"""Pages of the local Hub: what a page says, and that nothing in a repository gets out of its place."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from localhub.hub import Hub
from localhub.pages.card import MAX_CARD_CHARACTERS
from tests.localhub.served import WRITER, client_of
from tests.localhub.visitors import HOSTILE, Page, commit, log_in, parquet, publish

PAGES = [
    "/",
    "/?q=nothing",
    "/_login",
    "/datasets/alice/rows",
    "/datasets/alice/rows?split=test",
    "/datasets/alice/rows/tree/main",
    "/datasets/alice/rows/tree/main/data",
    "/datasets/alice/rows/blob/main/README.md",
    "/datasets/alice/rows/blob/main/data/train-0.parquet",
    "/datasets/alice/rows/commits/main",
    "/alice/coder",
    "/alice/coder/blob/main/sub/weights.bin",
    "/alice/coder/blob/main/.gitattributes",
    "/spaces/alice/app",
    "/alice",
    "/spaces/alice/app/blob/main/app.py",
]


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_there_and_allows_nothing_from_elsewhere(browser: TestClient, address: str) -> None:
    answer = browser.get(address)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("address", [*PAGES, "/datasets/alice/none"])
def test_a_page_is_sound_without_eyes_and_without_a_mouse(browser: TestClient, address: str) -> None:
    """One h1, landmarks, named fields and pictures, no id twice, nothing inline."""
    page = Page(browser.get(address).text)

    ids = Counter(attributes["id"] for _, attributes in page.tags if "id" in attributes)
    named = {attributes["for"] for attributes in page.all("label")}
    assert [count for count in ids.values() if count > 1] == []
    assert len(page.all("h1")) == len(page.all("main")) == 1
    assert page.all("html") == [{"lang": "en"}]
    assert all("alt" in attributes for attributes in page.all("img"))
    assert all(attributes.get("type") == "hidden" or attributes["id"] in named for attributes in page.all("input"))
    assert all({"aria-label", "aria-labelledby"} & set(attributes) for attributes in page.all("nav", "aside", "section"))
    assert all("src" in attributes for attributes in page.all("script"))
    assert not any(name == "style" or name.startswith("on") for _, attributes in page.tags for name in attributes)


@pytest.mark.parametrize("address", PAGES)
def test_no_link_of_a_page_is_dead(browser: TestClient, address: str) -> None:
    links = {link.partition("#")[0] for link in Page(browser.get(address).text).links()} - {""}

    assert {link: answer.status_code for link in links if (answer := browser.get(link)).status_code not in (200, 302)} == {}


def test_the_front_page_lists_what_the_visitor_may_see(browser: TestClient) -> None:
    links = Page(browser.get("/").text).links()

    assert {"/datasets/alice/rows", "/alice/coder", "/spaces/alice/app"} <= set(links)
    assert "/datasets/alice/veiled" not in links


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=ROWS", {"/datasets/alice/rows"}),
        ("q=bold", {"/datasets/alice/rows"}),
        ("type=space", {"/spaces/alice/app"}),
        ("q=zzz", set()),
    ],
)
def test_a_search_goes_over_names_tags_and_types(browser: TestClient, query: str, found: set[str]) -> None:
    links = Page(browser.get(f"/?{query}").text).links()

    assert {link for link in links if re.search(r"/alice/", link) and not link.startswith("/_")} == found


def test_what_is_searched_for_comes_back_as_words(browser: TestClient) -> None:
    text = browser.get("/", params={"q": f'"{HOSTILE}'}).text

    assert HOSTILE not in text
    assert "&lt;img src=x" in text


def test_the_first_rows_are_in_the_page_as_words(browser: TestClient) -> None:
    text = browser.get("/datasets/alice/rows?config=main&split=train").text

    assert "20 of 30 rows" in text
    assert "line 19\n&lt;img src=x onerror=alert(1)&gt;" in text
    assert "line 20" not in text
    assert HOSTILE not in text


def test_the_first_rows_are_those_of_the_split_whichever_files_they_are_in(browser: TestClient) -> None:
    shards = {f"data/train-{number}.parquet": parquet(rows) for number, rows in enumerate((0, 5, 40))}
    publish(browser, "dataset", "alice/shards", {**shards, "data/test-0.parquet": parquet(0)})

    train, test = (browser.get(f"/datasets/alice/shards?split={split}").text for split in ("train", "test"))

    assert "20 of 45 rows in" in train
    assert "and 2 more" in train
    assert train.count("line 4\n") == 2
    assert "There are no rows in" in test
    assert "no rows" in browser.get("/datasets/alice/shards/blob/main/data/test-0.parquet").text


def test_a_broken_parquet_file_is_one_line_on_its_page(browser: TestClient) -> None:
    answer = browser.get("/datasets/alice/rows?config=main&split=test")

    assert answer.status_code == 200
    assert answer.text.count("No rows shown") == 1
    assert "Rows of words" in answer.text


@pytest.mark.parametrize(
    "query", ["config=none&split=none", "config=%00", "split[]=x", "config=main&split=%3Cb%3E", "revision=main"]
)
def test_a_config_that_is_not_there_shows_another(browser: TestClient, query: str) -> None:
    answer = browser.get(f"/datasets/alice/rows?{query}")

    assert answer.status_code == 200
    assert "20 of 30 rows" in answer.text


def test_a_card_keeps_its_pictures_in_the_repository(browser: TestClient) -> None:
    page = Page(browser.get("/datasets/alice/rows").text)

    assert "/datasets/alice/rows/resolve/main/plots/a.png" in [attributes.get("src") for attributes in page.all("img")]


def test_a_broken_card_is_said_to_be_and_shown(browser: TestClient) -> None:
    publish(browser, "model", "alice/broken", {"README.md": b"---\na: [\n---\n# Still here\n\xff\xfe"})
    text = browser.get("/alice/broken").text

    assert "the YAML block cannot be read" in text
    assert "Still here" in text


def test_a_card_without_end_is_cut(browser: TestClient) -> None:
    publish(browser, "model", "alice/long", {"README.md": b"word " * MAX_CARD_CHARACTERS})
    answer = browser.get("/alice/long")

    assert f"only the first {MAX_CARD_CHARACTERS:,} characters" in answer.text
    assert len(answer.text) < 2 * MAX_CARD_CHARACTERS


@pytest.mark.parametrize("name", [HOSTILE, 'a"b', "a'b", "&amp;", "a?b#c", "100%", "ü ñ", "{{ 7*7 }}", "a%2Fb"])
def test_a_file_keeps_its_name_and_nothing_more(browser: TestClient, name: str) -> None:
    publish(browser, "model", "alice/names", {name: b"words of the file"})
    text = browser.get("/alice/names/tree/main").text
    (link,) = [link for link in Page(text).links() if "/blob/main/" in link and "gitattributes" not in link]
    (download,) = [link for link in Page(text).links() if "/resolve/main/" in link and "gitattributes" not in link]

    assert HOSTILE not in text
    assert "words of the file" in browser.get(link).text
    assert browser.get(download).text == "words of the file"


def test_a_commit_keeps_its_words(browser: TestClient) -> None:
    commit(browser, "model", "alice/coder", {"a": b"1"}, HOSTILE)
    text = browser.get("/alice/coder/commits/main").text

    assert HOSTILE not in text
    assert "&lt;img src=x" in text


def test_commits_come_a_page_at_a_time(browser: TestClient) -> None:
    for number in range(52):
        commit(browser, "model", "alice/coder", {"a": str(number).encode()}, f"change {number}.")
    first, second = (browser.get(f"/alice/coder/commits/main{query}").text for query in ("", "?p=1"))

    assert ("change 51." in first, "change 1." in first, "change 1." in second) == (True, False, True)
    assert ("Older" in first, "Newer" in first, "Older" in second, "Newer" in second) == (True, False, False, True)


def test_a_revision_with_a_slash_has_pages(browser: TestClient) -> None:
    browser.post("/api/models/alice/coder/branch/work%2Fnew", json={}, headers=WRITER)
    commit(browser, "model", "alice/coder", {"only/here.txt": b"new words"}, "On a branch", "work%2Fnew")
    page = browser.get("/alice/coder/tree/work%2Fnew/only")

    assert page.status_code == 200
    assert "new words" in browser.get("/alice/coder/blob/work%2Fnew/only/here.txt").text
    assert browser.get("/alice/coder/tree/main/only").status_code == 404
    assert "/alice/coder?revision=work%2Fnew" in Page(page.text).links()


@pytest.mark.parametrize(
    "tail",
    [
        "/tree/none",
        "/tree/main/none",
        "/tree/main/README.md",
        "/blob/main/sub",
        "/blob/main/none",
        "/blob/main/..%2F..%2Fhub.sqlite3",
        "/commits/none",
        "?revision=none",
        "/blob/main/%00",
        "/blob/%ff/a",
        "/tree/main/%ff",
    ],
)
def test_what_is_not_there_is_a_page_too(browser: TestClient, tail: str) -> None:
    answer = browser.get(f"/alice/coder{tail}")

    assert answer.status_code == 404
    assert Page(answer.text).all("h1")


@pytest.mark.parametrize("query", ["p=x", "p=-1", "p=1e9"])
def test_a_page_number_that_is_none_is_refused(browser: TestClient, query: str) -> None:
    assert browser.get(f"/alice/coder/commits/main?{query}").status_code == 400


@pytest.mark.parametrize(("path", "shown"), [("sub/weights.bin", False), ("big.txt", False), (".gitattributes", True)])
def test_only_small_text_is_shown(browser: TestClient, path: str, shown: bool) -> None:
    text = browser.get(f"/alice/coder/blob/main/{path}").text

    assert ("Not shown here" in text) != shown
    assert ("filter=lfs" in text) == shown


def test_a_model_names_its_datasets_and_links_those_that_are_here(browser: TestClient) -> None:
    text = browser.get("/alice/coder").text

    assert '<a href="/datasets/alice/rows">alice/rows</a>, alice/veiled, other/far' in text
    assert "AutoModelForCausalLM.from_pretrained(&#34;alice/coder&#34;)" in text


def test_a_space_says_how_it_runs(browser: TestClient) -> None:
    text = browser.get("/spaces/alice/app").text

    assert re.search(r"<dt>SDK</dt><dd>\s*gradio", text)
    assert "hf download alice/app --repo-type space" in text


@pytest.mark.parametrize("address", ["/datasets/ALICE/rows", "/models/alice/coder?revision=main"])
def test_another_spelling_leads_to_the_page(browser: TestClient, address: str) -> None:
    browser.follow_redirects = True

    assert browser.get(address).status_code == 200


def test_every_file_that_a_page_asks_for_is_in_the_package(browser: TestClient) -> None:
    page = Page(browser.get("/").text)
    assets = [
        str(value)
        for tag in ("link", "script", "img")
        for attributes in page.all(tag)
        for key, value in attributes.items()
        if key in ("href", "src")
    ]

    assert {asset.partition("?")[0].rpartition(".")[2] for asset in assets} == {"css", "js", "svg"}
    assert all(browser.get(asset).status_code == 200 for asset in assets)


@pytest.mark.parametrize("name", ["none.css", "..%2Frender.py", "%2e%2e"])
def test_nothing_else_of_the_package_is_served(browser: TestClient, name: str) -> None:
    assert browser.get(f"/_static/{name}").status_code == 404


def test_an_empty_hub_says_how_to_fill_it(tmp_path: Path) -> None:
    hub = Hub(tmp_path)
    with client_of(hub) as client:
        text = client.get("/").text
    hub.close()

    assert "hf upload OWNER/NAME FOLDER" in text


def titles(client: TestClient, address: str) -> tuple[int, list[str]]:
    """The status of a page and where its links to repositories lead."""
    answer = client.get(address)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.status_code, [link for link in Page(answer.text).links() if "alice/" in link and not link.startswith("/_")]


def collected(client: TestClient, *, private: bool = False) -> str:
    """A collection of alice's with a repository for everybody and one for herself. Returns: the address of its page."""
    body = {"title": f"Grown <b>{private}</b>", "description": "All of it", "namespace": "alice", "private": private}
    slug = client.post("/api/collections", json=body, headers=WRITER).json()["slug"]
    for name in ("alice/rows", "alice/veiled"):
        item = {"item": {"type": "dataset", "id": name}, "note": "rows & words"}
        assert client.post(f"/api/collections/{slug}/items", json=item, headers=WRITER).status_code == 200
    return f"/collections/{slug}"


def test_an_owners_page_lists_what_the_visitor_may_see(browser: TestClient) -> None:
    address = collected(browser)

    public = titles(browser, "/alice")
    browser.cookies.update(log_in(browser).cookies)
    own = titles(browser, "/alice")

    assert public == (200, ["/datasets/alice/rows", "/alice/coder", "/spaces/alice/app", address])
    assert (own[0], set(own[1])) == (200, {*public[1], "/datasets/alice/veiled"})
    assert "Nothing here that you may see" in browser.get("/bob").text


def test_a_collection_has_a_page(browser: TestClient) -> None:
    address = collected(browser)

    text = browser.get(address).text

    assert titles(browser, address) == (200, ["/datasets/alice/rows"])
    assert "Grown &lt;b&gt;False" in text
    assert "rows &amp; words" in text
    assert titles(browser, collected(browser, private=True)) == (404, [])


def test_the_address_of_a_pull_request_leads_to_its_files(browser: TestClient) -> None:
    commit(browser, "dataset", "alice/rows", {"a.txt": b"proposed"}, "Change", "main?create_pr=1")

    change, none = (browser.get(f"/datasets/alice/rows/discussions/{number}") for number in (1, 2))

    assert (change.status_code, change.headers["location"]) == (307, "/datasets/alice/rows/tree/refs%2Fpr%2F1")
    assert browser.get(change.headers["location"]).status_code == 200
    assert none.status_code == 404
    assert browser.get("/datasets/alice/veiled/discussions/1").status_code == 404


def test_the_address_of_a_commit_leads_to_its_files(browser: TestClient) -> None:
    oid = browser.get("/api/models/alice/coder").json()["sha"]

    answer = browser.get(f"/alice/coder/commit/{oid}")

    assert (answer.status_code, answer.headers["location"]) == (307, f"/alice/coder/tree/{oid}")


@pytest.mark.parametrize("kind", ["dataset", "model", "space"])
def test_a_type_leads_to_the_front_page(browser: TestClient, kind: str) -> None:
    assert browser.get(f"/{kind}s").headers["location"] == f"/?type={kind}"


@pytest.mark.parametrize(
    "address", ["/nobody", "/collections", "/collections/alice/none-000", "/datasets/alice/rows/settings/x", "/a/b/c/d/e"]
)
def test_an_address_that_nothing_is_at_is_a_page_for_a_browser(browser: TestClient, address: str) -> None:
    answer = browser.get(address, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})

    assert answer.status_code == 404
    assert Page(answer.text).all("h1")
    assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_an_address_that_nothing_is_at_is_json_for_a_client(browser: TestClient) -> None:
    assert browser.get("/datasets/alice/rows/settings/x", headers={"Accept": "*/*"}).json() == {"error": "Not Found"}


def test_who_is_logged_in_is_not_asked_to_log_in(browser: TestClient) -> None:
    asked = "A private repository appears after you"

    before = browser.get("/alice/none").text
    browser.cookies.update(log_in(browser).cookies)

    assert asked in before
    assert asked not in browser.get("/alice/none").text
