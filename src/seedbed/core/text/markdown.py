"""Escape values for GitHub-flavoured markdown, so that a path or a license name cannot add markup."""

from __future__ import annotations

import re

_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#~$&])")
_INSIDE_A_WORD = re.compile(r"(?<=\w)\\_(?=\w)")
_BACKTICKS = re.compile(r"`+")
_HIDDEN = re.compile(r"[^\S ]+")


def text(value: object) -> str:
    r"""Escape all markup, on one line.

    >>> text("a|b <i>\n# c_d")
    'a\\|b \\<i\\> \\# c_d'
    """
    escaped = _MARKUP.sub(r"\\\1", visible(str(value)))
    return _INSIDE_A_WORD.sub("_", escaped)


def code(value: object) -> str:
    r"""A code span that is safe in a table cell: longer fences around backticks, escaped pipes; a dash for an empty value.

    >>> code("a|b")
    '`a\\|b`'
    >>> code("x`y")
    '``x`y``'
    """
    inside = visible(str(value)).replace("|", "\\|")
    if not inside:
        return "–"
    fence = "`" * (1 + max(map(len, _BACKTICKS.findall(inside)), default=0))
    pad = " " if inside.startswith("`") or inside.endswith("`") else ""
    return f"{fence}{pad}{inside}{pad}{fence}"


def prose(value: object) -> str:
    r"""Escape all markup but code spans.

    >>> prose("`a|b` < c")
    '`a\\|b` \\< c'
    """
    parts = str(value).split("`")
    if len(parts) % 2 == 0 or not all(parts[1:-1]):  # a span that does not close, or nothing between two backticks
        return text(value)
    spans = (code(part) if index % 2 else _unstripped(part) for index, part in enumerate(parts))
    return "".join(spans)


def fenced(lines: str, language: str) -> str:
    """A code block whose fence is longer than any run of backticks inside."""
    fence = "`" * max(3, 1 + max(map(len, _BACKTICKS.findall(lines)), default=0))
    body = "\n".join(visible_letters(line) for line in lines.split("\n"))
    return f"{fence}{language}\n{body}\n{fence}"


def url(value: object) -> str:
    """A link for a web address, a code span for anything else.

    >>> url("https://example.org/a_b")
    '<https://example.org/a_b>'
    >>> url("javascript:alert(1)")
    '`javascript:alert(1)`'
    """
    address = str(value)
    return f"<{address}>" if re.fullmatch(r"https?://[\w./:@%+~#?=,;-]+", address) else code(address)


def contact(value: object) -> str:
    """A contact: a web address as a link, a mail address or a sentence as text.

    >>> contact("https://example.org/removal"), contact("mail a@example.org")
    ('<https://example.org/removal>', 'mail a@example.org')
    """
    return url(value) if str(value).startswith(("https://", "http://")) else text(value)


def bibtex(value: object) -> str:
    """Text for a BibTeX field, without characters that would end or change the entry.

    >>> bibtex("C & C++ {100 %}")
    'C and C++ (100 percent)'
    """
    swapped = visible(str(value)).translate(str.maketrans("{}\\`", "()/'"))
    return swapped.replace("&", "and").replace(" %", " percent")


def _unstripped(part: str) -> str:
    """Escaped text that keeps the space next to a code span."""
    before = " " if part[:1].isspace() else ""
    after = " " if part[-1:].isspace() and part.strip() else ""
    return f"{before}{text(part)}{after}"


def visible(value: str) -> str:
    r"""One line of visible characters: white space becomes a space, other invisible characters become escapes.

    >>> visible("a\nb\u202ec")
    'a b\\u202ec'
    """
    return visible_letters(_HIDDEN.sub(" ", value).strip())


def visible_letters(line: str) -> str:
    """A line whose invisible characters, such as those that change the writing direction, are escapes."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in line)
