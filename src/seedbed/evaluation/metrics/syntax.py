"""Does it parse: a whole text, and a text that is not at its end yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from seedbed.core.syntax import Parsed, missing_nodes, named, parse, walk

_DROPPED_LINES: Final = 2
"""A statement may be unfinished at the cut: so many lines less are tried too, where no parser tells unfinished from wrong."""

_CLOSERS: Final = {
    b"(": ")",
    b"[": "]",
    b"{": "}",
    b"${": "}",
    b"#if": "\n#endif\n",
    b"#ifdef": "\n#endif\n",
    b"#ifndef": "\n#endif\n",
}
_LONGEST_BRACKET: Final = len(b"#  ifndef")
_CLOSING: Final = frozenset({b")", b"]", b"}", b"#endif"})


def parses(text: str, language: str, path: str = "") -> bool:
    """Whether a text is a whole program: no error node, no missing one, and the language's own parser agrees, if any.

    Args: language: display name, as in `seedbed.core.syntax.LANGUAGES`; path: tells `.tsx` from `.ts`.

    >>> parses("x = (1)", "Python"), parses("x = (1", "Python")
    (True, False)
    """
    parsed = parse(text, language, path)
    if parsed is None:
        return False
    is_clean = not parsed.tree.root_node.has_error and not missing_nodes(parsed)
    native = named(language).native
    return is_clean and (native is None or native.error(text) is None)


def parses_as_well(text: str, original: str, language: str, path: str = "") -> bool:
    """Whether a text parses, or is at most as damaged as the original: C and C++ files with macros seldom parse whole.

    >>> parses_as_well("M x = (1;", "M x = ;", "C"), parses_as_well("int x = 1;", "M x = ;", "C")
    (False, True)
    """
    if parses(text, language, path):
        return True
    if named(language).native or (before := _damage(original, language, path)) == 0:
        return False
    return _damage(text, language, path) <= before


def _damage(text: str, language: str, path: str) -> int:
    """Bytes that do not parse, and nodes that had to be invented."""
    parsed = parse(text, language, path)
    return parsed.damage.error_bytes + parsed.damage.missing_nodes if parsed else 0


def may_go_on(text: str, language: str, path: str = "") -> bool:
    """Whether a text can be the beginning of a program, as far as its whole lines go; the last, unfinished one is left out.

    A language's own parser knows whether more could mend a text. Elsewhere what is open is closed and the whole is parsed,
    with up to two lines less; so a mistake in the last two lines may go unseen there.

    >>> may_go_on("def f(x):\\n    if x:\\n", "Python"), may_go_on("def f(x:\\n    if\\n", "Python")
    (True, False)
    >>> may_go_on("int f(int x) {\\n  if (x) {\\n", "C"), may_go_on("int f(int x) {\\n  if ) {\\n} }\\n\\n\\n", "C")
    (True, False)
    """
    whole = text[: text.rfind("\n") + 1]
    if native := named(language).native:
        return native.is_beginning(whole)
    return any(parses(attempt, language, path) for attempt in _closed(whole, language, path))


def function_end(text: str, start: int, language: str, path: str = "", *, inside: int = 0) -> int | None:
    """Where the first function of a text ends, just after its last brace; None where that is not after `start`.

    Args: start: in characters, as what is returned; inside: brackets that stay open around the function.

    >>> function_end("int f() { if (x) { } }\\n} // more", 10, "C"), function_end("int f() { if (x) {", 10, "C")
    (22, None)
    """
    parsed = parse(text, language, path)
    first = len(text[:start].encode("utf-8", "surrogatepass"))
    stack: list[str] = []
    for end, closed in _brackets(parsed, stack) if parsed else ():
        if closed == "}" and len(stack) == inside and end > first:
            return len(text.encode("utf-8", "surrogatepass")[:end].decode("utf-8", "surrogatepass"))
    return None


def _closed(text: str, language: str, path: str) -> Iterator[str]:
    """The text with its open brackets closed, in the ways that languages end statements; then with lines dropped."""
    lines = text.rstrip().splitlines(keepends=True)
    for dropped in range(min(_DROPPED_LINES + 1, len(lines))):
        kept = "".join(lines[: len(lines) - dropped]).rstrip()
        kept = named(language).with_comment_closed(kept).removesuffix(",")
        closers = _open_brackets(kept, language, path)
        yield kept + "\n" + "".join(closers)
        yield kept + "\n" + "".join(_ended(closer) for closer in closers) + ";"
        yield kept + "\n" + "".join([*closers[:1], *(_ended(closer) for closer in closers[1:])]) + ";"


def _ended(closer: str) -> str:
    return f";{closer}" if closer == "}" else closer


def _open_brackets(text: str, language: str, path: str) -> list[str]:
    """What closes the brackets (and `#if`s) that are open at the end of a text, the innermost first."""
    parsed = parse(text, language, path)
    stack: list[str] = []
    for _ in _brackets(parsed, stack) if parsed else ():
        pass
    return stack[::-1]


def _brackets(parsed: Parsed, stack: list[str]) -> Iterator[tuple[int, str]]:
    """Each bracket that closes one: its end in bytes, and what it is. `stack` is what would close those that are open then."""
    leaves = walk(parsed)
    for start, end in zip(leaves.starts.tolist(), leaves.ends.tolist(), strict=True):
        token = parsed.source[start:end].replace(b" ", b"") if end - start <= _LONGEST_BRACKET else b""
        if token in _CLOSERS:
            stack.append(_CLOSERS[token])
        elif token in _CLOSING and stack and stack[-1].strip() == token.decode():  # one that closes nothing is a mistake
            yield end, stack.pop()
