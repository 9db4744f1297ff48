"""The tokenizer: nothing is lost, what belongs together is one token, and transformers loads it."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import PreTrainedTokenizerFast

from seedbed.core.errors import InputError, RecipeError
from seedbed.models.tokens import tokenizer
from seedbed.models.tokens.packing import Segment
from seedbed.models.tokens.pretokenizer import OPERATORS, SPECIAL_TOKENS, WHOLE
from seedbed.models.tokens.token_files import encode
from tests.models.small_dataset import code

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
BITS_OF_CODE = st.sampled_from(
    [*WHOLE, *SPECIAL_TOKENS, "\t", "\r\n", "\n", " ", "x", "9", "'s", "é", "e\u0301", "🙂", "\x00", "\ufeff"]
)


@given(text=st.one_of(ANY_TEXT, st.lists(st.one_of(BITS_OF_CODE, ANY_TEXT)).map("".join)))
def test_every_text_comes_back_as_it_was(text: str, fast: PreTrainedTokenizerFast) -> None:
    back = fast.decode(fast.encode(text))

    assert back == text


def test_every_byte_comes_back_as_it_was(fast: PreTrainedTokenizerFast) -> None:
    text = bytes(range(256)).decode("latin-1")

    assert fast.decode(fast.encode(text)) == text


@pytest.mark.parametrize("whole", WHOLE)
def test_what_belongs_together_is_one_token(whole: str, fast: PreTrainedTokenizerFast) -> None:
    assert len(fast.encode(whole)) == 1


@pytest.mark.parametrize("operator", ["::", "->", "=>", "{}", "!=", "<=", "&&", "||", "//", "/*"])
@pytest.mark.parametrize("around", ["{0}", "a{0}b", "a {0} b", "({0})", ");{0}", "\n    {0}\n"])
def test_an_operator_is_never_cut(operator: str, around: str, fast: PreTrainedTokenizerFast) -> None:
    tokens = [fast.decode([token]).lstrip(" ") for token in fast.encode(around.format(operator))]

    assert operator in tokens


@pytest.mark.parametrize("operator", OPERATORS)
def test_no_token_crosses_the_edge_of_an_operator(operator: str, fast: PreTrainedTokenizerFast) -> None:
    text = f"x;{operator}y"

    ends = [len("".join(fast.decode([token]) for token in fast.encode(text)[:count])) for count in range(len(text) + 1)]

    assert {2, 2 + len(operator)} <= set(ends)


def test_a_number_is_one_token_a_digit(fast: PreTrainedTokenizerFast) -> None:
    tokens = [fast.decode([token]) for token in fast.encode("x = 65536 + 0x1F")]

    assert [token for token in tokens if any(char.isdigit() for char in token)] == list("6553601")


@pytest.mark.parametrize("spaces", range(2, 25))
def test_indentation_is_one_token(spaces: int, fast: PreTrainedTokenizerFast) -> None:
    first, *_ = (fast.decode([token]) for token in fast.encode(" " * spaces + "return"))

    assert first == " " * (spaces - 1)  # the last space belongs to the word


def test_special_tokens_have_the_first_ids(fast: PreTrainedTokenizerFast) -> None:
    assert fast.convert_tokens_to_ids(list(SPECIAL_TOKENS)) == list(range(8))
    assert (fast.eos_token, fast.pad_token, fast.eos_token_id, len(fast)) == ("<|endoftext|>", "<|pad|>", 0, 1024)


def test_it_is_a_fast_tokenizer_that_adds_nothing(fast: PreTrainedTokenizerFast) -> None:
    assert fast.is_fast
    assert fast.encode("x") == fast.encode("x", add_special_tokens=False)
    assert fast.model_max_length == 64


def test_special_tokens_in_a_file_of_training_stay_text(tokenizer_folder: Path) -> None:
    ours = tokenizer.load(tokenizer_folder)
    text = "stop = '<|endoftext|>' or '<fim_middle>'"

    ids = encode(ours, [Segment(text), Segment("<|endoftext|>", special=True)])

    assert [id_ for id_ in ids if id_ < 8] == [0]
    assert ours.decode(ids[:-1], skip_special_tokens=False) == text


def test_the_same_texts_in_another_order_give_the_same_tokenizer() -> None:
    texts = [row["text"] for row in code()][:40]
    size = sum(map(len, texts))
    mixed = random.Random(5).sample(texts, len(texts))

    assert tokenizer.train(texts, 700, size).to_str() == tokenizer.train(mixed, 700, size).to_str()


def test_a_language_that_the_sample_lacks_has_its_operators_whole() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("etaoinshr", k=chance.randint(2, 9))) for _ in range(400)]
    prose = [" ".join(chance.choices(words, k=300)) for _ in range(60)]

    made = tokenizer.train(prose, 512, sum(map(len, prose)))

    assert [len(made.encode(whole).ids) for whole in WHOLE] == [1] * len(WHOLE)


def test_a_sample_that_is_too_small_is_told_what_it_gives() -> None:
    with pytest.raises(RecipeError, match=r"8,192 tokens asked for, the sample gives \d+\. Allowed: at most"):
        tokenizer.train(["x = 1\n" * 9], 8192, 100)


def test_a_vocabulary_without_room_for_the_operators_is_refused() -> None:
    texts = [row["text"] for row in code()]

    with pytest.raises(RecipeError, match=r"280 leaves no room for .*, which must be one token"):
        tokenizer.train(texts, 280, sum(map(len, texts)))


def test_a_tokenizer_with_other_special_tokens_is_refused(tokenizer_folder: Path, tmp_path: Path) -> None:
    shutil.copytree(tokenizer_folder, tmp_path / "other")
    path = tmp_path / "other" / "tokenizer.json"
    data = json.loads(path.read_text())
    data["added_tokens"][2]["content"] = "<other>"
    data["model"]["vocab"]["<other>"] = data["model"]["vocab"].pop("<fim_prefix>")
    path.write_text(json.dumps(data))

    with pytest.raises(InputError, match=r"<fim_prefix> has the id None. Allowed: 2"):
        tokenizer.load(tmp_path / "other")


def test_a_folder_without_a_tokenizer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tokenizer there"):
        tokenizer.load(tmp_path)


def test_the_control_merges_what_ours_keeps_apart() -> None:
    texts = ["x = 1000;\n" * 99 + row["text"] for row in code()]

    control, ours = (tokenizer.train(texts, 1024, sum(map(len, texts)), code=code) for code in (False, True))

    assert len(control.encode("1000").ids) < len(ours.encode("1000").ids) == 4
