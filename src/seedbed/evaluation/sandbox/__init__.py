"""Run hostile programs: `check(program, limits) -> Verdict`, `check_many(programs, limits, workers)` for a pool."""

from .check import check
from .pool import check_each, check_many
from .program import Limits, Outcome, Program, Verdict

__all__ = ["Limits", "Outcome", "Program", "Verdict", "check", "check_each", "check_many"]
