"""What a file uses: the modules that it imports, and the functions that it calls, by the names they have there."""

from seedbed.serving.completion.references.calls import Call, calls_of
from seedbed.serving.completion.references.imports import Import, imports_of

__all__ = ["Call", "Import", "calls_of", "imports_of", "parts_of"]
