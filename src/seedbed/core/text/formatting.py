"""Text for people: numbers with units, plurals, and Markdown."""

from __future__ import annotations

import re

_SPACE = "\u00a0"  # a number and its unit stay on one line
_UNITS = ("bytes", "KB", "MB", "GB", "TB", "PB")


def count(number: int) -> str:
    """Thousands separated: 12345 -> '12,345'."""
    return f"{number:,}"


def size(number: int) -> str:
    """Bytes in decimal units with three digits: 12345678 -> '12.3 MB', 999 -> '999 bytes'."""
    value, unit = float(number), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    digits = 0 if unit == 0 or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f}{_SPACE}{_UNITS[unit]}"


def short(number: int) -> str:
    """Three digits at most, for axes and labels: 12345 -> '12.3k', 1200000 -> '1.2M'."""
    value, suffix = float(number), 0
    while value >= 999.5 and suffix < 4:
        value, suffix = value / 1000, suffix + 1
    text = f"{value:.1f}" if value < 99.95 and suffix else f"{value:.0f}"
    return text.removesuffix(".0") + ("", "k", "M", "G", "T")[suffix]


def share(part: int, whole: int) -> str:
    """Percent with one decimal; a small part is '<0.1 %', and 100.0 % means the whole."""
    if whole == 0:
        return "–"
    percent = 100 * part / whole
    if 0 < percent < 0.05:
        return f"<{_SPACE}0.1{_SPACE}%"
    if part < whole and percent >= 99.95:
        return f">{_SPACE}99.9{_SPACE}%"
    return f"{percent:.1f}{_SPACE}%"


def percent(part: float) -> str:
    """A share as a round percentage: 0.05 -> '5 %'."""
    return f"{100 * part:g}{_SPACE}%"


def shortened(name: str, letters: int) -> str:
    """At most so many letters; what is cut ends in an ellipsis: ('license', 5) -> 'lice…'."""
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


def figure(value: float, unit: str) -> str:
    """A measured number with its unit: shares as percent, whole numbers whole, others with three significant digits."""
    if unit == "share":
        return f"{100 * value:.2f}{_SPACE}%"
    number = count(int(value)) if value == int(value) else f"{value:.3g}"
    return f"{number}{_SPACE}{unit}" if unit else number


def plural(number: int, noun: str) -> str:
    """'1 file', '2 files', '3 copies'."""
    if number == 1:
        return f"1 {noun}"
    ending = noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"
    return f"{count(number)} {ending}"


def million(number: int) -> str:
    """Large counts in words: 4232000 -> '4.2 million', 8100000000 -> '8.1 billion', 8192 -> '8,192'."""
    for size_, name in ((10**12, "trillion"), (10**9, "billion"), (10**6, "million")):
        if number >= size_:
            return f"{number / size_:.{0 if number >= 100 * size_ else 1}f}{_SPACE}{name}"
    return count(number)


def scientific(value: float) -> str:
    """A small number with two digits: 2.86e-06 -> '2.9 × 10⁻⁶'; 0 is 0."""
    if value == 0:
        return "0"
    digits, _, power = f"{value:.1e}".partition("e")
    raised = str(int(power)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{digits}{_SPACE}×{_SPACE}10{raised}"


def duration(seconds: float) -> str:
    """Time in its two largest units: 425.0 -> '7 min 5 s', 90000 -> '25 h 0 min'."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600}{_SPACE}h {whole % 3600 // 60}{_SPACE}min"
    return f"{whole // 60}{_SPACE}min {whole % 60}{_SPACE}s" if whole >= 60 else f"{whole}{_SPACE}s"


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
