"""An invented model's manifest, for its card. Nothing in it was measured."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from seedbed.core.manifests.base import Picture, RecipeFacts, Software
from seedbed.core.manifests.dataset import Notices
from seedbed.core.manifests.model import (
    ArchitectureFacts,
    Conversion,
    Gguf,
    GgufFile,
    LicenseShare,
    ModelManifest,
    TokenizerFacts,
    TrainedLanguage,
    Training,
    TrainingData,
    ValidationLoss,
)
from seedbed.core.manifests.scores import Better, EvaluatedData, EvaluatedModel, HardwareFacts, Score, ScoreSheet, TaskScores

SPECIAL = ("<|endoftext|>", "<|pad|>", "<fim_prefix>", "<fim_suffix>", "<fim_middle>", "<fim_pad>", "<repo_name>", "<file_sep>")


def make_model_manifest() -> ModelManifest:
    return ModelManifest(
        name="invented",
        title="Invented model",
        license="apache-2.0",
        recipe=RecipeFacts(path="recipes/train/invented.yaml", sha256="1f" * 32, data={"name": "invented"}),
        seedbed=Software(version="0.1.0", commit="ab" * 20),
        versions={"gguf": "0.19.0", "torch": "2.13.0"},
        architecture=ArchitectureFacts(
            layers=6,
            hidden=192,
            heads=6,
            kv_heads=2,
            feed_forward=512,
            context=256,
            vocabulary=8192,
            tie_embeddings=True,
            rope_theta=10_000.0,
            dtype="float32",
        ),
        parameters={"embeddings": 1_572_864, "attention": 589_824, "feed-forward": 1_769_472, "norms": 2_496},
        data=TrainingData(
            name="Invented code",
            id="alice/invented-code",
            revision="cd" * 20,
            manifest_sha256="2e" * 32,
            languages=(
                TrainedLanguage(name="C++", files=480, bytes=3_691_348, epochs=1.83),
                TrainedLanguage(name="Python", files=1434, bytes=12_242_043, epochs=1.0),
            ),
            licenses=(LicenseShare(expression="MIT", files=1334), LicenseShare(expression="Apache-2.0 OR MIT", files=28)),
            projects=49,
            tokens={"train": 11_516_033, "validation": 1_256_639},
            bytes={"train": 35_841_855, "validation": 3_957_190},
            has_attribution=True,
            notices=Notices(sources=60, notices=75, statements=812, holders=402, texts=96, text_bytes=640_000),
            has_notices=True,
        ),
        fim={"rate": 0.5, "spm_rate": 0.5},
        tokenizer=TokenizerFacts(sha256="3d" * 32, vocabulary=8192, special_tokens=SPECIAL),
        training=Training(
            steps=800,
            steps_planned=800,
            tokens=3_276_800,
            seconds=431.5,
            tokens_per_s=7594.2,
            hardware="An invented processor",
            hardware_count=2,
            device="cpu",
            precision="float32",
            ranks={"dp": 1, "tp": 1, "pp": 1},
            validation=(
                ValidationLoss(step=0, loss=9.05, bits_per_byte=4.15),
                ValidationLoss(step=800, loss=3.94, bits_per_byte=1.81),
            ),
            loss_plot="assets/loss.png",
            versions={"nanotron": "0.4", "torch": "2.13.0"},
            commit="ab" * 20,
        ),
        conversion=Conversion(tokens=512, largest=2.9e-6, mean=1.9e-7, allowed=7.3e-5, same_best=1.0),
        gguf=Gguf(
            files=(
                _file("f16", 8_143_680, 128, 3.9412),
                _file("Q8_0", 4_457_280, 111, 3.9423),
                _file("Q4_0", 3_277_632, 42, 4.0108),
            ),
            reference_loss=3.9411,
            lines_equal=98,
            lines=134,
            version="2026.10.11549",
        ),
        generation={"do_sample": True, "temperature": 0.2, "top_k": 50, "max_new_tokens": 64},
        evaluations=(make_sheet(),),
        pictures=(
            Picture(
                path="assets/evaluation-shares.png",
                section="evaluation",
                alt="Bars: shares of the problems of each task, with intervals",
            ),
            Picture(
                path="assets/evaluation-bits.png",
                section="evaluation",
                alt="Bars: bits per byte of each language, with intervals",
            ),
        ),
    )


def make_sheet() -> ScoreSheet:
    return ScoreSheet(
        model=EvaluatedModel(name="invented", sha256="5d" * 32, backend="transformers"),
        data=EvaluatedData(name="Invented code", id="alice/invented-code", revision="cd" * 20),
        date="2026-11-26",
        command="seedbed evaluate invented",
        hardware=HardwareFacts(name="An invented processor", count=2),
        seedbed=Software(version="0.1.0", commit="ab" * 20),
        versions={"torch": "2.13.0", "transformers": "5.23.0"},
        tasks=(
            _task("bits-per-byte", "Bits per byte", "bits-per-byte", _by_language("bits_per_byte", "bits a byte", "lower", 1.9)),
            _task(
                "humaneval",
                "HumanEval",
                "program",
                (_score("pass@1", "share", "higher", 0.125), _score("pass@10", "share", "higher", 0.25)),
                benchmark={"id": "openai/openai_humaneval", "task_id": "openai_humaneval"},
                sampling={"n": 20, "temperature": 0.2, "top_k": 50},
            ),
            _task("latency", "Latency", "latency", (_score("first_token_ms", "ms", "lower", 12.5, statistic="p50"),), limit=10),
            _task("syntax", "Syntax of completions", "syntax", _by_language("parses", "share", "higher", 0.75)),
            TaskScores(
                name="multipl-e-go",
                title="MultiPL-E, Go",
                kind="program",
                sha256="6e" * 32,
                recipe={},
                not_run="go is not installed",
            ),
        ),
    )


def _task(
    name: str, title: str, kind: str, scores: tuple[Score, ...], limit: int | None = None, **recipe: JsonValue
) -> TaskScores:
    return TaskScores(
        name=name,
        title=title,
        kind=kind,
        sha256="6e" * 32,
        recipe={"name": name, **recipe},
        problems_sha256="7f" * 32,
        limit=limit,
        date="2026-11-26",
        seconds=61.5,
        scores=scores,
    )


def _by_language(metric: str, unit: str, better: Better, value: float) -> tuple[Score, ...]:
    return tuple(_score(metric, unit, better, value, group) for group in ("", "C++", "Python"))


def _score(
    metric: str, unit: str, better: Better, value: float, group: str = "", statistic: Literal["mean", "p50"] = "mean"
) -> Score:
    return Score(
        metric=metric,
        unit=unit,
        better=better,
        statistic=statistic,
        group=group,
        value=value,
        low=0.9 * value,
        high=1.1 * value,
        problems=164,
    )


def _file(form: str, size: int, equal: int, loss: float) -> GgufFile:
    return GgufFile(
        format=form,
        path=f"gguf/invented-{form}.gguf",
        bytes=size,
        greedy_equal=equal,
        greedy_tokens=128,
        best_equal=equal,
        positions=128,
        loss=loss,
    )
