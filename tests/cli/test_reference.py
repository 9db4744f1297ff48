"""docs/reference/cli.md is what the command line says of itself."""

from __future__ import annotations

import os

import pytest

from seedbed.cli.extras import EXTRAS
from tests.cli import reference

pytestmark = pytest.mark.docs


def test_the_page_of_commands_is_current() -> None:
    made = reference.page()
    if os.environ.get("SEEDBED_GOLDEN") == "1":
        reference.PAGE.write_text(made, encoding="utf-8")

    assert reference.PAGE.read_text(encoding="utf-8") == made, "run `make golden`"


def test_every_command_names_its_extra() -> None:
    assert set(reference.commands()) == set(EXTRAS)
