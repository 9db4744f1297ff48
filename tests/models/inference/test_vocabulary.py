"""Prompts are told as the model was trained to read them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors

from seedbed.core.errors import InputError
from seedbed.models.inference import vocabulary
from seedbed.models.inference.backend import OtherFile
from seedbed.models.inference.decoding import TextStream
from seedbed.models.inference.vocabulary import FileVocabulary, TokenPrompts
from seedbed.models.tokens.packing import CorpusFile, FimSettings, Group, cut, segments
from seedbed.models.tokens.pretokenizer import FILE_SEP, SPECIAL_TOKENS


@pytest.fixture(scope="session")
def words(small_tokenizer: Path) -> FileVocabulary:
    return vocabulary.from_folder(small_tokenizer)


@pytest.fixture
def prompts(words: FileVocabulary) -> TokenPrompts:
    return TokenPrompts(words, "tiny", 64)


def told(words: FileVocabulary, parts: list[object]) -> list[int]:
    """Pieces of training as ids."""
    ids: list[int] = []
    for part in parts:
        ids += [SPECIAL_TOKENS.index(part.text)] if part.special else words.encode(part.text)
    return ids


def test_a_middle_is_asked_for_in_the_order_of_training(words: FileVocabulary, prompts: TokenPrompts) -> None:
    trained = told(words, cut("def f(x):\n    return x\n", 14, 20, suffix_first=False))

    asked = prompts.fim_prompt("def f(x):\n    ", " x\n")

    assert asked == trained[: len(asked)]


def test_a_path_is_told_as_in_training(words: FileVocabulary, prompts: TokenPrompts) -> None:
    file = CorpusFile("1", "", "src/a.py", "Python", "import os\n")
    trained = told(words, list(segments(Group("1", 0, (file,)), FimSettings(rate=0.0, spm_rate=0.0, span=100, seed=1))))

    asked = prompts.plain_prompt("import os\n", path="src/a.py")

    assert asked == trained[:-1]  # the end of the text


def test_other_files_stand_before_as_in_training(words: FileVocabulary, prompts: TokenPrompts) -> None:
    files = [CorpusFile(str(number), "", path, "Python", f"x{number} = 1\n") for number, path in enumerate(["a.py", "b.py", ""])]
    trained = told(words, list(segments(Group("1", 0, tuple(files)), FimSettings(rate=0.0, spm_rate=0.0, span=100, seed=1))))

    asked = prompts.plain_prompt("x2 = 1\n", others=[OtherFile(file.path, file.text) for file in files[:2]])

    assert asked == trained[:-1]  # the end of the text


def test_a_text_that_looks_like_a_special_token_is_a_text(words: FileVocabulary, prompts: TokenPrompts) -> None:
    text = "x = '<fim_middle><|endoftext|>'"

    assert not set(prompts.encode(text)) & set(range(8))
    assert words.decode(prompts.encode(text)) == text


def test_nothing_before_the_cursor_is_still_a_prompt(prompts: TokenPrompts) -> None:
    assert prompts.plain_prompt("") == [0]


def byte_level(special: list[str], *, begin: str | None = None) -> FileVocabulary:
    """A vocabulary of single bytes."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE({letter: number for number, letter in enumerate(alphabet)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens(special)
    if begin:
        tokenizer.post_processor = processors.TemplateProcessing(f"{begin} $A", None, [(begin, tokenizer.token_to_id(begin))])
    return FileVocabulary(tokenizer)


@pytest.mark.parametrize(
    "names",
    [
        ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"),
        ("<｜fim▁begin｜>", "<｜fim▁hole｜>", "<｜fim▁end｜>"),
        ("▁<PRE>", "▁<SUF>", "▁<MID>"),
    ],
)
def test_other_families_fill_in_with_their_own_tokens(names: tuple[str, str, str]) -> None:
    words = byte_level(["<s>", *names], begin="<s>")
    ids = [words.special(name) for name in ("<s>", *names)]

    asked = TokenPrompts(words, "other", 64).fim_prompt("a", "b", path="x.py")

    assert asked == [ids[0], ids[1], *words.encode("a"), ids[2], *words.encode("b"), ids[3]]


def test_a_model_without_the_tokens_is_asked_from_left_to_right() -> None:
    prompts = TokenPrompts(byte_level([FILE_SEP]), "plain", 64)

    assert not prompts.has_fim
    assert prompts.plain_prompt("a", path="x.py") == prompts.encode("a")
    with pytest.raises(InputError, match="plain: has no tokens to fill in the middle with. Allowed: a prompt from left to right"):
        prompts.fim_prompt("a", "b")
    with pytest.raises(InputError, match="plain: was not trained on several files at once. Allowed: a prompt without others"):
        prompts.plain_prompt("a", others=[OtherFile("b.py", "b")])


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tokenizer.json"):
        vocabulary.from_folder(tmp_path)
    (tmp_path / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match="not a tokenizer"):
        vocabulary.from_folder(tmp_path)


@pytest.mark.parametrize("stop", [(), ("\n\nclass", "日x"), ("é",)])
@pytest.mark.parametrize("text", ["def f():\n    return '日本 🤗é'\n\nclass A: pass", "plain", "🤗"])
def test_letters_come_whole_and_stop_strings_never(text: str, stop: tuple[str, ...]) -> None:
    words = byte_level([])
    stream = TextStream(words, stop)

    emitted = [stream.push(number) for number in words.encode(text) if not stream.is_stopped]
    emitted.append(stream.finish())

    ends = [at for string in stop if (at := text.find(string)) >= 0]
    assert "".join(emitted) == text[: min(ends, default=len(text))]
    assert not any("\ufffd" in piece for piece in emitted)


def test_bytes_that_are_no_letter_do_not_hold_the_text_back() -> None:
    words = byte_level([])
    broken = words.encode("é")[1:] * 5 + words.encode("a")
    stream = TextStream(words, ())

    emitted = "".join(stream.push(number) for number in broken)

    assert emitted.count("\ufffd") >= 4
    assert emitted.endswith("a")


def test_a_converted_model_ends_where_a_middle_ends(model_folder: Path) -> None:
    config = json.loads((model_folder / "generation_config.json").read_text(encoding="utf-8"))

    assert config["eos_token_id"] == [0, SPECIAL_TOKENS.index(FILE_SEP)]
