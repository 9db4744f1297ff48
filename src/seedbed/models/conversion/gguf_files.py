"""Export a model folder to GGUF files of every format, and check each against transformers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer
from transformers import LlamaConfig

from seedbed import __version__
from seedbed.core.io.progress import say
from seedbed.core.manifests.model import Gguf
from seedbed.models.conversion import gguf_check, gguf_file, model_facts
from seedbed.models.tokens.pretokenizer import SPECIAL_TOKENS

PROMPTS, PROMPT_TOKENS, CONTINUED_TOKENS = 4, 32, 32
PREDICTED_FROM, PREDICTED_TO = 32, 160
LINES = 400


@dataclass(frozen=True, slots=True)
class Names:
    """Prefix of the file names; title and license of the model, as the files state them."""

    name: str
    title: str
    license: str


def write(folder: Path, names: Names, rows: Sequence[Sequence[int]]) -> Gguf:
    """Write all formats to gguf/ of a model folder, and check them.

    Args: rows: token ids of `PROMPTS` texts, each shorter than the context.
    Raises: ConversionError where the f16 file continues differently from transformers.
    """
    config = LlamaConfig.from_pretrained(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.encode_special_tokens = True
    probe = _probe(config, rows, tokenizer)
    reference = gguf_check.reference_outputs(folder, probe)
    metadata = gguf_file.GgufMetadata(names.title, f"Trained by Seedbed {__version__}; send token ids.", names.license)
    (folder / "gguf").mkdir()
    files, last = [], None
    for form in gguf_file.FORMATS.values():
        path = folder / "gguf" / f"{names.name}-{form.name}.gguf"
        gguf_file.write(folder, path, form, metadata)
        last = gguf_check.check(path, probe, reference, config.vocab_size, lambda line: _ids(tokenizer, line))
        if form.name == "f16":
            gguf_check.refuse_differences(path.name, last)
        files.append(model_facts.gguf_file(form.name, path, folder, last))
        say(f"{path.name}: {last.greedy_equal} of {last.greedy_tokens} greedy tokens as transformers, loss {last.loss:.3f}")
    return Gguf(
        files=tuple(files),
        reference_loss=reference.loss,
        lines_equal=last.lines_equal if last else 0,
        lines=last.lines if last else 0,
        version=model_facts.versions()["xllamacpp"],
    )


def _probe(config: LlamaConfig, rows: Sequence[Sequence[int]], tokenizer: Tokenizer) -> gguf_check.GgufProbe:
    """Prompts, a text and lines, cut to the context of the model."""
    longest = config.max_position_embeddings - 1
    prompt = min(PROMPT_TOKENS, longest // 2)
    lines = tokenizer.decode([number for row in rows for number in row], skip_special_tokens=True).splitlines(keepends=True)
    return gguf_check.GgufProbe(
        prompts=tuple(tuple(row[:prompt]) for row in rows),
        length=min(CONTINUED_TOKENS, longest - prompt),
        text=tuple(rows[0][: min(PREDICTED_TO, longest)]),
        start=min(PREDICTED_FROM, longest // 2),
        lines=tuple(lines[:LINES]),
        without=tuple(range(len(SPECIAL_TOKENS))),
    )


def _ids(tokenizer: Tokenizer, line: str) -> list[int]:
    ids: list[int] = tokenizer.encode(line, add_special_tokens=False).ids
    return ids
