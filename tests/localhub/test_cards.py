"""Cards as HTML: what real cards hold is shown, what hostile ones hold does nothing, and neither takes long."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localhub import cards
from localhub.pages.card import MAX_CARD_CHARACTERS, cut, render
from localhub.pages.links import Links, image, link

LINKS = Links("dataset", "owner/name", "main")
HANDLER = re.compile(r"on[a-z]+", re.IGNORECASE)


class Seen(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    handle_startendtag = handle_starttag

    def values(self, name: str) -> list[str]:
        return [value or "" for _, attributes in self.tags for key, value in attributes.items() if key == name]


def assert_harmless(html: str) -> None:
    seen = Seen(html)
    assert {tag for tag, _ in seen.tags}.isdisjoint(
        {"script", "style", "iframe", "object", "embed", "form", "input", "base", "meta", "link", "svg", "math"}
    )
    assert [
        name
        for _, attributes in seen.tags
        for name in attributes
        if HANDLER.fullmatch(name) or name in ("style", "srcset", "name")
    ] == []
    assert set(seen.values("class")) <= {"", "scroll"}
    for address in seen.values("href"):
        assert re.match(r"https?://|mailto:|/|#card-", address), address
    for address in seen.values("src"):
        assert re.match(r"/(?!/)|data:image/(png|jpeg|gif|webp);base64,", address), address


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](&#106;avascript:alert(1))",
        "<a href='java\nscript:alert(1)'>a</a>",
        "<a href=' javascript:alert(1)'>a</a>",
        "<a href='data:text/html,<script>alert(1)</script>'>a</a>",
        "<a href='vbscript:x'>a</a>",
        "![a](data:image/svg+xml;base64,PHN2Zz48c2NyaXB0Pg==)",
        "<img src='https://example.org/counter.png'>",
        "<img src='//example.org/counter.png'>",
        "<img srcset='https://example.org/counter.png 2x' src=a.png>",
        "<svg onload=alert(1)><script>alert(1)</script></svg>",
        "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
        "<iframe src=/ ></iframe><object data=/></object><embed src=/>",
        "<form action=https://example.org><input name=token><button>Log in</button></form>",
        "<style>body{display:none}</style><p style='position:fixed;inset:0'>over all</p>",
        "<base href=https://example.org/><meta http-equiv=refresh content='0;url=https://example.org'>",
        "<div class='login' name='q' id='content'>clobber</div>",
        "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
        "<p title='<table>'>`<table>`</p>\n\n|a|\n|-|\n|<img src=x onerror=alert(1)>|",
        "<details ontoggle=alert(1) open>x</details>",
        "<a href='https://example.org' target=_blank onclick=alert(1)>a</a>",
    ],
)
def test_a_hostile_card_does_nothing(text: str) -> None:
    html = render(text, LINKS)

    assert_harmless(html)


@given(
    st.lists(
        st.sampled_from(
            [*"<>\"'&[]()`|\n :/=!#*-", "a", "img", "script", "src", "onerror", "href", "javascript:", "table", "title", "data:"]
        ),
        max_size=40,
    )
)
def test_no_mixture_of_markup_makes_a_harmful_card(parts: list[str]) -> None:
    html = render("".join(parts), LINKS)

    assert_harmless(html)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("![plot](assets/a b.png)", ""),
        ("![plot](<assets/a b.png>)", 'src="/datasets/owner/name/resolve/main/assets/a%20b.png"'),
        ("<img src='assets/plot.png' width=300>", 'src="/datasets/owner/name/resolve/main/assets/plot.png"'),
        ("[columns](docs/schema.md#text)", 'href="/datasets/owner/name/blob/main/docs/schema.md#text"'),
        ("[up](../../../../etc/passwd)", 'href="/datasets/owner/name/blob/main/etc/passwd"'),
        ("[here](#how-it-was-made)", 'href="#card-how-it-was-made"'),
        ("## How it was made!", '<h3 id="card-how-it-was-made">How it was made!</h3>'),
        ("# a\n# a", 'id="card-a-1"'),
        ("[model](/owner/model)", 'href="/owner/model"'),
        ("|a|b|\n|-|-:|\n|1|2|", '<td align="right">2</td>'),
        ("|a|\n|-|\n|1|", '<div class="scroll" tabindex="0"><table>'),
        ("~~old~~", "<s>old</s>"),
        ("<details><summary>more</summary>text</details>", "<details><summary>more</summary>text</details>"),
    ],
)
def test_what_real_cards_hold_is_shown(text: str, expected: str) -> None:
    html = render(text, LINKS)

    assert expected in html


def test_an_image_of_another_machine_leaves_its_words() -> None:
    html = render("![a badge](https://example.org/badge.svg)", LINKS)

    assert 'alt="a badge"' in html
    assert "example.org" not in html


@pytest.mark.parametrize(
    "address", ["", "http://[::1", "//host/x", "x:y", "\\\\host\\x", "https://host/x.png", "file:///etc/passwd"]
)
def test_an_address_that_is_no_file_of_the_repository_is_no_image(address: str) -> None:
    found = image(address, LINKS)

    assert found is None or found.startswith("/datasets/owner/name/")


@given(st.text(max_size=60))
def test_a_link_stays_on_this_hub_or_says_where_it_goes(address: str) -> None:
    found = link(address, LINKS)

    assert found is None or re.match(r"(?i)https?:|mailto:|/(?![/\\])|#card-", found)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "*a " * 20_000,
        "> " * 20_000,
        "`" * 20_000,
        "<" * 20_000,
        "![](" * 8_000,
        "|a" * 20_000 + "\n" + "|-" * 20_000,
        "- " * 8_000,
        "<div>" * 20_000,
        "&#" * 20_000,
    ],
    ids=["brackets", "stars", "quotes", "ticks", "angles", "images", "table", "lists", "divs", "entities"],
)
def test_a_card_made_to_take_long_does_not(text: str) -> None:
    start = time.process_time()
    render(text, LINKS)

    assert time.process_time() - start < 5


def test_a_long_card_is_cut() -> None:
    text, whole = cut("x" * (MAX_CARD_CHARACTERS + 1))

    assert (len(text), whole) == (MAX_CARD_CHARACTERS, False)


@pytest.mark.parametrize(
    ("text", "data", "body"),
    [
        ("# Hi", {}, "# Hi"),
        ("---\nlicense: mit\n---\n# Hi", {"license": "mit"}, "# Hi"),
        ("---\r\nlicense: mit\r\n---\r\n# Hi", {"license": "mit"}, "# Hi"),
        ("---\n---\n# Hi", {}, "# Hi"),
        ("---\nno end", {}, "---\nno end"),
        ("", {}, ""),
    ],
)
def test_the_yaml_block_and_the_rest_are_told_apart(text: str, data: object, body: str) -> None:
    card = cards.read(text)

    assert (card.data, card.body, card.problem) == (data, body, None)


BROKEN = {
    "open": "a: [",
    "list": "- a",
    "words": "just words",
    "object": "b: !!python/object:os.system x",
    "circle": "a: &a [*a]",
    "date": "a: 2026-99-99",
    "brackets": "[" * 100_000,
    "dashes": "- " * 100_000,
    "braces": "{a: " * 100_000,
    "tab": "\t",
    "control": "a: \x00",
    "long": "x" * 1_000_001,
}


@pytest.mark.parametrize("block", BROKEN.values(), ids=BROKEN)
def test_broken_yaml_is_one_line_to_show(block: str) -> None:
    card = cards.read(f"---\n{block}\n---\n# Hi")

    assert (card.data, card.body) == ({}, "# Hi")
    assert card.problem
    assert len(card.problem.splitlines()) == 1


def test_a_yaml_block_that_multiplies_itself_is_read_in_no_time() -> None:
    bomb = (
        "a0: &a0 x\n"
        + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
        + "tags: *a11\nlicense: *a3"
    )
    start = time.process_time()
    card = cards.read(f"---\n{bomb}\n---\n# Hi")

    assert card.problem
    assert time.process_time() - start < 2


def test_tags_are_words_whatever_the_card_says() -> None:
    data = {"license": ["mit", {"a": 1}], "language": "en", "tags": ["<b>", None, "", 7, "x" * 500], "task_categories": {"a": 1}}

    assert cards.labels(data) == ("mit", "en", "<b>", "7", "x" * 100)
