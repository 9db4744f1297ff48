"""A stream never sends what the policy withholds, and never takes back what it sent."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seedbed.core.syntax import LANGUAGES
from seedbed.models.inference.backend import Sampling
from seedbed.serving.completion.answer import Answer
from seedbed.serving.completion.cache import CompletionCache
from seedbed.serving.completion.completer import Completer
from seedbed.serving.completion.postprocess import settled, shape
from seedbed.serving.completion.postprocess.rules import Place
from seedbed.serving.completion.request import CompletionRequest, Fragment
from seedbed.serving.completion.safety import SafetyPolicy, judge
from tests.data.filters.test_credentials import noise
from tests.serving.completion.scripted import ScriptedBackend

DEFAULT = Path(__file__).parents[3] / "recipes" / "safety" / "default.yaml"
KEY = noise(32)
PRIVATE_KEY = f'k = """-----BEGIN RSA PRIVATE KEY-----\n{noise(64)}\n{noise(64)}\n-----END RSA PRIVATE KEY-----"""\n'
HARMLESS = [
    "x = 1\n",
    "def f(a):\n",
    "    return a\n",
    "\n",
    "y = f(\n",
    "    x,\n)\n",
    "if x:\n",
    "    pass\n",
    "}\n",
    ")",
    "é🤗",
    "z",
]
UNWANTED = {
    f'api_key = "{KEY}"\n': KEY,
    f'api_key =\n"{KEY}"\n': KEY,
    PRIVATE_KEY: "BEGIN",
    "import pickle\n": "import",
    "from pickle import (\n    loads,\n)\n": "from",
    "eval(x)\n": "eval",
    "eval(\n    x\n)\n": "eval",
    "import os; os.system(x)\n": "os.",
    "import subprocess\nsubprocess.run(\n    x,\n    shell=True,\n)\n": "run",
    "const { exec } = require('child_process');\nexec(x);\n": "exec(x",
    "const run =\n    require('vm');\n": "const",
    "try:\n    f()\nexcept Exception:\n    pass\n": "except",
}
"""Code that the policy withholds -> what of it must not be sent."""

ACTIONS = st.fixed_dictionaries(dict.fromkeys(("bandit", "secrets", "modules", "calls"), st.sampled_from(["show", "withhold"])))


@cache
def default() -> SafetyPolicy:
    return SafetyPolicy.model_validate(yaml.safe_load(DEFAULT.read_text(encoding="utf-8")), strict=False)


def policy(actions: dict[str, str]) -> SafetyPolicy:
    changed = {name: getattr(default(), name).model_copy(update={"action": action}) for name, action in actions.items()}
    changed["bandit"] = changed["bandit"].model_copy(update={"min_severity": "low"})
    return default().model_copy(update=changed)


def cut(text: str, places: set[int]) -> Iterator[str]:
    """A text in pieces, cut at some places."""
    ends = [0, *sorted(place for place in places if 0 < place < len(text)), len(text)]
    yield from (text[start:end] for start, end in pairwise(ends))


@settings(max_examples=400, deadline=None)
@given(
    lines=st.lists(st.sampled_from([*HARMLESS, *UNWANTED]), max_size=8),
    places=st.sets(st.integers(1, 400), max_size=60),
    prefix=st.sampled_from(["", "def g(x):\n    ", "import os\nx = os.", "function f() {\n", "y = [\n    "]),
    suffix=st.sampled_from(["", "\n", ")\n", "\n    return a\n", "x = 1\ny = 2\n", "}\n"]),
    language=st.sampled_from(["Python", "JavaScript", ""]),
    actions=ACTIONS,
    count=st.integers(1, 2),
)
def test_no_piece_holds_what_the_policy_withholds(
    lines: list[str], places: set[int], prefix: str, suffix: str, language: str, actions: dict[str, str], count: int
) -> None:
    checked = policy(actions)
    request = CompletionRequest(prefix, suffix, language=language, sampling=Sampling(n=count))
    backend = ScriptedBackend(tuple(cut("".join(lines), places)))

    *pieces, answer = Completer(backend, policy=checked).stream(request)

    sent = "".join(map(str, pieces))
    assert isinstance(answer, Answer)
    assert not judge(Fragment(prefix, sent, suffix, language), checked).withhold
    (candidate,) = answer.candidates
    if not candidate.is_withheld:  # the policy allows the whole text in its place; alone it might mean something else
        assert sent == candidate.text
        return
    assert not judge(Fragment(prefix, sent, "", language), checked).withhold
    text, _ = shape("".join(lines), Place(prefix, suffix, language, "stop"))
    whole = judge(Fragment(prefix, text, suffix, language), checked)
    assert text.startswith(sent)
    assert actions["secrets"] == "show" or KEY not in sent
    withheld = {"bandit": "bandit", "secret": "secrets", "module": "modules", "call": "calls"}
    flagged = [finding.line for finding in whole.findings if actions[withheld[finding.rule.partition(":")[0]]] == "withhold"]
    parsed = Fragment(prefix, text, suffix, language).parsed
    if parsed and not parsed.damage.error_bytes:  # in broken code, a later line may change what an earlier one means
        assert not sent or sent.count("\n") + 1 < min(flagged)


@pytest.mark.parametrize("unwanted", UNWANTED)
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_nothing_unwanted_leaves_in_any_way(unwanted: str, size: int) -> None:
    checked = policy(dict.fromkeys(("bandit", "secrets", "modules", "calls"), "withhold"))
    language = "JavaScript" if "require" in unwanted else "Python"
    text = f"x = 1\n{unwanted}z = 3\n"
    backend = ScriptedBackend(tuple(text[at : at + size] for at in range(0, len(text), size)))
    completer = Completer(backend, policy=checked, cache=CompletionCache())
    request = CompletionRequest("", language=language, sampling=Sampling(n=2))

    streamed = list(completer.stream(request))
    cached = list(completer.stream(request))
    tokens = completer.complete_tokens(request)

    sent = "".join(piece for piece in streamed if isinstance(piece, str))
    assert text.startswith(sent)
    assert UNWANTED[unwanted] not in sent
    assert [one.candidates[0].text for one in cached if isinstance(one, Answer)] == [""]
    assert len(cached) == 1
    assert [(one.text, one.tokens, one.token_count) for one in tokens.candidates] == [("", (), len(text))] * 2
    assert completer.complete(request).candidates[0].text == ""


@settings(max_examples=400, deadline=None)
@given(
    text=st.lists(st.sampled_from([*"ab =:(){}[]\n\t'\"#/", "    ", "ab", "x = 1\n", "return x\n", "abcd"]), max_size=60).map(
        "".join
    ),
    places=st.sets(st.integers(1, 200), max_size=60),
    prefix=st.text("ab =:(){}\n\t'\"", max_size=40),
    suffix=st.lists(st.sampled_from([*"ab =:(){}\n\t", "x = 1\n", "return x\n"]), max_size=12).map("".join),
    language=st.sampled_from([*LANGUAGES, ""]),
    reason=st.sampled_from(["stop", "length"]),
)
def test_what_is_sent_is_never_taken_back(
    text: str, places: set[int], prefix: str, suffix: str, language: str, reason: str
) -> None:
    place = Place(prefix, suffix, language, reason)
    request = CompletionRequest(prefix, suffix, language=language)

    *pieces, answer = Completer(ScriptedBackend(tuple(cut(text, places)), reason)).stream(request)

    whole, _ = shape(text, place)
    for end in range(len(text) + 1):
        assert whole.startswith(settled(text[:end], place).rstrip())
    assert isinstance(answer, Answer)
    assert "".join(map(str, pieces)) == answer.candidates[0].text


@settings(deadline=None)
@given(
    lines=st.lists(st.sampled_from([*HARMLESS, *UNWANTED]), min_size=1, max_size=8),
    places=st.sets(st.integers(1, 400), max_size=60),
    actions=st.sampled_from([None, dict.fromkeys(("bandit", "secrets", "modules", "calls"), "show")]),
)
def test_without_a_check_that_withholds_nothing_waits(lines: list[str], places: set[int], actions: dict[str, str] | None) -> None:
    written = tuple(cut("".join(lines), places))
    request = CompletionRequest("", language="Python")

    stream = Completer(ScriptedBackend(written), policy=policy(actions) if actions else None).stream(request)

    pieces = [piece for piece in stream if isinstance(piece, str)]
    place, seen, expected = Place("", "", "Python", None), "", [""]
    for piece in written:
        seen += piece
        now = settled(seen, place).rstrip()
        expected += [now] if len(now) > len(expected[-1]) else []
    sent = ["".join(pieces[: number + 1]) for number in range(len(pieces))]
    assert sent[: len(expected) - 1] == expected[1:]


def test_the_first_line_is_sent_as_it_is_written() -> None:
    backend = ScriptedBackend(("ret", "urn va", "lue + ", "1\n", "x"))

    pieces = list(Completer(backend).stream(CompletionRequest("def f(value):\n    ", language="Python")))

    assert pieces[:4] == ["ret", "urn va", "lue +", " 1"]
