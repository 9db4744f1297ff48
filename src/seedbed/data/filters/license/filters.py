"""The license filters: one collects the evidence, the other decides. Fingerprints are taken between the two."""

from __future__ import annotations

from functools import lru_cache
from typing import Self

from datatrove.data import Document

from seedbed.core.config.recipe import Recipe
from seedbed.core.manifests.columns import Column
from seedbed.core.manifests.contents import LicensePolicy
from seedbed.core.runs.filters import Filter
from seedbed.data.filters.license.deadline import DEFAULT_TIMEOUT_S, DeadlineError
from seedbed.data.filters.license.decision import DECISION_FIELDS, decision
from seedbed.data.filters.license.evidence import EVIDENCE_FIELDS, Evidence
from seedbed.data.filters.license.expressions import category
from seedbed.data.filters.license.inherited import InheritedLicenses
from seedbed.data.filters.license.legal_files import load
from seedbed.data.filters.license.legal_names import is_license_text
from seedbed.data.filters.license.license_files import Statement
from seedbed.data.filters.license.pointers import pointers
from seedbed.data.filters.license.policy import DEFAULT, LicenseVerdict, Policy, check_allow, effective, judge, policy_of
from seedbed.data.filters.license.quotes import Quotes
from seedbed.data.filters.license.scan import MAX_BYTES, scan_regions, scan_whole
from seedbed.data.filters.license.versions import index_digest, scancode_version

COLUMNS = {
    "license_header": "the file itself",
    "license_nearest_file": "the nearest license file",
    "license_declared": "the package's manifest",
}
"""Evidence columns of a sample, and the words for the origin of each."""

JUDGED_FIELDS = (
    Column("policy", "string", "", "name of the policy and digest of its allow-list; the manifest has the list"),
    Column("root", "string", "", "the source whose license files and manifests were read, down from its top folder"),
    Column("scancode", "string", "", "version of scancode-toolkit"),
    Column("index", "string", "", "digest of its rules and licenses, and of packages that add some"),
)

_TIMEOUT = "_license_timeout"


def find_header(text: str, path: str, inherited: InheritedLicenses, timeout_s: float, max_bytes: int) -> Statement:
    """The statement of the file itself. A pointer to a license file that is there is replaced by that file.

    Raises: DeadlineError.
    """
    if is_license_text(path):
        return inherited.header(scan_whole(text, path, timeout_s=timeout_s, max_bytes=max_bytes), path)
    findings = scan_regions(text, path, timeout_s=timeout_s, max_bytes=max_bytes)
    return inherited.header([*findings, *pointers(text, findings, path)], path)


def policy_facts(recipe: Recipe) -> LicensePolicy:
    """The policy of a recipe as the manifest has it. Raises: RecipeError, as `policy_of`."""
    policy = policy_of(recipe.license.policy, recipe.license.allow)
    return LicensePolicy(id=policy.id, allow=policy.allow, scancode=scancode_version(), index=index_digest())


@lru_cache(maxsize=4)
def _inherited(folder: str, source: str, timeout_s: float, max_bytes: int) -> tuple[InheritedLicenses, Quotes]:
    files = load(folder, source)
    return InheritedLicenses(files, timeout_s, max_bytes), Quotes(files)


class LicenseCollector(Filter):
    """Writes the license evidence and the effective expression; lets every document pass.

    Args:
        folder: what `LegalFiles` wrote at the ingest stage.
        timeout_s: seconds for one region, license file or manifest; a file that takes longer is later rejected.
        max_bytes: most bytes of legal text that are scanned in one file.
    """

    name = "license evidence"
    passes = "everything; what header, license file and manifest say is collected here"
    columns = (
        Column("license", "string", "SPDX", "effective license expression, all evidence together"),
        Column("license_category", "string", "", "most restrictive category in it, in scancode's words"),
        *(
            Column(name, "struct", "", meaning, nullable=True, fields=EVIDENCE_FIELDS)
            for name, meaning in (
                ("license_header", "what the file itself says"),
                ("license_nearest_file", "what the nearest license file above it says (inherited)"),
                ("license_declared", "what the package's manifest declares (inherited)"),
            )
        ),
    )

    def __init__(self, folder: str, timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        super().__init__()
        self.folder = folder
        self.timeout_s = timeout_s
        self.max_bytes = max_bytes

    @classmethod
    def from_recipe(cls, recipe: Recipe, legal: str) -> Self:
        return cls(legal, timeout_s=recipe.license.timeout_seconds, max_bytes=recipe.license.max_bytes)

    def filter(self, doc: Document) -> bool:
        """Annotate one document; the answer is always True."""
        path, source = doc.metadata["path"], doc.metadata["source"]
        inherited, quotes = _inherited(self.folder, source, self.timeout_s, self.max_bytes)
        try:
            header = find_header(doc.text, path, inherited, self.timeout_s, self.max_bytes)
        except DeadlineError as error:
            header = Statement(None)
            doc.metadata[_TIMEOUT] = str(error)
        own = Quotes({path: doc.text}).fill(header.evidence)
        parts = (own, quotes.fill(inherited.nearest(path, header)), quotes.fill(inherited.declared(path)))
        by_column = dict(zip(COLUMNS, parts, strict=True))
        expression = effective(parts)
        doc.metadata |= {column: evidence.row() if evidence else None for column, evidence in by_column.items()}
        doc.metadata["license"] = expression
        doc.metadata["license_category"] = category(expression) if expression else None
        return True


class LicenseFilter(Filter):
    """Keeps documents whose license the policy allows; writes `license_allowed`, and what decided.

    Args: policy: a name and SPDX keys of licenses and exceptions.
    Raises: RecipeError for a key that SPDX and scancode do not know.
    """

    name = "license"
    passes = "files for which every license that applies is on the allow-list"
    columns = (
        Column(
            "license_decided_by",
            "struct",
            "",
            "the match that the verdict rests on; null where no match decides",
            nullable=True,
            fields=DECISION_FIELDS,
        ),
        Column("license_judged_with", "struct", "", "policy, project and scancode of the verdict", fields=JUDGED_FIELDS),
    )
    reasons = {
        "no_license": "no license found in the file, above it or in the package's manifest",
        "license_unknown": "mentions a license without naming one",
        "license_reserved": "the file, its license or its package reserves it against AI training or text and data mining",
        "license_not_allowed": "at least one license that applies is not on the allow-list",
        "license_timeout": "its licenses could not be determined within the time limit of the recipe",
    }

    def __init__(self, policy: Policy = DEFAULT) -> None:
        super().__init__()
        check_allow(policy.allow)
        self.policy = policy
        self.allow = frozenset(policy.allow)

    @classmethod
    def from_recipe(cls, recipe: Recipe, legal: str) -> Self:
        return cls(policy_of(recipe.license.policy, recipe.license.allow))

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document, by the evidence in its metadata."""
        verdict = self._verdict(doc)
        rows = {column: doc.metadata.get(column) for column in COLUMNS}
        doc.metadata["license_allowed"] = verdict.is_allowed
        doc.metadata["license_decided_by"] = decision(rows, self.allow)
        doc.metadata["license_judged_with"] = {
            "policy": self.policy.id,
            "root": doc.metadata.get("source") or "",
            "scancode": scancode_version(),
            "index": index_digest(),
        }
        if verdict.reason is None:
            return True
        doc.metadata["detail"] = verdict.detail
        return False, verdict.reason

    def _verdict(self, doc: Document) -> LicenseVerdict:
        if _TIMEOUT in doc.metadata:
            return LicenseVerdict(doc.metadata["license"], False, "license_timeout", doc.metadata[_TIMEOUT])
        rows = {words: doc.metadata.get(column) for column, words in COLUMNS.items()}
        return judge({words: Evidence(**row) if row else None for words, row in rows.items()}, self.allow)
