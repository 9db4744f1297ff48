"""A hub of a test's own, spoken to without a network."""

from __future__ import annotations

import os
from pathlib import Path

from starlette.testclient import TestClient

from localhub.app import create_app
from localhub.hub import Hub

WRITER = {"Authorization": "Bearer hf_alice"}
READER = {"Authorization": "Bearer hf_alice_reads"}
STRANGER = {"Authorization": "Bearer hf_bob"}


def hub_with_people(root: Path) -> Hub:
    """alice, who has the models alice/private and alice/public, and bob, who has bob/own."""
    hub = Hub(root)
    for user in ("alice", "bob"):
        hub.accounts.add_user(user)
    for user, token, role in (("alice", "hf_alice", "write"), ("alice", "hf_alice_reads", "read"), ("bob", "hf_bob", "write")):
        hub.accounts.add_token(user, token, role)
    with hub.database.write() as connection:
        for owner, name in (("alice", "private"), ("alice", "public"), ("bob", "own")):
            hub.repositories.create(connection, "model", owner, name, private=name == "private")
    return hub


def client_of(hub: Hub) -> TestClient:
    return TestClient(create_app(hub), base_url="http://127.0.0.1")


def files_below(root: Path) -> set[str]:
    """What is on the disk but the database; folders that vanish meanwhile are none (`rglob` would raise)."""
    paths = (Path(folder) / name for folder, _, names in os.walk(root) for name in names)
    return {path.relative_to(root).as_posix() for path in paths if path.is_file() and "sqlite3" not in path.name}
