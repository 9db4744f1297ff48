"""manifest.json, what a dataset folder says of itself: stages hand cards, plots and later stages nothing else.

`timing` aside, it depends on the recipe, the sources, the versions and the commit that it names, and on nothing else: not on
the number of tasks or processes, the order of the sources, or on how often the run was stopped. `ablations` are measurements
that are added to it. So do all other files of the dataset folder; the parquet files do not even depend on the commit.
"""

from __future__ import annotations

from typing import ClassVar, Final

from pydantic import Field, field_serializer

from seedbed.core.errors import ManifestError
from seedbed.core.manifests.ablation import Ablation
from seedbed.core.manifests.base import Facts, ManifestFile, Picture, RecipeFacts, Software
from seedbed.core.manifests.contents import ColumnFacts, Contents, LicensePolicy, SourceFacts, Stage, leaks
from seedbed.core.manifests.scores import Measurement


class FileFacts(Facts):
    """One file of the dataset folder."""

    path: str
    bytes: int
    sha256: str
    rows: int | None = None


class Attribution(Facts):
    """The index for attribution: its size on disk, and from how many tokens it finds every copied span, and renamed ones."""

    format: int
    files: int
    tokens: int
    bytes: int
    exact_tokens: int
    renamed_tokens: int


NOTICE_PAGE: Final = "NOTICE.md"
NOTICE_FILES: Final = (NOTICE_PAGE, "attribution.parquet", "license_texts.parquet")
"""Copyright statements and license texts: files of a dataset folder that must not get lost."""


class Notices(Facts):
    """The notices that travel with the files: rows of attribution.parquet and of license_texts.parquet, and what is in them.

    `sources` are releases, `statements` and `holders` are distinct, `text_bytes` is the length of all license texts, and
    `incomplete` counts the notices that a limit cut, or of which a legal file could not be read.
    """

    sources: int
    notices: int
    statements: int
    holders: int
    texts: int
    text_bytes: int
    incomplete: int = 0


class Manifest(ManifestFile):
    """A dataset folder, explained. `timing` maps `stage` and `stage/block` to seconds; all else is deterministic.

    `repository` is where the dataset is published, `models` are the Hub's names of models trained on it.
    """

    file_name: ClassVar[str] = "manifest.json"
    written_by: ClassVar[str] = "`seedbed dataset`"

    name: str
    title: str
    description: str
    contact: str
    repository: str
    models: tuple[str, ...] = ()
    recipe: RecipeFacts
    seedbed: Software
    versions: dict[str, str]
    sources: tuple[SourceFacts, ...]
    stages: tuple[Stage, ...]
    evaluations: tuple[Measurement, ...] = ()
    ablations: tuple[Ablation, ...] = ()
    contents: Contents
    license_policy: LicensePolicy | None = None
    pictures: tuple[Picture, ...] = ()
    columns: dict[str, tuple[ColumnFacts, ...]]
    files: tuple[FileFacts, ...] = ()
    attribution: Attribution | None = None
    notices: Notices | None = None
    timing: dict[str, float] = Field(default_factory=dict)

    @field_serializer("timing")
    def _round(self, timing: dict[str, float]) -> dict[str, float]:
        return {key: round(seconds, 3) for key, seconds in timing.items()}

    def check(self) -> None:
        """Raises: ManifestError when files vanish between two stages without a reason."""
        for leak in leaks(self.stages, self.contents.total.files):
            raise ManifestError(f"{self.name}: {leak}. Every file that a stage takes out needs a reason.")
