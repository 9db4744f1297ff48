"""Prompts in which an editor wrote the special tokens of a family of models itself."""

from __future__ import annotations

from seedbed.models.inference.vocabulary import FAMILIES


def split(prompt: str) -> tuple[str, str] | None:
    """Text before and behind the cursor of `PREFIX before SUFFIX behind MIDDLE`, whichever family's tokens they are; None for
    any other prompt. Special tokens are texts for our backends, so that a file cannot forge them: this is the one way in.

    >>> split("<fim_prefix>def f(<fim_suffix>): pass<fim_middle>")
    ('def f(', '): pass')
    >>> split("print('<fim_prefix>')") is None
    True
    """
    for family in FAMILIES.values():
        if not (prompt.startswith(family.prefix) and prompt.endswith(family.middle)):
            continue
        before, found, behind = prompt[len(family.prefix) : len(prompt) - len(family.middle)].partition(family.suffix)
        if found and family.suffix not in behind:
            return before, behind
    return None
