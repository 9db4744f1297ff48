"""Generated, vendored, minified and lock files: rules as data, one finding with its evidence, a gate."""

from __future__ import annotations

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter

from seedbed.data.filters.generated.detect import Finding, find_generated

__all__ = ["Finding", "GeneratedGate", "find_generated"]


class GeneratedGate(BaseFilter):
    """Rejects what nobody wrote here, as `generated:<rule>`, `vendored:...`, `minified:...` or `lock_file:...`."""

    name = "generated"

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; `detail` is the text or line that the rule rests on."""
        finding = find_generated(doc.text, doc.metadata.get("path") or "", doc.metadata.get("language"))
        if finding is None:
            return True
        doc.metadata["detail"] = finding.evidence
        return False, finding.reason
