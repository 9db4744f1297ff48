"""The filter for credentials; `seedbed.core.text.credentials` finds them."""

from __future__ import annotations

from datatrove.data import Document

from seedbed.core.runs.filters import Filter
from seedbed.core.text.credentials import find_secrets


class CredentialFilter(Filter):
    """Rejects a file with a credential in it, as `secret:<rule>`; `detail` names the line."""

    name = "secrets"
    passes = "files without anything that looks like a credential"
    reasons = {"secret": "holds what looks like a credential"}

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; its first finding names the reason."""
        secret = next(find_secrets(doc.text), None)
        if secret is None:
            return True
        doc.metadata["detail"] = f"line {secret.line}"
        return False, f"secret:{secret.rule}"
