"""An invented report of an ablation. Nothing in it was measured."""

from __future__ import annotations

from seedbed.core.manifests.ablation import (
    Ablation,
    AblationRecipeFacts,
    Arm,
    ConfidenceInterval,
    HeldOutFacts,
    MetricOutcome,
    Verdict,
)
from seedbed.evaluation.ablation.outcomes import found_in, sentence


def outcome(metric: str, difference: float, verdict: Verdict) -> MetricOutcome:
    is_bits = metric == "bits_per_byte"
    middle = 2.5 if is_bits else 0.4
    half = abs(difference) / 2 if verdict != "unclear" else 2 * abs(difference)
    return MetricOutcome(
        task=metric,
        metric=metric,
        unit="bits a byte" if is_bits else "share",
        better="lower" if is_bits else "higher",
        problems=120,
        kept=(middle + difference, middle + difference + 0.01),
        without=(middle, middle + 0.01),
        difference=difference,
        over_seeds=ConfidenceInterval(low=difference - half, high=difference + half),
        over_files=ConfidenceInterval(low=difference - half, high=difference + half),
        verdict=verdict,
    )


OUTCOMES = (outcome("bits_per_byte", -0.08, "better"), outcome("parses", 0.02, "unclear"))


def report(name: str = "near_dedup", outcomes: tuple[MetricOutcome, ...] = OUTCOMES, data_sha256: str = "1f" * 32) -> Ablation:
    return Ablation(
        name=name,
        command=f"make ablate FILTER={name} SEEDS=2",
        date="2026-01-02",
        processor="An invented processor",
        cores=2,
        version="0.1.0",
        commit="0123456789abcdef0123456789abcdef01234567",
        recipe=AblationRecipeFacts(
            data="recipes/data/invented.yaml",
            data_sha256=data_sha256,
            train="recipes/train/invented.yaml",
            train_sha256="2e" * 32,
            plan={"steps": 100},
        ),
        parameters=3_100_000,
        steps=100,
        tokens=204_800,
        seeds=(17, 1017),
        kept=Arm(name="all filters", files=2988, bytes=24_000_000, projects=30, tokens=7_000_000),
        without=Arm(name=f"without {name}", files=3083, bytes=25_000_000, projects=30, tokens=7_200_000),
        held_out=HeldOutFacts(
            files=1000, bytes=8_000_000, projects=9, languages={"Python": 1000}, removed={"exact": 1, "near": 2}
        ),
        outcomes=outcomes,
        found=found_in(outcomes),
        sentence=sentence(name, outcomes, 2),
        seconds={"datasets": 90.0, "training": 600.0},
    )
