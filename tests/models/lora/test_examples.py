"""The examples in docstrings are true."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from seedbed.models.tokens import packing, sampling


@pytest.mark.parametrize("module", [sampling, packing], ids=lambda module: module.__name__)
def test_the_examples_in_docstrings_are_true(module: ModuleType) -> None:
    outcome = doctest.testmod(module)

    assert outcome.attempted
    assert not outcome.failed
