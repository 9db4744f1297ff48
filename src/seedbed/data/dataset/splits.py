"""Train, validation and test by project: a project is placed by a hash of its name, so it stays where it is as others come."""

from __future__ import annotations

import hashlib

from seedbed.core.config.recipe import Split, Splits


def split_of(project: str, splits: Splits) -> Split:
    """The split of a project.

    A pin in the recipe decides; else SHA-256 of the salt and the name, read as a number in [0, 1): below the train
    share it is train, below train + validation it is validation, and the rest is test.

    >>> shares = Splits(train=0.8, validation=0.1, test=0.1, salt="", pins={"pkg:pypi/six": "test"})
    >>> split_of("pkg:pypi/six", shares)
    'test'
    """
    if project in splits.pins:
        return splits.pins[project]
    digest = hashlib.sha256(f"{splits.salt}\0{project}".encode()).digest()
    place = int.from_bytes(digest[:8], "big") / 2**64
    if place < splits.train:
        return "train"
    return "validation" if place < splits.train + splits.validation else "test"
