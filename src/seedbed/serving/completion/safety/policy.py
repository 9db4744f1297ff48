"""A safety policy: what is looked for, and whether a candidate with a finding is shown or withheld. Policy as data."""

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
    """Weaknesses that bandit knows, in Python. `skip` names its tests, such as B101."""

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
    """Modules or calls of a language that are not wanted, each with its reason, and the only ones that are.

    An entry of `allow` lets nothing else of that language in; `deny` counts before `allow`.
    """

    action: Action
    severity: Level
    deny: Mapping[Language, Mapping[str, str]] = Field(default_factory=dict)
    allow: Mapping[Language, tuple[str, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _stars_stand_at_an_end(self) -> Self:
        names = [name for table in (self.deny, self.allow) for entries in table.values() for name in entries]
        for name in names:
            if "*" in name.strip("*") or not name.strip("*./: "):
                raise ValueError(f"{name!r}: a name, with `*.` before it or `.*` behind it")
        return self


class SafetyPolicy(Model):
    """What an organisation says of candidates."""

    section: ClassVar[str] = "safety"

    name: str
    bandit: Bandit
    secrets: Secrets
    modules: Names
    calls: Names


def load_policy(path: Path) -> SafetyPolicy:
    """Read a policy.

    Raises: RecipeError when the file is missing, is not YAML, or does not say what a policy must.
    """
    return load(path, SafetyPolicy)
