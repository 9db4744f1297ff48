"""Train a LoRA adapter, and merge it into its base model."""

from __future__ import annotations

import json
import shutil
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import torch
from datasets import Dataset
from peft import LoraConfig, PeftModel
from transformers import AutoModelForCausalLM, AutoTokenizer, PreTrainedModel, TrainerCallback
from transformers.trainer_callback import PrinterCallback, ProgressCallback
from trl.trainer.sft_config import SFTConfig
from trl.trainer.sft_trainer import SFTTrainer

from seedbed.core.errors import InputError, TrainingError
from seedbed.core.io.files import new_folder, write_atomic
from seedbed.core.manifests.finetune import Adapted
from seedbed.models.conversion import convert
from seedbed.models.logging import keep_transformers_quiet
from seedbed.models.lora.settings import LoraExample, LoraSettings, TrainingSettings, tokens_of
from seedbed.models.training import launch

ADAPTER: Final = "adapter"
FACTS: Final = "adapted.json"
_STATE: Final = "trainer_state.json"
"""The last file that transformers writes into a checkpoint: without it the checkpoint is incomplete."""
_LOGGED_STEPS: Final = 10
_KEPT: Final = 2

OnStep = Callable[[int, int], None]
"""Called with the number of finished steps and of all steps."""


@dataclass(frozen=True, slots=True)
class AdapterJob:
    """Folder of the base model, training examples, settings, and the folder of the run."""

    base: Path
    examples: Sequence[LoraExample]
    lora: LoraSettings
    training: TrainingSettings
    folder: Path

    @property
    def adapter(self) -> Path:
        """Folder of the finished adapter."""
        return self.folder / ADAPTER


def train(job: AdapterJob, must_stop: Callable[[], bool], on_step: OnStep) -> Adapted:
    """Train, resuming from the newest complete checkpoint; a finished run is not repeated.

    Args: must_stop: called after each step; once true, a checkpoint is written and training ends.
    Raises: KeyboardInterrupt when it was stopped; InputError for target modules that the model lacks; TrainingError for a loss
        that is not finite.
    """
    if (facts := finished(job.folder)) is not None:
        return facts
    job.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(launch.threads())
    keep_transformers_quiet()
    watch = _Watch(must_stop, on_step)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # deprecations between trl and transformers
        trainer = _trainer(job, watch)
        trainer.train(resume_from_checkpoint=_newest(job.folder))
    if must_stop():
        raise KeyboardInterrupt
    return _finish(trainer, job, watch.total)


def finished(folder: Path) -> Adapted | None:
    """Facts of a finished run; None before its end."""
    path = folder / FACTS
    return Adapted.model_validate_json(path.read_bytes()) if path.is_file() else None


class _Trainer(SFTTrainer):
    """trl's trainer without telemetry, and without a model card beside every checkpoint."""

    def _send_telemetry(self) -> None:
        pass

    def create_model_card(self, *_: object, **__: object) -> None:
        pass


class _Watch(TrainerCallback):
    """Reports progress, counts seconds across resumes, and stops on request."""

    def __init__(self, must_stop: Callable[[], bool], on_step: OnStep) -> None:
        self._must_stop, self._on_step = must_stop, on_step
        self._start = time.monotonic()
        self.seconds = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.seconds = _seconds(Path(args.output_dir))
        self._start = time.monotonic()
        self._on_step(state.global_step, state.max_steps)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self._on_step(state.global_step, state.max_steps)
        if self._must_stop() and state.global_step < state.max_steps:
            control.should_save = control.should_training_stop = True

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        write_atomic(Path(args.output_dir) / "seconds.json", json.dumps({"seconds": self.total}) + "\n")

    @property
    def total(self) -> float:
        """Seconds of training so far, including those before a resume."""
        return self.seconds + time.monotonic() - self._start


def _seconds(folder: Path) -> float:
    path = folder / "seconds.json"
    return float(json.loads(path.read_text(encoding="utf-8"))["seconds"]) if path.is_file() else 0.0


def _trainer(job: AdapterJob, watch: _Watch) -> SFTTrainer:
    rows = [{"input_ids": example.input_ids, "labels": example.labels} for example in job.examples]
    _seed(job.training.seed)
    model = load(job.base)
    try:
        trainer = _Trainer(
            model=model,
            args=_arguments(job),
            train_dataset=Dataset.from_list(rows),
            processing_class=AutoTokenizer.from_pretrained(job.base, local_files_only=True),
            peft_config=_lora(job.lora),
            callbacks=[watch],
        )
    except ValueError as error:
        if "target modules" in str(error).lower():
            raise InputError(f"lora.target_modules: {', '.join(job.lora.target_modules)}: {error}") from error
        raise
    trainer.remove_callback(PrinterCallback)
    trainer.remove_callback(ProgressCallback)
    return trainer


def load(folder: Path) -> PreTrainedModel:
    """Load a model folder in fp32, without network. Raises: InputError when transformers does not load it."""
    try:
        model: PreTrainedModel = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32, local_files_only=True)
    except (OSError, ValueError) as error:
        raise InputError(f"{folder}: not a model that transformers loads: {error}") from error
    return model


def _seed(seed: int) -> None:
    torch.manual_seed(seed)


def _lora(settings: LoraSettings) -> LoraConfig:
    return LoraConfig(
        r=settings.r,
        lora_alpha=settings.alpha,
        lora_dropout=settings.dropout,
        target_modules=sorted(settings.target_modules),
        task_type="CAUSAL_LM",
    )


def _arguments(job: AdapterJob) -> SFTConfig:
    """Trl's settings: no network and no tracker; bfloat16 on a GPU."""
    training, on_gpu = job.training, torch.cuda.is_available()
    steps = -(-len(job.examples) // training.batch) * training.epochs
    return SFTConfig(
        output_dir=str(job.folder),
        num_train_epochs=training.epochs,
        per_device_train_batch_size=training.batch,
        learning_rate=training.learning_rate,
        weight_decay=training.weight_decay,
        lr_scheduler_type="cosine",
        warmup_steps=round(training.warmup * steps),
        seed=training.seed,
        data_seed=training.seed,
        bf16=on_gpu,
        use_cpu=not on_gpu,
        gradient_checkpointing=False,
        max_length=None,
        packing=False,
        logging_steps=_LOGGED_STEPS,
        save_strategy="steps",
        save_steps=training.checkpoint_steps,
        save_total_limit=_KEPT,
        eval_strategy="no",
        report_to="none",
        push_to_hub=False,
        disable_tqdm=True,
        dataloader_num_workers=0,
        dataloader_pin_memory=False,
    )


def _newest(folder: Path) -> str | None:
    """The newest complete checkpoint; incomplete ones are deleted."""
    whole = []
    for path in folder.glob("checkpoint-*"):
        if (path / _STATE).is_file():
            whole.append(path)
        else:
            shutil.rmtree(path)
    return str(max(whole, key=lambda path: int(path.name.rpartition("-")[2]))) if whole else None


def _finish(trainer: SFTTrainer, job: AdapterJob, seconds: float) -> Adapted:
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    if not losses or not torch.isfinite(torch.tensor(losses[-1])):
        raise TrainingError(f"{job.folder}: the loss is not finite. Allowed: a lower training.learning_rate.")
    model: Any = trainer.model
    with new_folder(job.adapter) as draft:
        model.save_pretrained(draft, save_embedding_layers=False)
    facts = Adapted(
        examples=len(job.examples),
        tokens=tokens_of(job.examples),
        steps=trainer.state.global_step,
        parameters=sum(weight.numel() for weight in model.parameters() if weight.requires_grad),
        first_loss=round(losses[0], 4),
        last_loss=round(losses[-1], 4),
        seconds=round(seconds, 1),
        device="gpu" if torch.cuda.is_available() else "cpu",
    )
    write_atomic(job.folder / FACTS, facts.model_dump_json(indent=1) + "\n")
    for path in job.folder.glob("checkpoint-*"):
        shutil.rmtree(path)
    return facts


CONFIG: Final = "adapter_config.json"
WEIGHTS: Final = "adapter_model.safetensors"


def merge(base: Path, adapter: Path, out: Path, generation: dict[str, Any]) -> None:
    """Add the adapter's matrix products to the base model, and write it as a model folder.

    Error: fp32.  Raises: InputError when the base does not load; ConversionError when its tokenizer does not fit.
    """
    model = PeftModel.from_pretrained(load(base), adapter, local_files_only=True).merge_and_unload()
    convert.save(model, out, base, generation)


def publishable(adapter: Path, out: Path, base: str) -> None:
    """Copy an adapter's weights and configuration, with the base named instead of its local folder.

    Args: base: id on a Hub, or the name of the model.
    """
    out.mkdir(parents=True)
    shutil.copyfile(adapter / WEIGHTS, out / WEIGHTS)
    config = json.loads((adapter / CONFIG).read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = base
    config["target_modules"] = sorted(config["target_modules"])
    (out / CONFIG).write_text(json.dumps(config, indent=2, sort_keys=True) + "\n", encoding="utf-8")
