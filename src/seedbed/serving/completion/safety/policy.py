"""A safety policy, as data: the checks, and whether a finding withholds the candidate."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from seedbed.core.config.recipe import Language, Model, load

Action = Literal["show", "withhold"]
Level = Literal["low", "medium", "high"]
LEVELS: tuple[Level, ...] = ("low", "medium", "high")


class Bandit(Model):
    """Weaknesses that bandit finds in Python. `skip` names its tests, such as B101."""

    enabled: bool
    action: Action
    min_severity: Level
    min_confidence: Level
    skip: tuple[str, ...] = ()


class Secrets(Model):
    """Credentials, by the rules that also keep them out of datasets."""

    enabled: bool
    action: Action


class Names(Model):
    """Denied modules or calls of each language, with reasons, and allowed ones.

    With an entry in `allow`, everything else of that language is denied; `deny` counts before `allow`.
    """

    action: Action
    severity: Level
    deny: Mapping[Language, Mapping[str, str]] = Field(default_factory=dict)
    allow: Mapping[Language, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check_patterns(self) -> Self:
        names = [name for table in (self.deny, self.allow) for entries in table.values() for name in entries]
        for name in names:
            if "*" in name.strip("*") or not name.strip("*./: "):
                raise ValueError(f"{name!r}: not a pattern. Allowed: a name, with `*.` before it or `.*` behind it")
        return self


class SafetyPolicy(Model):
    """Safety rules of an organisation for candidates."""

    section: ClassVar[str] = "safety"

    name: str
    bandit: Bandit
    secrets: Secrets
    modules: Names
    calls: Names


def load_policy(path: Path) -> SafetyPolicy:
    """Read a policy.

    Raises: RecipeError when the file is missing, is not YAML, or is not a valid policy.
    """
    return load(path, SafetyPolicy)
