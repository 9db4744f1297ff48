"""The way of a request, with a real model: each step does its part, and says what it took."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seedbed.core.errors import InputError
from seedbed.core.syntax import language_of
from seedbed.data.attribution.build import build
from seedbed.data.attribution.index import Index
from seedbed.data.attribution.tokens import stripped
from seedbed.models.inference import open_backend
from seedbed.models.inference.backend import Backend, Completion, OtherFile, Sampling
from seedbed.models.inference.vocabulary import FileVocabulary
from seedbed.serving.completion.answer import Answer, Shaped, rank
from seedbed.serving.completion.cache import CompletionCache
from seedbed.serving.completion.completer import Completer, request_digest
from seedbed.serving.completion.provenance import Provenance
from seedbed.serving.completion.request import CompletionRequest, Fragment
from seedbed.serving.completion.safety import load_policy
from tests import frozen
from tests.data.filters.test_credentials import noise
from tests.serving.http.upstream import running

ROOT = Path(__file__).parents[3]
POLICY = ROOT / "recipes" / "safety" / "default.yaml"
SAMPLING = Sampling(temperature=1.0, max_new_tokens=24, n=3, seed=5)
REQUEST = CompletionRequest("import os\n\n\ndef read(path):\n    ", "\n\nprint(read('a'))\n", "src/a.py", sampling=SAMPLING)


def test_candidates_come_with_their_reasons_and_the_time_of_each_step(backend: Backend) -> None:
    answer = Completer(backend).complete(REQUEST)

    assert 1 <= len(answer.candidates) <= 3
    assert any("mean log-probability" in " ".join(one.reasons) for one in answer.candidates)
    assert all(one.reasons for one in answer.candidates)
    assert answer.is_fim
    assert (answer.source, answer.model) == ("model", backend.name)
    assert answer.prompt_tokens == len(backend.fim_prompt(REQUEST.prefix, REQUEST.suffix, path="src/a.py"))
    steps = ["cache", "context", "prompt", "model", "shaping", "ranking", "safety", "attribution", "total"]
    assert list(answer.timings_ms) == steps
    assert sum(answer.timings_ms[step] for step in steps[:-1]) <= answer.timings_ms["total"]


def test_nothing_behind_the_cursor_is_asked_from_left_to_right(backend: Backend) -> None:
    answer = Completer(backend).complete(replace(REQUEST, suffix="\n"))

    assert not answer.is_fim
    assert answer.prompt_tokens == len(backend.plain_prompt(REQUEST.prefix, path="src/a.py"))


def test_a_file_of_any_length_fits(backend: Backend) -> None:
    long = replace(REQUEST, prefix="x = 1\n" * 5000 + REQUEST.prefix, suffix=REQUEST.suffix + "y = 2\n" * 5000)

    answer = Completer(backend).complete(long)

    assert 150 < answer.prompt_tokens <= backend.context_tokens - SAMPLING.max_new_tokens


@pytest.mark.parametrize("request_", [CompletionRequest("(" * 1_000_000), CompletionRequest("x = 1\n", ")" * 1_000_000)])
def test_a_line_that_no_tokenizer_cuts_fits_too(backend: Backend, request_: CompletionRequest) -> None:
    answer = Completer(backend).complete(replace(request_, sampling=Sampling(max_new_tokens=4)))

    assert 0 < answer.prompt_tokens <= backend.context_tokens - 4


def test_a_text_that_the_tokenizer_gives_up_on_is_one_line(words: FileVocabulary) -> None:
    with pytest.raises(InputError, match=r"^text: 1,000,000 characters that the tokenizer cannot encode\. Allowed: "):
        words.encode("(" * 1_000_000)


def test_a_smaller_context_may_be_asked_for(backend: Backend) -> None:
    answer = Completer(backend).complete(replace(REQUEST, prefix="x = 1\n" * 500, context_tokens=60))

    assert 30 < answer.prompt_tokens <= 60


def test_what_was_suggested_is_not_asked_again(backend: Backend) -> None:
    completer = Completer(backend, cache=CompletionCache())
    first = completer.complete(REQUEST)

    again = completer.complete(REQUEST)

    assert again.source == "cache"
    assert [one.text for one in again.candidates] == [one.text for one in first.candidates]
    assert completer.cache_counts is not None
    assert (completer.cache_counts.missed, completer.cache_counts.exact) == (1, 1)


def test_typing_what_was_suggested_needs_no_model(backend: Backend) -> None:
    completer = Completer(backend, cache=CompletionCache())
    request = replace(REQUEST, suffix="", sampling=replace(SAMPLING, n=1))
    ((raw,),) = backend.generate([backend.plain_prompt(request.prefix, path=request.path)], request.sampling)
    completer.complete(request)

    answer = completer.complete(replace(request, prefix=request.prefix + raw.text[:2]))

    assert answer.source == "cache"


def test_a_stream_ends_with_the_answer(backend: Backend) -> None:
    prompt = backend.fim_prompt(REQUEST.prefix, REQUEST.suffix, path=REQUEST.path)
    (drawn,) = backend.generate([prompt], replace(SAMPLING, n=12))
    seed = SAMPLING.seed + next(number for number, one in enumerate(drawn) if len(one.token_ids) > 3)

    *pieces, answer = Completer(backend).stream(replace(REQUEST, sampling=replace(SAMPLING, n=1, seed=seed)))

    assert isinstance(answer, Answer)
    assert len(answer.candidates) == 1
    assert "".join(map(str, pieces))
    assert answer.timings_ms["model"] > 0


def test_a_stream_from_the_cache_is_the_same(backend: Backend) -> None:
    completer = Completer(backend, cache=CompletionCache())
    *_, first = completer.stream(REQUEST)

    *pieces, again = completer.stream(REQUEST)

    assert isinstance(first, Answer)
    assert isinstance(again, Answer)
    assert again.source == "cache"
    assert again.candidates == first.candidates
    assert pieces == [one.text for one in first.candidates[:1] if one.text]


def test_a_stream_of_several_ends_with_all_of_them(backend: Backend) -> None:
    asked = replace(REQUEST, sampling=replace(SAMPLING, n=4))
    completer = Completer(backend, cache=CompletionCache())

    *_, streamed = completer.stream(asked)

    assert isinstance(streamed, Answer)
    assert len(streamed.candidates) > 1
    assert completer.complete(asked).candidates == streamed.candidates


def test_what_is_cancelled_is_not_remembered(backend: Backend) -> None:
    completer = Completer(backend, cache=CompletionCache())

    answer = completer.complete(REQUEST, lambda: True)

    assert [one.finish_reason for one in answer.candidates] == ["cancelled"]
    assert completer.complete(REQUEST).source == "model"


def test_a_cache_keeps_no_more_than_it_counts(backend: Backend) -> None:
    long = "x = 1\n" * 2000
    pieces = (OtherFile("b.py", long),)

    assert len(request_digest(replace(REQUEST, suffix=long, others=pieces))) == 16
    assert (
        len(
            {
                request_digest(replace(REQUEST, **{key: value}))
                for key, value in [("suffix", long), ("others", pieces), ("path", "b")]
            }
        )
        == 3
    )
    assert request_digest(replace(REQUEST, prefix="y")) == request_digest(REQUEST)


OTHERS = (OtherFile("far.py", "far = 1\n" * 90), OtherFile("near.py", "def near(a):\n    return a\n"), OtherFile("", "last = 2"))


@pytest.mark.parametrize("suffix", [REQUEST.suffix, ""])
def test_other_files_stand_before_the_file_behind_their_marks(backend: Backend, suffix: str) -> None:
    request = replace(REQUEST, suffix=suffix, others=OTHERS[1:])

    prompt = Completer(backend).prompt(request)

    told = backend.fim_prompt if suffix else backend.plain_prompt
    inside = {"suffix": suffix} if suffix else {}
    assert prompt == told(REQUEST.prefix, **inside, path="src/a.py", others=OTHERS[1:])
    assert prompt[: len(backend.plain_prompt("", path="near.py"))] == backend.plain_prompt("", path="near.py")


def test_the_last_of_other_files_come_first_where_all_are_too_many(backend: Backend) -> None:
    prompt = Completer(backend).prompt(replace(REQUEST, others=OTHERS))

    text = backend.decode(prompt)
    assert REQUEST.prefix in text
    assert OTHERS[1].text in text
    assert 3 < text.count("far = 1\n") < 90


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    texts=st.lists(
        st.lists(st.sampled_from(["def f(x):", "    return é🤗", "", "\r", " " * 50, "x" * 400]), max_size=40), max_size=5
    ),
    path=st.sampled_from(["", "a/b.py"]),
    limit=st.integers(20, 180),
    lines=st.integers(0, 60),
)
def test_other_files_never_go_over_the_budget(
    backend: Backend, elsewhere: Backend, texts: list[list[str]], path: str, limit: int, lines: int
) -> None:
    others = tuple(OtherFile(path, "\n".join(text)) for text in texts)
    request = replace(REQUEST, prefix="a = [1]\n" * lines, path=path, others=others, context_tokens=limit)

    assert len(Completer(backend).prompt(request)) <= limit
    assert len(Completer(elsewhere).prompt(replace(request, context_tokens=4 * limit))) <= 4 * limit


def test_other_files_are_comments_for_a_model_that_was_told_of_none(elsewhere: Backend) -> None:
    prompt = Completer(elsewhere).prompt(replace(REQUEST, suffix="", others=OTHERS[1:]))

    assert elsewhere.decode(prompt) == f"# near.py:\n# def near(a):\n#     return a\n# last = 2\n{REQUEST.prefix}"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Backend]:
    """A model behind a URL: it takes one text, and its tokens are letters."""
    with running() as upstream:
        yield open_backend(upstream.url)


class SameLine:
    """A retriever that always finds the same."""

    def retrieve(self, request: CompletionRequest, budget: int, count: Callable[[str], int]) -> str:
        assert count("# def helper(): ...\n") < budget < 256
        return "# def helper(): ...\n"


def test_what_is_found_elsewhere_is_put_before(backend: Backend) -> None:
    bare = Completer(backend).complete(REQUEST)

    answer = Completer(backend, retriever=SameLine()).complete(REQUEST)

    assert answer.prompt_tokens > bare.prompt_tokens


def test_a_candidate_that_stands_in_the_training_data_says_where(backend: Backend, tmp_path: Path) -> None:
    text = frozen.read("locks.py")
    row = {
        "id": "1",
        "project": "pkg:pypi/own",
        "version": "1.2",
        "path": "a/locks.py",
        "license": "Apache-2.0",
        "swhid": "swh:1",
    }
    build([{**row, "language": "Python", "text": stripped(text, "Python").decode()}], tmp_path / "attribution")
    cache = CompletionCache()
    completer = Completer(backend, provenance=Provenance(Index(tmp_path / "attribution")), cache=cache)
    half = text.index("\n", len(text) // 2) + 1
    request = CompletionRequest(text[:half], "", "b.py", sampling=SAMPLING)
    cache.put(text[:half], request_digest(request), [Completion(text[half:], (1,), (-0.1,), "stop")])

    (candidate,) = completer.complete(request).candidates

    assert "tokens match own@1.2 a/locks.py, Apache-2.0" in str(candidate.matches[0])


def test_what_the_policy_withholds_is_not_shown(backend: Backend) -> None:
    cache = CompletionCache()
    completer = Completer(backend, policy=load_policy(POLICY), cache=cache)
    key = noise(32)
    secret = Completion(f'api_key = "{key}"\n', (1,), (-0.1,), "stop")
    harmless = Completion("return path\n", (1,), (-3.0,), "stop")
    cache.put(REQUEST.prefix, request_digest(REQUEST), [secret, harmless])

    answer = completer.complete(REQUEST)

    withheld = [one for one in answer.candidates if one.is_withheld]
    assert answer.source == "cache"
    assert [(one.text, one.reasons[0]) for one in withheld] == [("", "withheld by policy")]
    assert [finding.rule for finding in withheld[0].findings] == ["secret:assignment"]
    assert answer.candidates[-1].is_withheld
    assert key not in repr(answer)


def test_requests_of_many_threads_are_each_their_own(backend: Backend) -> None:
    completer = Completer(backend, policy=load_policy(POLICY), cache=CompletionCache())
    requests = [replace(REQUEST, prefix="# long\n" * size + f"def f{size}(x):\n    ") for size in range(0, 24, 2)]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(completer.complete, requests))

    for request, answer in zip(requests, answers, strict=True):
        assert answer.source == "model"
        again = completer.complete(request)
        assert (again.source, [one.text for one in again.candidates]) == ("cache", [one.text for one in answer.candidates])


def test_what_parses_in_its_place_comes_first() -> None:
    texts = ["return x +", "return x", "return (x", ""]
    made = [
        Shaped(Fragment("def f(x):\n    ", text, "\n\nprint(f(1))\n", "Python"), Completion(text, (1,), (mean,), "stop"), ())
        for text, mean in zip(texts, (-0.1, -2.0, -0.2, -0.1), strict=True)
    ]

    ranked = rank(made)

    assert [one.shaped.fragment.completion for one in ranked] == ["return x", "return x +", "return (x", ""]
    assert [one.reasons[0] for one in ranked] == ["parses in place", *["does not parse in place"] * 2, "empty"]


def test_code_of_which_nothing_was_told_is_said_not_to_be_parsed() -> None:
    (ranked,) = rank([Shaped(Fragment("x = ", "1", "", ""), Completion("1", (1,), (-0.1,), "stop"), ())])

    assert ranked.reasons[0] == "not parsed: the request names no path and no language"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"language": "Cobol"}, "language: 'Cobol'. Allowed: Python"),
        ({"prefix": "x" * 2_000_001}, "over 2,000,000 characters"),
        ({"sampling": Sampling(n=17)}, "at most 16 candidates"),
        ({"context_tokens": 0}, "context_tokens: 0"),
    ],
)
def test_a_request_for_too_much_is_refused(change: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        CompletionRequest(**{"prefix": "", **change})


def test_a_path_says_the_language() -> None:
    assert [language_of(path) for path in ("a.PY", "b/c.tsx", "d.hpp", "Makefile", "")] == ["Python", "TypeScript", "C++", "", ""]
