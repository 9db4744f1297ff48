"""Checks before anything is sent: the card, the files it names, placeholders that were left in."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from huggingface_hub import DatasetCard, ModelCard, SpaceCard, constants
from huggingface_hub.repocard import REGEX_YAML_BLOCK, RepoCard

from seedbed.core.errors import PublishError
from seedbed.publishing.hub.connection import one_line_errors
from seedbed.publishing.hub.content import CARD, Content, metadata
from seedbed.publishing.hub.target import Kind

_CARDS: dict[Kind, type[RepoCard]] = {"dataset": DatasetCard, "model": ModelCard, "space": SpaceCard}
_REQUIREMENTS = "requirements.txt"
_PLACEHOLDER = re.compile(r"\bOWNER/[\w.-]+")


def validate(content: Content, kind: Kind) -> None:
    """Everything that can be checked without a Hub.

    Raises: PublishError naming the file, the mistake and what is allowed.
    """
    where = f"{content.folder.name}: {CARD}"
    text = content.text(CARD)
    if not REGEX_YAML_BLOCK.search(text):
        raise PublishError(f"{where}: no metadata. Allowed: a YAML block between two `---` lines at the top.")
    data = metadata(content)
    card_of(text, kind, where)
    for number, line in enumerate(text.splitlines(), 1):
        if placeholder := _PLACEHOLDER.search(line):
            raise PublishError(
                f"{where}: line {number}: {placeholder.group()} is a placeholder. Allowed: the name of a repository."
            )
    _check_space(content, data, where) if kind == "space" else _check_data_files(content, data, where)


def ask_the_hub(content: Content, kind: Kind) -> None:
    """Have the Hub check the card's metadata, which it does for every commit anyway, but only after the upload.

    Raises: PublishError with the Hub's words, HubAccessError when it cannot be asked.
    """
    where = f"{content.folder.name}: {CARD}"
    card = card_of(content.text(CARD), kind, where)
    try:
        with one_line_errors(where):
            card.validate(repo_type=kind)
    except PublishError as error:
        raise PublishError(f"{error} (the Hub's check of the metadata)") from None


def card_of(text: str, kind: Kind, where: str) -> RepoCard:
    """A card as the official client models it. Raises: PublishError with its complaint."""
    try:
        return _quietly(_CARDS[kind], text)
    except (ValueError, TypeError) as error:
        raise PublishError(f"{where}: metadata: {error}") from error


def _quietly(model: type[RepoCard], text: str) -> RepoCard:
    """The client logs what it also raises."""
    logger = logging.getLogger("huggingface_hub.repocard_data")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        return model(text)
    finally:
        logger.setLevel(level)


def _check_space(content: Content, data: dict[str, Any], where: str) -> None:
    sdks = constants.SPACES_SDK_TYPES
    if data.get("sdk") not in sdks:
        raise PublishError(f"{where}: sdk: {data.get('sdk', 'missing')}. Allowed: {', '.join(sdks)}.")
    started = data.get("app_file") or {"docker": "Dockerfile", "static": "index.html"}.get(data["sdk"], "app.py")
    if not isinstance(started, str) or started not in content.entries:
        raise PublishError(f"{where}: app_file: {started}: no such file. Allowed: a file of the folder.")
    _check_requirements(content)


def _check_requirements(content: Content) -> None:
    """A Space that wants a file which is not sent would not be built."""
    if _REQUIREMENTS not in content.entries:
        return
    for line in content.text(_REQUIREMENTS).splitlines():
        if line.startswith("./") and line.strip().removeprefix("./") not in content.entries:
            raise PublishError(
                f"{content.folder.name}: {_REQUIREMENTS}: {line.strip()}: no such file. "
                "Allowed: a file of the folder; `make spaces` puts Seedbed's wheel there."
            )


def _check_data_files(content: Content, data: dict[str, Any], where: str) -> None:
    for name, pattern in _patterns(data.get("configs")):
        try:
            expression = glob_expression(pattern)
        except re.error:
            raise PublishError(f"{where}: configs: {name}: {pattern}: not a pattern. Allowed: such as data/[a-z]*.csv.") from None
        if not any(expression.fullmatch(path) for path in content.entries):
            raise PublishError(f"{where}: configs: {name}: {pattern}: matches no file. Allowed: paths of files in the folder.")


def _patterns(configs: Any) -> Iterator[tuple[str, str]]:
    """Every pattern of every config, whichever of the Hub's spellings it has."""
    for config in configs if isinstance(configs, list) else []:
        if not isinstance(config, dict):
            continue
        name, folder = str(config.get("config_name", "default")), config.get("data_dir")
        yield from ((name, f"{folder}/{path}" if folder else str(path)) for path in _paths(config.get("data_files")))


def _paths(data_files: Any) -> Iterator[Any]:
    """Of a pattern, a list of patterns, a mapping of splits to them, or a list of `split:`, `path:`."""
    if isinstance(data_files, dict):
        for paths in data_files.values():
            yield from _as_list(paths)
        return
    for entry in _as_list(data_files):
        yield from _as_list(entry.get("path")) if isinstance(entry, dict) else [entry]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def glob_expression(pattern: str) -> re.Pattern[str]:
    """A pattern of `data_files` as a regular expression over paths of a repository.

    >>> [bool(glob_expression("data/*/a-*.parquet").fullmatch(p)) for p in ("data/c/a-0.parquet", "data/c/d/a-0.parquet")]
    [True, False]
    >>> [bool(glob_expression("**/[ab].csv").fullmatch(p)) for p in ("a.csv", "x/y/b.csv", "x/c.csv")]
    [True, True, False]
    """
    words = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.findall(r"\*\*/|\*\*|\*|\?|\[[^\]]+\]|\{[^}]+\}|.", pattern.removeprefix("./"))
    return re.compile("".join(words.get(part) or _part(part) for part in parts))


def _part(part: str) -> str:
    if part.startswith("[") and len(part) > 2:
        return f"[^{part[2:]}" if part[1] == "!" else part
    if part.startswith("{"):
        return "(?:" + "|".join(map(re.escape, part[1:-1].split(","))) + ")"
    return re.escape(part)
