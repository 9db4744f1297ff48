"""The YAML block at the top of a README.md, as the Hub reads it."""

from __future__ import annotations

from typing import Any

import yaml
from huggingface_hub.repocard import REGEX_YAML_BLOCK

from seedbed.errors import PublishError
from seedbed.hub.content import CARD, Content


def metadata(content: Content) -> dict[str, Any]:
    """The block as data; empty when there is none.

    Raises: PublishError when it is not a YAML mapping, with the line of the file.
    """
    found = REGEX_YAML_BLOCK.search(content.text(CARD))
    if found is None:
        return {}
    where = f"{content.folder.name}: {CARD}"
    try:
        data = yaml.safe_load(found.group(2))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" line {mark.line + 2}:" if mark else ""
        raise PublishError(f"{where}:{line} metadata is not YAML: {getattr(error, 'problem', error)}.") from error
    if not isinstance(data, dict | None):
        raise PublishError(f"{where}: metadata is not a mapping. Allowed: `key: value` lines between two `---` lines.")
    return data or {}
