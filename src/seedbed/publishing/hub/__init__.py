"""Publishing to a Hub. Nothing else writes to one, except feedback (docs/adr/0009).

`content` lists the files of a folder that are published, `remote` those that the Hub has. `plan` compares the two, `apply` makes
one commit of the difference. `release` publishes a dataset, a model and a Space that link each other.
"""

import os
from urllib.parse import urlsplit

from seedbed.core.errors import HubAccessError


def _check_endpoint(address: str) -> None:
    """Raise HubAccessError for a broken HF_ENDPOINT: the official client parses it at import time and fails with a traceback."""
    try:
        _ = urlsplit(address).port
    except ValueError:
        raise HubAccessError(f"{address}: not the address of a Hub. See HF_ENDPOINT.") from None


_check_endpoint(os.environ.get("HF_ENDPOINT", ""))
