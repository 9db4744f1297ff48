"""What the `rejected` and `duplicates` tables add up to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seedbed.core.manifests.dataset import Cluster, Duplicates, Rejection

Row = Mapping[str, Any]

_LARGEST = 10
_UNKNOWN = "unknown"


@dataclass
class _Reason:
    files: int = 0
    bytes: int = 0
    with_text: int = 0
    licenses: Counter[str] = field(default_factory=Counter)


def rejected(rows: Iterable[Row]) -> tuple[Rejection, ...]:
    """Count rejected files by stage, block and reason; the reason with most files first."""
    reasons: defaultdict[tuple[str, str, str], _Reason] = defaultdict(_Reason)
    for row in rows:
        reason = reasons[row["stage"], row["block"], row["reason"]]
        reason.files += 1
        reason.bytes += row["size_bytes"]
        reason.with_text += row["text"] is not None
        reason.licenses.update([row["license"]] if row["license"] else [])
    ordered = sorted(reasons.items(), key=lambda item: (-item[1].files, item[0]))
    return tuple(
        Rejection(
            stage=stage,
            block=block,
            reason=reason,
            files=found.files,
            bytes=found.bytes,
            with_text=found.with_text,
            licenses=dict(sorted(found.licenses.items())),
        )
        for (stage, block, reason), found in ordered
    )


def duplicates(rows: Iterable[Row]) -> Duplicates:
    """Count duplicate clusters, given one row a member, in any order."""
    by_cluster: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_cluster[row["cluster"]].append(row)
    clusters = [_cluster(name, members) for name, members in sorted(by_cluster.items())]
    near = (row["distance"] for members in by_cluster.values() for row in members if row["kind"] == "near")
    kept = sum(row["kept"] for members in by_cluster.values() for row in members)
    members = sum(cluster.members for cluster in clusters)
    return Duplicates(
        clusters=len(clusters),
        members=members,
        removed=members - kept,
        exact=sum(cluster.exact for cluster in clusters),
        near=sum(cluster.near for cluster in clusters),
        across_projects=sum(cluster.projects > 1 for cluster in clusters),
        license_conflicts=sum(len(cluster.licenses) > 1 for cluster in clusters),
        unpublished=sum(cluster.kept is None for cluster in clusters),
        sizes=dict(sorted(Counter(cluster.members for cluster in clusters).items())),
        distances=dict(sorted(Counter(near).items())),
        largest=tuple(sorted(clusters, key=_telling)[:_LARGEST]),
    )


def _telling(cluster: Cluster) -> tuple[bool, bool, int, str]:
    """Sorts clusters across projects first, then those under several licenses, then large ones: they say most of copying."""
    return (cluster.projects == 1, len(cluster.licenses) == 1, -cluster.members, cluster.cluster)


def _cluster(name: str, members: list[Row]) -> Cluster:
    return Cluster(
        cluster=name,
        members=len(members),
        projects=len({row["project"] for row in members}),
        exact=sum(row["kind"] == "exact" for row in members),
        near=sum(row["kind"] == "near" for row in members),
        distance_max=max((row["distance"] for row in members), default=0),
        kept=min((row["id"] for row in members if row["kept"]), default=None),
        licenses=dict(sorted(Counter(row["license"] or _UNKNOWN for row in members).items())),
    )
