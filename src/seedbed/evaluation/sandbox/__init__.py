"""Run hostile programs: `check(program, limits) -> Verdict`, `check_many(programs, limits, workers)` for a pool."""

from seedbed.evaluation.sandbox.bubblewrap import Limits, Outcome, Program, Verdict
from seedbed.evaluation.sandbox.check import check, check_each, check_many

__all__ = ["Limits", "Outcome", "Program", "Verdict", "check", "check_each", "check_many"]
