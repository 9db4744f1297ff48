"""The language of a file: content decides, the name is a hint, the classifier resolves doubt."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import orjson

from seedbed.core.syntax import LANGUAGES
from seedbed.core.syntax.language import CLEAN_ERROR, TOLERATED_ERROR, Identity
from seedbed.core.syntax.languages import family_of
from seedbed.data.filters.language.evidence import (
    clue_count,
    clue_counts,
    full_error,
    is_programming,
    is_relative,
    language_by_heuristics,
    language_by_shebang,
    languages_by_name,
    trial_error,
)

if TYPE_CHECKING:
    from magika import Magika


MODEL_LABELS: Final = {
    "objectivec": "Objective-C",
    "cs": "C#",
    "csproj": "XML",
    "vcxproj": "XML",
    "php": "PHP",
    "css": "CSS",
    "scss": "SCSS",
    "html": "HTML",
    "xml": "XML",
    "svg": "SVG",
    "json": "JSON",
    "jsonl": "JSON",
    "yaml": "YAML",
    "toml": "TOML",
    "ini": "INI",
    "sql": "SQL",
    "txt": "Text",
    "rst": "reStructuredText",
    "latex": "TeX",
    "matlab": "MATLAB",
    "cmake": "CMake",
    "asm": "Assembly",
    "vhdl": "VHDL",
    "ocaml": "OCaml",
    "powershell": "PowerShell",
    "coffeescript": "CoffeeScript",
    "proto": "Protocol Buffer",
    "lisp": "Common Lisp",
    "gradle": "Gradle",
}
"""The model's labels as linguist's names. The key of a published language is its label; any other is a name with a capital."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A language and the model's confidence in it, in [0, 1]; "" for what it does not know."""

    language: str
    score: float


def guess(text: str) -> Guess:
    """The model's answer for a text, by its content alone."""
    prediction = _model().identify_bytes(text.encode("utf-8", "replace")).prediction
    label = str(prediction.output.label)
    if label in {"unknown", "empty"}:
        return Guess("", 0.0)
    published = next((language.name for language in LANGUAGES.values() if language.key == label), None)
    return Guess(published or MODEL_LABELS.get(label, label.capitalize()), float(prediction.score))


@functools.cache
def _model() -> Magika:
    import onnxruntime  # type: ignore[import-untyped]
    from magika import Magika

    class OneThread(Magika):
        """The workers already use every core, and sums over several threads need not be the same every time."""

        def _init_onnx_session(self) -> Any:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            return onnxruntime.InferenceSession(self._model_path, options, providers=["CPUExecutionProvider"])

    return OneThread()


MAX_SUPPORTED_ERROR: Final = 0.25
"""Up to here a single clue is enough, where no other language reads the file."""
MAX_NAMED_ERROR: Final = 0.5
"""Beyond it, the name alone does not decide for a language without a clue in the text."""
_MIN_SUPPORT_CLUES: Final = 2
_MIN_STRONG_CLUES: Final = 3
_MIN_MODEL_SCORE: Final = 0.8
_MAX_TRIALS: Final = 3
_HEURISTIC_CHARACTERS: Final = 8_192

_SHEBANG: Final = re.compile(r"#![ \t]*/")
_MARKUP: Final = re.compile(r"<(\?xml|!DOCTYPE html|html|svg|\?php|!DOCTYPE)\b", re.IGNORECASE)
_MARKUP_LANGUAGES: Final = {
    "?xml": "XML",
    "!doctype html": "HTML",
    "html": "HTML",
    "svg": "SVG",
    "?php": "PHP",
    "!doctype": "XML",
}


def identify(text: str, path: str = "") -> Identity:
    """Language of a text.

    Args:
        text: decoded source.
        path: its path or name; "" where there is none.
    Returns: a linguist name, "Flow" for JavaScript with Flow's types, or "" for unknown.
    """
    name = path.rpartition("/")[2]
    named = languages_by_name(name)
    published = [language for language in named if language in LANGUAGES]
    if len(named) > 1 and not published:
        named = (language_by_heuristics(name, text[:_HEURISTIC_CHARACTERS]),)
    if named and is_relative(named[0]):
        return Identity(named[0], "name")
    by_start = _by_start(text, named)
    if by_start is not None and not (by_start.source == "shebang" and published):
        return by_start
    if published:
        return _named_published(text, name, published[0], by_start)
    if named:
        return _named_other(text, named[0])
    return _unnamed(text, "." in name.lstrip("."))


def _by_start(text: str, named: tuple[str, ...]) -> Identity | None:
    """What the first characters give away: an interpreter, a document of JSON, or markup."""
    start = text[:200].lstrip("\ufeff \t\r\n")
    if _SHEBANG.match(start):
        language = language_by_shebang(start.partition("\n")[0])
        return Identity(language, "shebang") if language else None
    if any(not is_programming(language) for language in named):
        return None  # Notebooks, SVG, resource files: the name knows the dialect better.
    if start[:1] in ("{", "[") and _is_json(text):
        return Identity("JSON", "content")
    if markup := _MARKUP.match(start):
        return Identity(_MARKUP_LANGUAGES[markup[1].lower()], "content")
    return None


def _is_json(text: str) -> bool:
    try:
        orjson.loads(text.lstrip("\ufeff"))
    except orjson.JSONDecodeError:
        return False
    return True


def _named_published(text: str, name: str, language: str, by_start: Identity | None) -> Identity:
    """The name is one of a published language: its grammar, or that of a sibling, should read the file."""
    family = family_of(language)
    candidate = family.before_parse(text, name, language)
    if candidate not in LANGUAGES:
        return Identity(candidate, "content")
    ratio = full_error(text, name, candidate)
    if ratio <= CLEAN_ERROR:
        return Identity(candidate, "parse")
    if by_start is not None:
        return by_start
    member = family.after_errors(text, candidate, ratio, trial_error)
    return member or _supported(text, candidate, ratio) or _in_doubt(text, candidate, ratio)


def _supported(text: str, language: str, ratio: float) -> Identity | None:
    """Macros and extensions break parses: clues decide, unless they are those of a language that parses the file."""
    clues = clue_count(text, language)
    if ratio <= TOLERATED_ERROR and clues >= _MIN_SUPPORT_CLUES:
        return Identity(language, "content")
    other = _read_by_clues(text, max(_MIN_SUPPORT_CLUES, clues))
    if other and other != language:
        return Identity(other, "parse")
    if clues >= _MIN_STRONG_CLUES or (clues and ratio <= MAX_SUPPORTED_ERROR):
        return Identity(language, "content")
    return None


def _named_other(text: str, language: str) -> Identity:
    """The name is that of a language without a grammar: it decides, unless the text is clearly a published language."""
    by_clues = _read_by_clues(text, _MIN_SUPPORT_CLUES, min_first_words=2)
    if not by_clues:
        return Identity(language, "name")
    answer = guess(text)
    agrees = _base(answer.language) == _base(by_clues) and answer.score >= _MIN_MODEL_SCORE
    return Identity(by_clues, "model") if agrees else Identity(language, "name")


def _unnamed(text: str, has_extension: bool) -> Identity:
    """The language by the text alone. An unknown extension is a format of its own, unless a grammar parses it cleanly."""
    at_least, first_words = (_MIN_STRONG_CLUES, 2) if has_extension else (_MIN_SUPPORT_CLUES, 1)
    if by_clues := _read_by_clues(text, at_least, first_words):
        return Identity(by_clues, "parse")
    clues = {} if has_extension else clue_counts(text)
    if not clues:
        return Identity("", "content")
    language = _settled(text, guess(text).language)
    unsupported = language in LANGUAGES and clues.get(language, 0) < _MIN_STRONG_CLUES
    if unsupported and full_error(text, "", language) > MAX_NAMED_ERROR:
        return Identity("", "model")
    return Identity(language, "model")


def _in_doubt(text: str, named: str, named_ratio: float) -> Identity:
    """The named grammar fails and no clue supports it: the model may name something that does better."""
    answer = guess(text)
    if answer.score < _MIN_MODEL_SCORE or not answer.language:
        return Identity(named if named_ratio <= MAX_NAMED_ERROR else "", "name")
    if _base(answer.language) == _base(named):
        return Identity(named, "model")
    language = _settled(text, answer.language)
    if language in LANGUAGES and full_error(text, "", language) > named_ratio:
        return Identity(named, "name")
    return Identity(language, "model")


def _read_by_clues(text: str, at_least: int, min_first_words: int = 1) -> str:
    """The language with the most clues whose grammar reads the start of the text cleanly; "" when none does."""
    counts = clue_counts(text, min_first_words)
    likely = sorted((-count, language) for language, count in counts.items() if count >= at_least)
    for _, language in likely[:_MAX_TRIALS]:
        if trial_error(text, language) <= CLEAN_ERROR:
            return family_of(language).after_clues(text, language)
    return ""


def _settled(text: str, language: str) -> str:
    """The model's answer, with the member of its family settled by clues and grammars."""
    return family_of(language).settle(text, language, trial_error)


def _base(language: str) -> str:
    return family_of(language).base or language
