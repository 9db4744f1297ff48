"""Links in the card of a model or a Space: keys of the metadata, and a block between two marks that is ours to rewrite."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from seedbed.publishing.hub.target import Kind
from seedbed.publishing.hub.validate import card_of

_BEGIN, _END = "<!-- seedbed:links -->", "<!-- /seedbed:links -->"
_BLOCK = re.compile(re.escape(_BEGIN) + r".*?" + re.escape(_END), re.DOTALL)


def linked(text: str, kind: Kind, ids: Mapping[str, Sequence[str]], words: str) -> str:
    """A card with `ids` among the lists of its metadata, such as `datasets`, and `words` in its block.

    The block goes where its marks are, else to the end. The same links give the same text, however often.
    Raises: PublishError when the card's metadata is not what the client models.
    """
    return _with_block(_with_ids(text, kind, ids), words.strip())


def _with_ids(text: str, kind: Kind, ids: Mapping[str, Sequence[str]]) -> str:
    card = card_of(text, kind, "README.md")
    missing = False
    for key, wanted in ids.items():
        has = card.data.get(key) or []
        has = [has] if isinstance(has, str) else list(has)
        new = [repo_id for repo_id in wanted if repo_id not in has]
        if new:
            card.data[key] = [*has, *new]
            missing = True
    return str(card) if missing else text


def _with_block(text: str, words: str) -> str:
    block = f"{_BEGIN}\n{words}\n{_END}"
    if _BLOCK.search(text):
        return _BLOCK.sub(lambda _: block, text, count=1)
    return f"{text.rstrip()}\n\n{block}\n"
