"""Scancode's license index as files that are mapped into memory and read where a text needs them.

Made once from scancode's own index, which takes 8 CPU s and 1.4 GB to load. Scancode's code runs on it unchanged: each rule, its
words and what follows from them are made when they are asked for. The files are hashed when they are opened; where one is
damaged, scancode's own index is used, and the files are made anew. Nothing in them is executed: there are no pickles.
"""

from __future__ import annotations

import json
import mmap
from array import array
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from struct import Struct
from typing import Any

import attr
import numpy as np
from intbitset import intbitset
from license_expression import Licensing
from licensedcode.cache import LicenseCache, build_licensing, build_spdx_symbols, build_unknown_spdx_symbol
from licensedcode.index import LicenseIndex
from licensedcode.match_hash import index_hash
from licensedcode.match_set import build_set_and_mset
from licensedcode.models import License, Rule
from licensedcode.spans import Span
from xxhash import xxh3_128_hexdigest

from seedbed.core.io.files import new_folder, queued
from seedbed.data.filters.license.candidates import NearIndex, RuleTable
from seedbed.data.filters.license.rule_strings import RuleStrings, rule_strings

_HEAD = Struct("<I")
"""Head of a rule's record: the number of bytes of its words; then words (int16), then fields (JSON)."""

_KIND_BYTES = 8

_STRINGS = ("heads", "tails", "lengths", "rules", "starts")
_TABLE = ("rules", "starts", "lengths", "least", "least_legal", "containment")
_RULE_FIELDS = tuple(field.name for field in attr.fields(Rule) if field.name != "license_expression_object")
_LICENSE_FIELDS = tuple(field.name for field in attr.fields(License) if field.name != "text")


class _Lazily(dict[Any, Any]):
    """A list by rule id whose entries are made when they are first asked for; a dict, since its look-ups are the fastest."""

    def __init__(self, length: int, make: Callable[[int], Any]) -> None:
        super().__init__()
        self._length = length
        self._make = make

    def __missing__(self, rule: int) -> Any:
        if not 0 <= rule < self._length:
            raise IndexError(rule)
        return self.setdefault(int(rule), self._make(int(rule)))

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Any]:
        return (self[rule] for rule in range(self._length))


class _ByName(Mapping[str, Any]):
    """Rules by identifier."""

    def __init__(self, rules: Mapping[int, Any], names: Sequence[str]) -> None:
        self._rules = rules
        self._ids = {name: rule for rule, name in enumerate(names)}

    def __getitem__(self, name: str) -> Any:
        return self._rules[self._ids[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


class _ByHash:
    """Regular rules by the hash of all their words."""

    def __init__(self, starts: Any, rules: Any, words_of: Callable[[int], Sequence[int]]) -> None:
        self._starts, self._rules, self._words_of = starts, rules, words_of

    def get(self, digest: bytes) -> int | None:
        """Id of the rule with this hash."""
        start = np.uint64(int.from_bytes(digest[:8]))
        for row in range(*map(int, (np.searchsorted(self._starts, start, side) for side in ("left", "right")))):
            rule = int(self._rules[row])
            if index_hash(self._words_of(rule)) == digest:
                return rule
        return None


class _Records:
    """The records of all rules."""

    def __init__(self, data: memoryview, starts: Any) -> None:
        self._data, self._starts = data, starts

    def words(self, rule: int) -> array[int]:
        """Ids of a rule's words."""
        return array("h", self._parts(rule)[0])

    def fields(self, rule: int) -> dict[str, Any]:
        """Fields of a rule."""
        return dict(zip(_RULE_FIELDS, json.loads(self._parts(rule)[1]), strict=True))

    def _parts(self, rule: int) -> tuple[bytes, bytes]:
        start, end = int(self._starts[rule]), int(self._starts[rule + 1])
        first = start + _HEAD.size
        last = first + _HEAD.unpack_from(self._data, start)[0]
        return bytes(self._data[first:last]), bytes(self._data[last:end])


class _Files:
    """The files of a folder, mapped into memory and checked against the hashes that `contents.json` has of them.

    Raises: OSError when one is not there, or not as it was written.
    """

    def __init__(self, folder: Path) -> None:
        try:
            hashes: dict[str, str] = json.loads((folder / "contents.json").read_bytes())
            self._data = {name: _mapped(folder / name) for name in hashes}
        except ValueError as error:
            raise OSError(f"{folder}: damaged") from error
        for name, known in hashes.items():
            if xxh3_128_hexdigest(self._data[name]) != known:
                raise OSError(f"{folder / name}: damaged")

    def data(self, name: str) -> memoryview:
        """The bytes of a file."""
        return self._data[name]

    def json(self, name: str) -> Any:
        """The value of a JSON file."""
        return json.loads(bytes(self._data[f"{name}.json"]))

    def array(self, name: str) -> Any:
        """An array of one dimension."""
        kind = bytes(self._data[name][:_KIND_BYTES]).decode().strip()
        return np.frombuffer(self._data[name][_KIND_BYTES:], kind)


def _mapped(file: Path) -> memoryview:
    with file.open("rb") as stream:
        return memoryview(mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ))


def _stored(values: Any) -> bytes:
    """An array as it is stored: its kind, then its values."""
    kind: str = values.dtype.str
    return kind.ljust(_KIND_BYTES).encode() + bytes(values.tobytes())


def opened(folder: Path) -> tuple[Any, RuleTable]:
    """Scancode's cache over the files of a folder, and the table of what rules share with texts.

    Raises: OSError when one is missing or damaged.
    """
    files = _Files(folder)
    facts = files.json("facts")
    table = RuleTable(**{name: files.array(f"table-{name}") for name in _TABLE}, legal_words=facts["legal_words"])
    return _cache(files, _index(files, facts, table)), table


def _index(files: _Files, facts: Mapping[str, Any], table: RuleTable) -> Any:
    """Scancode's index with lists that are filled when they are asked for."""
    kinds = files.array("kinds")
    records = _Records(files.data("rules"), files.array("records"))
    words = _Lazily(len(kinds), records.words)
    rules = _Lazily(len(kinds), lambda rule: _rule(records.fields(rule)))
    legal = facts["legal_words"]
    sets = _Lazily(len(kinds), lambda rule: build_set_and_mset(words[rule]))
    index = LicenseIndex()
    index.len_legalese = legal
    index.dictionary = facts["words"]
    index.digit_only_tids = intbitset([number for word, number in facts["words"].items() if word.isdigit()])
    index.rules_by_rid, index.tids_by_rid = rules, words
    index.rules_by_id = _ByName(rules, facts["names"])
    index.sets_by_rid = _Lazily(len(kinds), lambda rule: sets[rule][0] if kinds[rule] else None)
    index.msets_by_rid = _Lazily(len(kinds), lambda rule: sets[rule][1] if kinds[rule] else None)
    index.high_postings_by_rid = _Lazily(len(kinds), lambda rule: _postings(words[rule], legal) if kinds[rule] > 1 else None)
    index.rid_by_hash = _ByHash(files.array("hashes"), files.array("hashed"), words.__getitem__)
    index.rules_automaton = RuleStrings(**{name: files.array(f"strings-{name}") for name in _STRINGS}, words_of=words.__getitem__)
    index.unknown_automaton = None
    index.false_positive_rids, index.regular_rids = (set(np.flatnonzero(chosen).tolist()) for chosen in (kinds == 0, kinds > 0))
    index.approx_matchable_rids = set(np.flatnonzero(kinds > 1).tolist())
    index.optimized = True
    return NearIndex.over(index, table)


def _cache(files: _Files, index: Any) -> Any:
    licenses = {known["key"]: License(**known) for known in files.json("licenses")}
    return LicenseCache(
        db=licenses,
        index=index,
        licensing=build_licensing(licenses),
        spdx_symbols=build_spdx_symbols(licenses),
        unknown_spdx_symbol=build_unknown_spdx_symbol(licenses),
    )


def _postings(words: Sequence[int], legal: int) -> dict[int, array[int]]:
    """Places of each legal word in a rule."""
    places: dict[int, array[int]] = {}
    for place, word in enumerate(words):
        if word < legal:
            places.setdefault(word, array("h")).append(place)
    return places


def _rule(fields: dict[str, Any]) -> Any:
    rule = Rule.__new__(Rule)
    fields["required_phrase_spans"] = [Span(places) for places in fields["required_phrase_spans"]]
    fields["stopwords_by_pos"] = dict(fields["stopwords_by_pos"])
    for name, value in fields.items():
        setattr(rule, name, value)
    rule.license_expression_object = _expression(rule.license_expression)
    return rule


@cache
def _expression(expression: str) -> Any:
    return Licensing().parse(expression) if expression else None


def opened_or_built(folder: Path, load: Callable[[], tuple[Any, RuleTable]]) -> tuple[Any, RuleTable]:
    """What `opened` gives; where there is nothing sound, what `load` gives, after it was written to the folder.

    Of two processes the second waits, and opens what the first has written. A disk that fails costs only time.
    """
    with suppress(OSError):
        return opened(folder)
    try:
        with queued(folder.parent):
            return _opened_or_built(folder, load)
    except OSError:
        return load()


def _opened_or_built(folder: Path, load: Callable[[], tuple[Any, RuleTable]]) -> tuple[Any, RuleTable]:
    with suppress(OSError):
        return opened(folder)
    whole = load()
    with suppress(OSError), new_folder(folder) as draft:
        _write(draft, *whole)
    return whole


def _write(folder: Path, cache: Any, table: RuleTable) -> None:
    index = cache.index
    facts = {
        "legal_words": index.len_legalese,
        "words": index.dictionary,
        "names": [rule.identifier for rule in index.rules_by_rid],
    }
    licenses = [{name: getattr(known, name) for name in _LICENSE_FIELDS} for known in cache.db.values()]
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    (folder / "licenses.json").write_text(json.dumps(licenses), encoding="utf-8")
    records = [_record(rule, words) for rule, words in zip(index.rules_by_rid, index.tids_by_rid, strict=True)]
    (folder / "rules").write_bytes(b"".join(records))
    starts = np.cumsum([0, *map(len, records)], dtype=np.int64)
    for name, values in {**_arrays(index, table), "records": starts}.items():
        (folder / name).write_bytes(_stored(values))
    hashes = {file.name: xxh3_128_hexdigest(file.read_bytes()) for file in sorted(folder.iterdir())}
    (folder / "contents.json").write_text(json.dumps(hashes), encoding="utf-8")


def _arrays(index: Any, table: RuleTable) -> dict[str, Any]:
    strings = rule_strings(index.tids_by_rid)
    hashed = sorted((int.from_bytes(digest[:8]), rule) for digest, rule in index.rid_by_hash.items())
    rules = range(len(index.rules_by_rid))
    return {
        **{f"strings-{name}": getattr(strings, name) for name in _STRINGS},
        **{f"table-{name}": getattr(table, name) for name in _TABLE},
        "hashes": np.array([digest for digest, _ in hashed], np.uint64),
        "hashed": np.array([rule for _, rule in hashed], np.int32),
        "kinds": np.array([(rule in index.regular_rids) + (rule in index.approx_matchable_rids) for rule in rules], np.int8),
    }


def _record(rule: Any, words: array[int]) -> bytes:
    fields = {name: getattr(rule, name) for name in _RULE_FIELDS}
    fields["required_phrase_spans"] = [list(span) for span in rule.required_phrase_spans]
    fields["stopwords_by_pos"] = list(rule.stopwords_by_pos.items())
    text = json.dumps(list(fields.values()), separators=(",", ":")).encode()
    return _HEAD.pack(len(words) * words.itemsize) + words.tobytes() + text
