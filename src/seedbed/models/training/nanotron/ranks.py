"""When the other ranks are gone: gloo and nccl say it in errors of many kinds."""

from __future__ import annotations

from torch.distributed import DistError

from seedbed.core.errors import LostRanksError


def refuse_alone(error: Exception) -> None:
    """Raise LostRanksError where an error means that another rank is gone, and do nothing where it does not."""
    if isinstance(error, DistError) or "gloo" in str(error):
        raise LostRanksError("the other ranks of this run are gone. The last checkpoint is whole. Allowed: --resume.") from error
