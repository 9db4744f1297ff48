"""A hub with a repository of each type and a private one, and what is needed to read its pages."""

from __future__ import annotations

import base64
import io
import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from starlette.testclient import TestClient

from localhub.hub import Hub
from tests.localhub.served import STRANGER, WRITER, client_of

TOKEN = WRITER["Authorization"].removeprefix("Bearer ")
HOSTILE = "<img src=x onerror=alert(1)>"
CARD = b"""---
license: mit
tags: [code, "<b>bold</b>"]
configs:
  - config_name: main
    data_files: [{split: train, path: "data/train-*"}, {split: test, path: "data/test-*"}]
---
# Rows of words
![plot](plots/a.png)
"""
MODEL_CARD = b"---\nlibrary_name: transformers\npipeline_tag: text-generation\ndatasets: [alice/rows, alice/veiled, other/far]\n---\n# Coder\n"


def fill(root: Path) -> None:
    """alice/rows, alice/coder and alice/app for everybody, alice/veiled for alice."""
    hub = Hub(root)
    for user, headers in (("alice", WRITER), ("bob", STRANGER)):
        hub.accounts.add_user(user)
        hub.accounts.add_token(user, headers["Authorization"].removeprefix("Bearer "))
    with client_of(hub) as client:
        rows = {"README.md": CARD, "data/train-0.parquet": parquet(), "data/test-0.parquet": b"PAR1 broken"}
        publish(client, "dataset", "alice/rows", rows)
        publish(client, "dataset", "alice/veiled", {"README.md": b"# Hidden words"}, private=True)
        files = {"README.md": MODEL_CARD, "sub/weights.bin": b"\0\1", "big.txt": b"x" * 600_000}
        publish(client, "model", "alice/coder", files)
        publish(client, "space", "alice/app", {"app.py": b"print('hi')\n"}, sdk="gradio")
    hub.close()


def parquet(rows: int = 30) -> bytes:
    stream = io.BytesIO()
    pq.write_table(pa.table({"text": [f"line {n}\n{HOSTILE}" for n in range(rows)], "size": range(rows)}), stream)
    return stream.getvalue()


def publish(client: TestClient, kind: str, name: str, files: dict[str, bytes], *, private: bool = False, **more: str) -> None:
    body = {"type": kind, "name": name.partition("/")[2], "organization": name.partition("/")[0], "private": private, **more}
    made = client.post("/api/repos/create", json=body, headers=WRITER)
    assert made.status_code == 200, made.text
    commit(client, kind, name, files, "Add files")


def commit(client: TestClient, kind: str, name: str, files: dict[str, bytes], title: str, revision: str = "main") -> None:
    lines: list[dict[str, Any]] = [{"key": "header", "value": {"summary": title, "description": ""}}]
    for path, data in files.items():
        content = {"content": base64.b64encode(data).decode(), "path": path, "encoding": "base64"}
        lines.append({"key": "file", "value": content})
    answer = client.post(f"/api/{kind}s/{name}/commit/{revision}", content="\n".join(map(json.dumps, lines)), headers=WRITER)
    assert answer.status_code == 200, answer.text


def log_in(client: TestClient, token: str = TOKEN, then: str = "/") -> Any:
    return client.post("/_login", data={"token": token, "then": then}, headers={"Origin": "http://127.0.0.1"})


class Page(HTMLParser):
    """Tags of a page with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, *names: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag in names]

    def links(self) -> list[str]:
        return [str(attributes.get("href")) for attributes in self.all("a")]
