"""Publishing to a Hub: the only place that writes to one, but for feedback, which sends itself (docs/adr/0009).

`content` says what of a folder is published, `remote` what the Hub has, `plan` what would change, `apply` changes it in
one commit. `release` does it for a dataset, a model and a Space that link each other.
"""

import os
from urllib.parse import urlsplit

from seedbed.core.errors import HubAccessError


def _check_endpoint(address: str) -> None:
    """The official client takes an address apart while it is imported, and fails there with a traceback."""
    try:
        _ = urlsplit(address).port
    except ValueError:
        raise HubAccessError(f"{address}: not the address of a Hub. See HF_ENDPOINT.") from None


_check_endpoint(os.environ.get("HF_ENDPOINT", ""))
