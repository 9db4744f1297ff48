"""A card as HTML: rendered, then sanitised, with its links kept inside the repository.

A card is untrusted. Markdown is rendered with its raw HTML, because real cards hold some, and the result goes through an
allow-list of tags and attributes; no script, no style, no handler, no image of another machine.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup

from localhub.pages.links import CARD_ID, Links, image, link

MAX_CARD_CHARACTERS = 200_000  # the worst card of that length takes four seconds, a real one half a second
_TAGS = set(
    "a abbr b blockquote br caption center code dd del details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd"
    " li mark ol p pre q s samp small span strong sub summary sup table tbody td tfoot th thead tr u ul var".split()
)
_CELL = {"align", "colspan", "rowspan"}
_ATTRIBUTES = {
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": _CELL,
    "th": _CELL | {"scope"},
    "ol": {"start"},
    "details": {"open"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_NOT_A_WORD = re.compile(r"[^\w\- ]")


def cut(body: str) -> tuple[str, bool]:
    """The rendered part of a card, and whether it is complete."""
    return body[:MAX_CARD_CHARACTERS], len(body) <= MAX_CARD_CHARACTERS


@lru_cache(maxsize=256)
def render(body: str, links: Links) -> Markup:
    """Markdown -> HTML that is safe to put into a page. `body` is the card without its YAML block."""
    html = _MARKDOWN.render(body)
    cleaner = nh3.Cleaner(
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=lambda _, name, value: _address(name, value, links),
        tag_attribute_values={"div": {"tabindex": {"0"}}},
        set_tag_attribute_values={"img": {"loading": "lazy"}},
        allowed_classes={"div": {"scroll"}},
        clean_content_tags={"script", "style", "title", "textarea", "noscript", "iframe", "object", "template"},
        url_schemes={"http", "https", "mailto", "data"},
        id_prefix=CARD_ID,
    )
    return Markup(cleaner.clean(html))  # noqa: S704 - the one place where text becomes HTML, and it was just cleaned


def _address(name: str, value: str, links: Links) -> str | None:
    if name == "href":
        return link(value, links)
    return image(value, links) if name == "src" else value


def _prepare(tokens: Sequence[Token]) -> None:
    """One level down for headings (the page has its own h1), ids for the table of contents, alignment without style."""
    seen: Counter[str] = Counter()
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            token.attrSet("id", _slug(tokens[index + 1].content, seen))
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        if style := str(token.attrs.pop("style", "")):
            token.attrSet("align", style.removeprefix("text-align:"))


def _slug(title: str, seen: Counter[str]) -> str:
    """The id that the Hub gives a heading: lower case, words joined by hyphens, a number from the second one on."""
    words = _NOT_A_WORD.sub("", title.strip().lower()).replace(" ", "-")
    count = seen[words]
    seen[words] += 1
    return CARD_ID + (f"{words}-{count}" if count else words)


class _Renderer(RendererHTML):
    """Tables in a box of their own that scrolls, so that a wide one does not push the page."""

    def table_open(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="scroll" tabindex="0">' + self.renderToken(tokens, index, options, env)

    def table_close(self, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
        return self.renderToken(tokens, index, options, env) + "</div>\n"


def _make_markdown() -> MarkdownIt:
    markdown = MarkdownIt("commonmark", {"html": True}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
    markdown.core.ruler.push("prepare", lambda state: _prepare(state.tokens))
    return markdown


_MARKDOWN = _make_markdown()
