"""The key of work already done: a hash of all that decides a stage's outcome. Work under another key is never read.

It covers the code that the stage's module imports (seedbed.core.runs.imports), the part of the recipe that the stage declares
to read, the filters that are left out, and the keys of the stages before it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from seedbed.core.runs.imports import Code, code_of


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage, and what decides its outcome.

    `module` is the dotted name of the module that runs it. `reads` are keys of the recipe, such as `limits.max_bytes`: the
    stage is given no others. `filters` are those of the stage that an ablation can leave out. `after` are the stages whose
    files it reads.
    """

    name: str
    module: str
    reads: tuple[str, ...] = ()
    after: tuple[Stage, ...] = ()
    filters: tuple[str, ...] = ()

    @property
    def code(self) -> Code:
        """The code that decides what it does."""
        return code_of(self.module)

    def before(self) -> Iterator[Stage]:
        """Every stage before this one, the first of them first."""
        stages = {name: stage for earlier in self.after for stage in (*earlier.before(), earlier) for name in [stage.name]}
        yield from stages.values()


def key_of(code: Code, *parts: object) -> str:
    """Hash of code and of everything else that decides, hexadecimal. Args: parts: values that JSON knows."""
    return hashlib.sha256(json.dumps([code.sha256, *parts], sort_keys=True).encode()).hexdigest()
