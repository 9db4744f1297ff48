"""The YAML block at the top of a README.md, as the Hub reads it."""

from __future__ import annotations

from typing import Any

from huggingface_hub.repocard import REGEX_YAML_BLOCK

from seedbed.core.config import yaml
from seedbed.core.errors import PublishError, RecipeError
from seedbed.publishing.hub.content import CARD, Content


def metadata(content: Content) -> dict[str, Any]:
    """The block as data; empty when there is none.

    Raises: PublishError when it is not a YAML mapping, with the line of the file.
    """
    text = content.text(CARD)
    found = REGEX_YAML_BLOCK.search(text)
    if found is None:
        return {}
    where = f"{content.folder.name}: {CARD}"
    try:
        data = yaml.load("\n" * text.count("\n", 0, found.start(2)) + found.group(2))
    except RecipeError as error:
        raise PublishError(f"{where}: metadata: {error}") from error
    if not isinstance(data, dict | None):
        raise PublishError(f"{where}: metadata is not a mapping. Allowed: `key: value` lines between two `---` lines.")
    return data or {}
