"""Exact and near duplicates: found by signatures, verified in pairs, kept once. See docs/method/deduplication.md.

The order of a stage, `folder` being its own:

    [reader, Signatures(folder)]                    any number of tasks; kept documents and those that the license filter refused
    [Gather(folder)]                                one task
    [Pairs(folder, max_distance)]                   any number of tasks
    [Clusters(folder, duplicates)]                  one task
    [reader, DuplicatesFilter(folder), writer]      any number of tasks; kept documents only
"""

from seedbed.data.dedup.cluster import Cluster, ClusterMember, find_duplicates
from seedbed.data.dedup.steps import DUPLICATES, Clusters, DuplicatesFilter, Gather, Pairs, Signatures
from seedbed.data.dedup.verify import Member

__all__ = [
    "DUPLICATES",
    "Cluster",
    "ClusterMember",
    "Clusters",
    "DuplicatesFilter",
    "Gather",
    "Member",
    "Pairs",
    "Signatures",
    "find_duplicates",
]
