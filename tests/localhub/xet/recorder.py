"""What the real client sends: a server that takes everything and keeps the bodies, and the client run against it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CLIENT = """
import sys, hf_xet
endpoint, *paths = sys.argv[1:]
commit = hf_xet.XetSession().new_upload_commit(endpoint=endpoint, token="t", token_expiry_unix_secs=9999999999)
with commit:
    handles = [commit.start_upload_file(path, sha256=hf_xet.COMPUTE_SHA256) for path in paths]
"""


@dataclass
class Upload:
    """Bodies as they were sent: of xorbs by their hash, of shards in order."""

    xorbs: dict[str, bytes] = field(default_factory=dict)
    shards: list[bytes] = field(default_factory=list)


def record_upload(paths: Sequence[Path], home: Path, packing: str = "auto") -> Upload:
    """Upload files with hf_xet, which keeps its own things below `home`. packing: auto, none, lz4 or bg4-lz4."""
    upload = Upload()
    environment = os.environ | {"HF_HOME": str(home), "HF_XET_XORB_COMPRESSION_POLICY": packing}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer(404, b"{}")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            kind, _, name = self.path.removeprefix("/v1/").partition("/default/")
            if kind == "xorbs":
                upload.xorbs[name] = body
                self._answer(200, b'{"was_inserted": true}')
            elif kind == "shards":
                upload.shards.append(body)
                self._answer(200, b'{"result": 1}')
            else:
                self._answer(404, b"{}")

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{server.server_port}"
        subprocess.run([sys.executable, "-c", _CLIENT, address, *map(str, paths)], check=True, env=environment)
    finally:
        server.shutdown()
        server.server_close()
    return upload
