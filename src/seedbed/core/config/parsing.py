"""Configuration files: strict YAML, and mistakes in them as one line."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

import seedbed
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
        """Build any value. Raises: RecipeError for a malformed number, and for text that is not encodable as UTF-8."""
        if isinstance(node, yaml.ScalarNode) and not _is_encodable(node.value):
            raise _refused(node, "", "not encodable as UTF-8: half of a surrogate pair. Allowed: the character itself")
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


def _is_encodable(text: str) -> bool:
    """Whether UTF-8 can encode a text, two escapes that are a surrogate pair taken for their character."""
    try:
        text.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        return False
    return True


def _refused(at: yaml.Node | yaml.Event, name: str, what: str) -> RecipeError:
    line = at.start_mark.line + 1 if at.start_mark else 1
    return RecipeError(f"line {line}: {name}: {what}." if name else f"line {line}: {what}.")


_GOT_CHARACTERS = 60


def first_mistake(error: ValidationError, model: type[BaseModel], root: str, where_to_read: str) -> str:
    """One line such as `a.b: what. Allowed: ... See ...`, with the number of further errors.

    An unknown key comes first, since it may be a missing key misspelt; then all missing keys at once; then wrong values.

    Args: model: the model that was validated; root: name of the whole, for an error of no single key; where_to_read: a sentence.
    """
    mistakes = error.errors()
    missing = [mistake for mistake in mistakes if mistake["type"] == "missing"]
    unknown = [mistake for mistake in mistakes if mistake["type"] == "extra_forbidden"]
    first = (unknown or missing or mistakes)[0]
    shown = missing if first["type"] == "missing" else [first]
    where = ", ".join(_dotted(mistake["loc"]) or root for mistake in shown)
    more = f" ({len(mistakes) - len(shown)} more)" if len(mistakes) > len(shown) else ""
    return f"{where}: {_what(first, model)}. {where_to_read}{more}"


def section_of(error: ValidationError, model: type[BaseModel]) -> str:
    """First key of the error that `first_mistake` reports, which is a section of recipes/README.md; "" for an unknown key."""
    mistakes = error.errors()
    by_kind = (mistake for kind in ("extra_forbidden", "missing") for mistake in mistakes if mistake["type"] == kind)
    first = next(by_kind, mistakes[0])
    return next((str(key) for key in first["loc"][:1] if key in model.model_fields), "")


def handbook(section: str = "", package: Path | None = None) -> str:
    """Path of the page that explains recipes: in a checkout, or the copy installed with the package."""
    shipped = (package or Path(seedbed.__file__).parent) / "policy" / "recipes"
    page = str(shipped / "README.md") if shipped.is_dir() else "recipes/README.md"
    return f"{page}#{section}" if section else page


def example(package: Path | None = None) -> str:
    """Path of a recipe to start from: in a checkout, or the copy installed with the package."""
    return f"{Path(handbook(package=package)).parent / 'data' / 'starter.yaml'}"


def _dotted(keys: Iterable[int | str]) -> str:
    return ".".join(map(str, keys))


def _what(mistake: Mapping[str, Any], model: type[BaseModel]) -> str:
    *path, last = mistake["loc"] or ("",)
    got = json.dumps(mistake["input"], default=str)[:_GOT_CHARACTERS]
    match mistake["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            keys = _keys(_inside(path, model))
            near = get_close_matches(str(last), keys, n=1)
            return f"unknown key. Allowed: {', '.join(keys)}" + (f". Nearest: {near[0]}" if near else "")
        case "string_type" if isinstance(mistake["input"], int | float):
            return f"text is wanted, {got} is a number: put it in quotes"
        case "string_pattern_mismatch":
            allowed = _description(_field(str(last), _inside(path, model)))
            return f"{got} is not allowed. Allowed: {allowed or mistake['ctx']['pattern']}"
        case "value_error":
            return str(mistake["msg"]).removeprefix("Value error, ")
    return f"{mistake['msg']} (got {got})"


def _inside(path: Iterable[int | str], model: type[BaseModel]) -> type[BaseModel] | None:
    """The model at a path of keys; None for plain data."""
    here: type[BaseModel] | None = model
    for key in path:
        annotation = field.annotation if (field := _field(str(key), here)) else None
        parts = (annotation, *get_args(annotation))
        here = next((part for part in parts if isinstance(part, type) and issubclass(part, BaseModel)), None)
    return here


def _field(key: str, model: type[BaseModel] | None) -> FieldInfo | None:
    return model.model_fields.get(key) if model else None


def _description(field: FieldInfo | None) -> str | None:
    """The description of a field, or of its type if the field is optional."""
    if field is None or field.description:
        return field.description if field else None
    inside = (note for part in get_args(field.annotation) for note in getattr(part, "__metadata__", ()))
    return next((note.description for note in inside if isinstance(note, FieldInfo)), None)


def _keys(model: type[BaseModel] | None) -> list[str]:
    return sorted(model.model_fields) if model else []
