"""The files of an index, all below one folder: arrays that are mapped into memory, and the texts they lead to.

index.json             format, schemes, counts
<kind>-buckets.npy     uint32 or uint64 [2^b + 1]: where the runs start whose hash begins with these b bits
<kind>-rest.npy        uint16 [entries]: the next 16 bits of the hash, ascending in a bucket
<kind>-files.npy       uint16 or uint32 [entries]: the file that has the run
files.npy              FILE [files]: where a file's text is
blocks.npy             uint64 [blocks + 1]: where the frames of texts.bin start
texts.bin              zstd frames; in each, for some files in a row, a line of JSON (its row) and the stripped text
"""

from __future__ import annotations

from typing import Final

import numpy as np

FORMAT: Final = 1
FOLDER: Final = "attribution"
HEAD: Final = "index.json"
TEXTS: Final = "texts.bin"
KINDS: Final = ("exact", "renamed")

FILE: Final = np.dtype([("block", "<u4"), ("start", "<u4"), ("middle", "<u4"), ("end", "<u4"), ("project", "<u4")])
"""block: its frame; start, middle, end: in the frame, bytes of the line of JSON and of the text; project: a number."""

REST_BITS: Final = 16
ENTRIES_IN_A_BUCKET: Final = 16
"""Mean number, so that a look-up reads one page. With b bits of the bucket and 16 more, a run that is not in the index is
mistaken for one that is once in 2^16 / 16 look-ups; what is found is compared word by word anyway."""
BLOCK_BYTES: Final = 1 << 16
"""Stripped text in a frame, before it is compressed: a look-up unpacks one in about a tenth of a millisecond."""
KEYS: Final = ("id", "project", "version", "path", "license", "swhid", "language")
"""What is kept of a row."""
