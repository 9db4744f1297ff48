"""The folder as it is uploaded."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from seedbed import __version__
from seedbed.core.errors import PublishError
from seedbed.publishing.hub.content import read
from seedbed.publishing.hub.validate import validate
from tests.spaces.process import APP, ROOT

SPACE = APP.parent
WHEEL = f"seedbed-{__version__}-py3-none-any.whl"


def test_it_can_be_published_once_the_wheel_is_beside_it(tmp_path: Path) -> None:
    sent = shutil.copytree(SPACE, tmp_path / "playground", ignore=shutil.ignore_patterns("*.whl"))
    with pytest.raises(PublishError, match=rf"requirements.txt: ./{WHEEL}: no such file"):
        validate(read(sent), "space")

    (sent / WHEEL).touch()

    validate(read(sent), "space")


def test_it_pins_what_was_tested() -> None:
    first, *lines = (SPACE / "requirements.txt").read_text().splitlines()
    tested = (ROOT / "constraints.txt").read_text().lower().splitlines()
    head = yaml.safe_load((SPACE / "README.md").read_text().split("---\n")[1])

    assert first == f"./{WHEEL}"
    assert [line for line in lines if str(Requirement(line)).lower() not in tested] == []
    assert f"gradio=={head['sdk_version']}" in lines


def test_the_card_explains_every_variable() -> None:
    read_there = set(re.findall(r"SEEDBED_[A-Z_]+", (SPACE / "settings.py").read_text()))

    explained = set(re.findall(r"^\| `(SEEDBED_[A-Z_]+)`", (SPACE / "README.md").read_text(), re.MULTILINE))

    assert explained == read_there
