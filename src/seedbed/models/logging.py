"""Transformers says much that is meant for whoever wrote a model's folder by hand."""

from __future__ import annotations

from transformers.utils import logging


def keep_transformers_quiet() -> None:
    """No progress bars and no advice in this process; errors are still told."""
    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    logging.set_verbosity_error()  # type: ignore[no-untyped-call]
