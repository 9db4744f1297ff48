"""Every kind of manifest is read and written in one way, and what is wrong with its file is one line."""

from __future__ import annotations

from pathlib import Path

import pytest

from seedbed.core.errors import ManifestError
from seedbed.core.manifests.ablation import Ablation
from seedbed.core.manifests.base import ManifestFile
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.manifests.finetune import Finetune
from seedbed.core.manifests.model import ModelManifest
from seedbed.evaluation.results import Results
from seedbed.models.tokens.manifest import TokensManifest

KINDS = [Ablation, Finetune, Manifest, ModelManifest, Results, TokensManifest]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("data", "what"),
    [
        (None, "cannot be read: No such file or directory"),
        (b"\xff", r"cannot be read: not UTF-8 text \(byte 0\)"),
        (b"{", "the whole file: Invalid JSON"),
        (b"[]", "the whole file: Input should be an object"),
        (b"{}", r": Field required \(\d+ in all\)"),
    ],
)
def test_a_broken_file_is_one_line_that_says_who_writes_it(
    tmp_path: Path, kind: type[ManifestFile], data: bytes | None, what: str
) -> None:
    path = tmp_path / kind.file_name
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(ManifestError, match=what) as raised:
        kind.load(tmp_path)

    assert str(raised.value).startswith(f"{path}: ")
    assert str(raised.value).endswith(f" Allowed: a {kind.file_name} that {kind.written_by} writes.")
    assert "\n" not in str(raised.value)
