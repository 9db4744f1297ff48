"""What is said of a finding, whichever way it went."""

from __future__ import annotations

import pytest

from seedbed.core.manifests.ablation import MetricOutcome
from seedbed.evaluation.ablation.outcomes import found_in, sentence
from tests.evaluation.ablation.invented import outcome

BETTER, WORSE = outcome("bits_per_byte", -0.08, "better"), outcome("bits_per_byte", 0.08, "worse")
UNCLEAR, PARSES_WORSE = outcome("parses", 0.02, "unclear"), outcome("parses", -0.04, "worse")


@pytest.mark.parametrize(
    ("outcomes", "found", "words"),
    [
        (
            (BETTER, UNCLEAR),
            "better",
            (
                "The filter near_dedup made a better model than the same dataset without it: "
                "bits per byte -0.0800 (-0.1200 to -0.0400). "
                "Not distinguishable from chance: completions of code that parses +2.0 points (-2.0 points to +6.0 points)."
            ),
        ),
        (
            (WORSE,),
            "worse",
            (
                "The filter near_dedup made a worse model than the same dataset without it: "
                "bits per byte +0.0800 (+0.0400 to +0.1200). All measures agree."
            ),
        ),
        (
            (UNCLEAR,),
            "nothing",
            (
                "The filter near_dedup made no difference to the model that 3 seeds could show against the same dataset without it: "
                "completions of code that parses +2.0 points (-2.0 points to +6.0 points)."
            ),
        ),
        (
            (BETTER, PARSES_WORSE),
            "mixed",
            (
                "The filter near_dedup made a model that is better in one thing and worse in another than the same dataset without "
                "it: bits per byte -0.0800 (-0.1200 to -0.0400); but completions of code that parses -4.0 points (-6.0 points to -2.0 points)."
            ),
        ),
    ],
)
def test_the_sentence_says_what_the_verdicts_come_to(outcomes: tuple[MetricOutcome, ...], found: str, words: str) -> None:
    assert found_in(outcomes) == found
    assert sentence("near_dedup", outcomes, 3) == words


def test_all_filters_are_held_against_the_raw_input() -> None:
    assert sentence("all", (WORSE,), 3).startswith("The cleaned dataset made a worse model than the raw input: ")


def test_one_seed_shows_nothing() -> None:
    assert "on one seed, which shows nothing" in sentence("syntax", (UNCLEAR,), 1)
