"""What the transformers library prints in this process."""

from __future__ import annotations

from transformers.utils import logging


def keep_transformers_quiet() -> None:
    """Turn off its progress bars and warnings, which address the author of a model; errors stay."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
