"""The gate for credentials; `seedbed.core.text.credentials` finds them."""

from __future__ import annotations

from datatrove.data import Document
from datatrove.pipeline.filters.base_filter import BaseFilter

from seedbed.core.text.credentials import find_secrets


class SecretsGate(BaseFilter):
    """Rejects a file with a credential in it, as `secret:<rule>`; `detail` names the line."""

    name = "secrets"

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document; its first finding names the reason."""
        secret = next(find_secrets(doc.text), None)
        if secret is None:
            return True
        doc.metadata["detail"] = f"line {secret.line}"
        return False, f"secret:{secret.rule}"
