"""A copied span, as it is shown."""

from __future__ import annotations

from dataclasses import dataclass

_COMMIT_CHARACTERS = 40


@dataclass(frozen=True, slots=True)
class Match:
    """A span of a candidate that stands in a file of the dataset; `str()` is one line for a person.

    tokens: how many; start, end: where, in bytes of the candidate; renamed: equal up to the names that a programmer chose.
    id: the dataset's row; license: SPDX; lines: first and last in that file, from 1.
    files, projects: how many of the dataset have the whole span, this one included: what many have is an idiom.
    """

    tokens: int
    start: int
    end: int
    renamed: bool
    id: str
    project: str
    version: str
    path: str
    license: str
    swhid: str
    lines: tuple[int, int]
    files: int
    projects: int

    @property
    def source(self) -> str:
        """Name and version of the project, as in `requests@2.32.3`."""
        name = self.project.rstrip("/").rpartition("/")[2].removesuffix(".git") or self.project
        version = self.version[:12] if len(self.version) == _COMMIT_CHARACTERS else self.version
        return f"{name}@{version}" if version else name

    @property
    def url(self) -> str:
        """A link that names the very bytes: a Software Heritage id with the lines, which any resolver of theirs opens."""
        return f"{self.swhid};lines={self.lines[0]}-{self.lines[1]}"

    def __str__(self) -> str:
        names = " up to names" if self.renamed else ""
        others = f", and {self.projects - 1} more {'project' if self.projects == 2 else 'projects'}" if self.projects > 1 else ""
        return f"{self.tokens} tokens match {self.source} {self.path}{names}, {self.license}{others}"
