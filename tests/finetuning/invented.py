"""An invented report. Nothing in it was measured."""

from __future__ import annotations

from seedbed.core.manifests.base import RecipeFacts, Software
from seedbed.core.manifests.finetune import Adapted, Base, Change, Finetune, Passed, Verdict
from seedbed.core.manifests.scores import Better, HardwareFacts


def make_change(task: str, better: Better, low: float, high: float) -> Change:
    verdict: Verdict = "unclear" if low <= 0 <= high else "better" if (low > 0) == (better == "higher") else "worse"
    bits = task == "accepted"
    return Change(
        task=task,
        title="Accepted text" if bits else "Next line",
        measured="bits per byte" if bits else "exact match",
        unit="bits a byte" if bits else "share",
        better=better,
        before=2.2,
        after=2.2 + (low + high) / 2,
        difference=(low + high) / 2,
        low=low,
        high=high,
        problems=50,
        verdict=verdict,
    )


def make_report() -> Finetune:
    return Finetune(
        name="invented",
        title="Invented model, fine-tuned",
        command="seedbed finetune recipes/finetune/invented.yaml",
        date="2026-11-26",
        hardware=HardwareFacts(name="Invented CPU", count=2),
        seedbed=Software(version="0.1.0", commit="ab" * 20),
        versions={"peft": "0.21.2", "trl": "1.16.0"},
        recipe=RecipeFacts(
            path="recipes/finetune/invented.yaml",
            sha256="2f" * 32,
            data={"lora": {"r": 8, "target_modules": ["q_proj", "v_proj"]}, "training": {"epochs": 3}},
        ),
        base=Base(name="base", title="Invented base", id="alice/invented-base", sha256="3f" * 32),
        dataset="Invented code",
        events=210,
        actions={"accepted": 110, "edited": 40, "rejected": 60},
        funnel=(
            Passed(name="taken", meaning="a text that was accepted", events_in=210, events_out=150, reasons={"rejected": 60}),
            Passed(name="syntax", meaning="parses in its place", events_in=150, events_out=147, reasons={"does_not_parse": 3}),
            Passed(name="held out", meaning="is not drawn to judge", events_in=147, events_out=100, reasons={"held_out": 47}),
        ),
        train=100,
        held_out=47,
        training=Adapted(
            examples=100, tokens=1200, steps=39, parameters=4096, first_loss=3.1, last_loss=2.5, seconds=41.0, device="cpu"
        ),
        measure="accepted",
        margin=0.0,
        changes=(make_change("accepted", "lower", -0.3, -0.1), make_change("next-line", "higher", -0.1, 0.1)),
        found="better",
        sentence="The model got better: an invented sentence.",
    )
