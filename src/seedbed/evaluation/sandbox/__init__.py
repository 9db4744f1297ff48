"""Run hostile programs: `check(program, limits) -> Verdict`, `check_many(programs, limits, workers)` for a pool."""

from seedbed.evaluation.sandbox.check import check, check_each, check_many
from seedbed.evaluation.sandbox.program import Limits, Outcome, Program, Verdict

__all__ = ["Limits", "Outcome", "Program", "Verdict", "check", "check_each", "check_many"]
