"""Fill in the middle: a file cut in three, told in an order that asks for the middle last."""

from __future__ import annotations

from typing import NamedTuple

from seedbed.model.draws import draws
from seedbed.model.pretokens import FIM_MIDDLE, FIM_PREFIX, FIM_SUFFIX


class Piece(NamedTuple):
    """Something to tokenise: a text, or one special token. Texts that look like special tokens stay texts."""

    text: str
    special: bool = False


def fill_in_middle(text: str, name: str, seed: int, rate: float, spm_rate: float) -> list[Piece]:
    """The pieces of one file: as it is, or cut at two characters and told as prefix, suffix, middle.

    Args: name: what the draw depends on besides the seed; rate: share of files that are cut; spm_rate: share of those
    that are told as suffix, prefix, middle.
    Source: Bavarian et al. 2022, "Efficient training of language models to fill in the middle"; the order of the tokens
    in SPM is StarCoder's: prefix and middle are told in one run.
    """
    cut, swap, one, other = draws(seed, "fim", name)
    if cut >= rate:
        return [Piece(text)]
    start, end = sorted((int(one * (len(text) + 1)), int(other * (len(text) + 1))))
    prefix, middle, suffix = text[:start], text[start:end], text[end:]
    if swap < spm_rate:
        return [_PREFIX, _SUFFIX, Piece(suffix), _MIDDLE, Piece(prefix), Piece(middle)]
    return [_PREFIX, Piece(prefix), _SUFFIX, Piece(suffix), _MIDDLE, Piece(middle)]


_PREFIX, _SUFFIX, _MIDDLE = (Piece(token, special=True) for token in (FIM_PREFIX, FIM_SUFFIX, FIM_MIDDLE))
