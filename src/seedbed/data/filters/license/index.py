"""Scancode's license index in memory: loaded once, before workers are forked, and small enough for all of them."""

from __future__ import annotations

import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import ahocorasick
from licensedcode.cache import get_cache

from seedbed.data.filters.license.candidates import NearIndex, rule_table


def preload() -> None:
    """Load the license index (5-10 s, 1.0 GB) and put it out of the collector's reach.

    To be called before workers are forked: they share its memory as long as the collector leaves it alone. Safe to
    call again. A missing index file is built by scancode under its own lock (minutes; once for an installation).
    """
    if not loaded.cache_info().currsize:
        gc.disable()  # nothing dies while a pickle is loaded, and walking a million new objects costs seconds
        try:
            near_index()
        finally:
            gc.enable()
        gc.collect()
        _give_back()
        gc.freeze()


def _give_back() -> None:
    """Return the memory that loading freed to the system: a fifth of it, which every worker would be charged with."""
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # glibc has it, musl has not
        trim(0)


@cache
def near_index() -> NearIndex:
    """The index with which to match approximately."""
    index = loaded().index
    table = rule_table(index.rules_by_rid, index.sets_by_rid, index.approx_matchable_rids, index.len_legalese)
    return NearIndex.over(index, table)


@cache
def loaded() -> Any:
    """What scancode caches: `index`, the licenses `db`, and `licensing`, which knows their keys."""
    with _no_unknown_automaton():
        cache = get_cache()
    cache.index.unknown_automaton = None  # where scancode had to build the index first
    return cache


@contextmanager
def _no_unknown_automaton() -> Iterator[None]:
    """Leave out the automaton that only scancode's `--unknown-licenses` needs: a tenth of the memory, a sixth while loading.

    The index is a pickle, which looks the class of its automatons up by name; the one left out is recognised by the
    integers that it stores.
    """
    automaton = ahocorasick.Automaton

    def make(*arguments: Any) -> Any:
        is_unpickled = len(arguments) > 2
        return None if is_unpickled and arguments[2] == ahocorasick.STORE_INTS else automaton(*arguments)

    ahocorasick.Automaton = make
    try:
        yield
    finally:
        ahocorasick.Automaton = automaton
