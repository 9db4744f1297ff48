"""A safe subset of YAML: text, numbers, lists and mappings. Anything else is an error that names its line.

Refused are deep nesting (it exhausts the stack), aliases that expand to gigabytes, tags (they name Python types), keys that are
not text, and a key given twice.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import yaml

from seedbed.core.errors import RecipeError

_MAX_DEPTH = 32
"""Levels of lists and mappings; a recipe has 4."""
_ALL_TEXT = "sources"
"""Key of a recipe below which every value is text."""
_WORDS = dict.fromkeys((f"tag:yaml.org,2002:{kind}" for kind in ("int", "float", "bool")), "tag:yaml.org,2002:str")
_MAX_UNFOLDED_CHARACTERS = 10_000_000
"""Characters that all aliases together may expand to."""


def load(text: str) -> Any:
    """Parse the one document in `text` into None, bool, int, float, str, list and dict.

    Raises: RecipeError that starts with the line.
    """
    try:
        return yaml.load(text, _Loader)  # noqa: S506 - a SafeLoader with fewer types
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        raise RecipeError(f"{where}not YAML: {getattr(error, 'problem', error)}.") from error


class _Loader(yaml.SafeLoader):
    """Safe YAML: a key given twice is an error; dates, and all values below `sources`, stay text."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0
        self._is_in_anchor = False
        self._unfolded_characters = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose a node. Raises: RecipeError for a tag, deep nesting and dangerous aliases."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent):
            return self._alias(super().compose_node(parent, index), event)
        if event.tag:
            raise _refused(event, event.tag, "a tag. Allowed: text, numbers, lists and mappings")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _refused(event, "", f"nested too deep. Allowed: {_MAX_DEPTH} levels")
        outside = self._is_in_anchor
        self._is_in_anchor |= bool(event.anchor)
        node = super().compose_node(parent, index)
        self._is_in_anchor = outside
        self._depth -= 1
        return node

    def _alias(self, node: yaml.Node | None, event: yaml.AliasEvent) -> yaml.Node | None:
        """Refuse an alias inside an anchor: it would allow exponential expansion and endless loops."""
        if self._is_in_anchor:
            raise _refused(event, f"*{event.anchor}", "an alias inside an anchor. Allowed: the text itself")
        if node:
            self._unfolded_characters += node.end_mark.index - node.start_mark.index
        if self._unfolded_characters > _MAX_UNFOLDED_CHARACTERS:
            raise _refused(event, f"*{event.anchor}", f"aliases for more than {_MAX_UNFOLDED_CHARACTERS:,} characters")
        return node

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build a mapping. Raises: RecipeError for a key that is not text or is given twice."""
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _refused(key, "", "a list or a mapping as a key. Allowed: text")
            if key.value in seen:
                raise _refused(key, key.value, "given twice. Allowed: each key once")
            seen.add(key.value)
            if key.value == _ALL_TEXT:
                _keep_words(value)
        return super().construct_mapping(node, deep=deep)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build any value. Raises: RecipeError for a malformed number."""
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, OverflowError) as error:  # a number of thousands of digits, or of none (0x_)
            raise _refused(node, "", f"not a number: {error}") from error


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _keep_words(node: yaml.Node) -> None:
    """Keep values as text: version 1.10 is not the number 1.1, and a commit id of digits is not a number."""
    if isinstance(node, yaml.ScalarNode):
        node.tag = _WORDS.get(node.tag, node.tag)
    elif isinstance(node, yaml.SequenceNode):
        for entry in node.value:
            _keep_words(entry)
    elif isinstance(node, yaml.MappingNode):
        for _, value in node.value:
            _keep_words(value)


def _refused(at: yaml.Node | yaml.Event, name: str, what: str) -> RecipeError:
    line = at.start_mark.line + 1 if at.start_mark else 1
    return RecipeError(f"line {line}: {name}: {what}." if name else f"line {line}: {what}.")
