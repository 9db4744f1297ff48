"""nginx on a free port of 127.0.0.1 that serves a folder: the measure for small downloads."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = """
daemon off;
{user}
worker_processes 1;
pid {root}/pid;
error_log {root}/errors;
events {{ worker_connections 512; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    open_file_cache max=100;
    keepalive_requests 100000000;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    server {{
        listen 127.0.0.1:{port};
        root {served};
    }}
}}
"""


@contextmanager
def running_nginx(root: Path, served: Path) -> Iterator[int]:
    """The port of an nginx with one worker, which ends with the block."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin")
    if program is None:
        raise SystemExit("nginx is not installed: make system")
    port = free_port()
    user = "user root;" if os.geteuid() == 0 else ""  # a worker of root's nginx would be nobody, who may not read our folder
    root.mkdir()
    (root / "conf").write_text(CONFIGURATION.format(root=root, served=served, port=port, user=user))
    with subprocess.Popen([program, "-p", str(root), "-c", str(root / "conf"), "-e", str(root / "errors")]) as process:
        try:
            wait_for(port)
            yield port
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def wait_for(port: int) -> None:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise SystemExit("nginx did not start")
