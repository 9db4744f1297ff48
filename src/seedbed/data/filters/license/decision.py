"""The sentence that decided: of all evidence on a sample the one match that the verdict rests on."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from seedbed.core.manifests.columns import Column
from seedbed.data.filters.license.expressions import keys
from seedbed.data.filters.license.policy import allowed, blamed, gravest

Row = Mapping[str, Any]

DECISION_FIELDS = (
    Column("column", "string", "", "the evidence that it stands in: license_header, license_nearest_file or license_declared"),
    Column("inherited", "bool", "", "it stands in a license file or a manifest above, not in the file itself"),
    Column("expression", "string", "SPDX", "what the matched words say"),
    Column("file", "string", "", "file that holds them, as a path inside the archive"),
    Column("start_line", "int32", "line", "first line of them, counted from 1"),
    Column("end_line", "int32", "line", "last line of them"),
    Column("rule", "string", "", "scancode's rule that matched"),
    Column("text", "string", "", "the words, as in the evidence"),
)
_COPIED = ("expression", "file", "start_line", "end_line", "rule", "text")


def decision(evidences: Mapping[str, Row | None], allow: Collection[str]) -> dict[str, Any] | None:
    """The deciding match of evidence by column, in the order header, license file, manifest; None without any.

    Of a sample that is refused it is a match with one of the gravest keys that are not allowed; of a sample that is kept
    a match of the evidence nearest to the file. Of several it is the one with the best score, of equals the longest.

    Args: evidences: rows of the columns; allow: SPDX keys.
    """
    stated = {column: row for column, row in evidences.items() if row and row["expression"]}
    in_the_way = {column: set(blamed(row["expression"], allow)) for column, row in stated.items()}
    wanted = gravest(set().union(*in_the_way.values()))
    for column, row in stated.items():
        named = wanted & in_the_way[column]
        matches = _deciding(row, named, allow) if named or not wanted else []
        if matches:
            best = max(matches, key=lambda match: (match["score"], match["end_line"] - match["start_line"]))
            return {"column": column, "inherited": row["inherited"], **{key: best[key] for key in _COPIED}}
    return None


def _deciding(row: Row, named: Set[str], allow: Collection[str]) -> list[Row]:
    """Matches that decide: those that name one of the keys, if any do, and of these those that are not allowed themselves."""
    deciding = [match for match in row["matches"] if match["role"] == "decides"]
    naming = [match for match in deciding if named & set(keys(match["expression"]))]
    return [match for match in naming if not allowed(match["expression"], allow)] or naming or deciding
