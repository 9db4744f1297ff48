"""Seedbed: public source code in, a license-checked, deduplicated, fully explained dataset out."""

from importlib.metadata import version as _version

from seedbed.core.errors import SeedbedError

__version__ = _version("seedbed")
__all__ = ["SeedbedError", "__version__"]
