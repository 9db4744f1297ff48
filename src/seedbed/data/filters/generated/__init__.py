"""Generated, vendored, minified and lock files: rules as data, a finding with its evidence, and the filter."""

from __future__ import annotations

from datatrove.data import Document

from seedbed.core.runs.filters import Filter
from seedbed.data.filters.generated.detect import GeneratedFinding, find_generated

__all__ = ["GeneratedFilter", "GeneratedFinding", "find_generated"]


class GeneratedFilter(Filter):
    """Rejects files that no author of the project wrote: `generated:<rule>`, `vendored:...`, `minified:...`, `lock_file:...`."""

    name = "generated"
    passes = "what a person wrote for this project; not what a tool wrote, and not another project's code"
    reasons = {
        "generated": "written by a tool, not by a person",
        "vendored": "another project's code, copied in",
        "minified": "minified or bundled",
        "lock_file": "a dependency lock file",
    }

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; `detail` is the text or line that the rule matched."""
        finding = find_generated(doc.text, doc.metadata.get("path") or "", doc.metadata.get("language"))
        if finding is None:
            return True
        doc.metadata["detail"] = finding.evidence
        return False, finding.reason
