"""Exact and near duplicates: found by signatures, verified in pairs, kept once. See docs/deduplication.md.

The order of a stage, `folder` being its own:

    [reader, Signatures(folder)]                    any number of tasks; kept documents and those the license gate refused
    [Gather(folder)]                                one task
    [Pairs(folder, max_distance)]                   any number of tasks
    [Clusters(folder, duplicates)]                  one task
    [reader, DuplicatesGate(folder), writer]        any number of tasks; kept documents only
"""

from seedbed.dedup.cluster import Cluster, Placed
from seedbed.dedup.find import find_duplicates
from seedbed.dedup.gate import DuplicatesGate
from seedbed.dedup.signature import Member
from seedbed.dedup.steps import Clusters, Gather, Pairs, Signatures

__all__ = ["Cluster", "Clusters", "DuplicatesGate", "Gather", "Member", "Pairs", "Placed", "Signatures", "find_duplicates"]
