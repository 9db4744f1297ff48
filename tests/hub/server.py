"""A `seedbed hub` in a process of its own, with two people: alice, who may write or only read, and bob."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from seedbed.localhub.hub import Hub


@dataclass(frozen=True)
class Account:
    """One token of one user."""

    user: str
    token: str


WRITER = Account("alice", "hf_alice_may_write")
READER = Account("alice", "hf_alice_may_only_read")
OTHER = Account("bob", "hf_bob_may_write_his_own")
ORG = "acme"  # alice belongs to it, bob does not
STOP_SECONDS = 20


@dataclass(frozen=True)
class HubProcess:
    url: str

    @property
    def port(self) -> int:
        return int(self.url.rsplit(":", 1)[1])


@contextmanager
def running_hub(root: Path) -> Iterator[HubProcess]:
    """A Hub that runs inside the block; a traceback in its log fails whoever used it."""
    _add_accounts(root)
    words = [f"--dir={root}", "--port=0", f"--user={WRITER.user}", f"--org={ORG}", f"--token={WRITER.token}"]
    log = root.with_name("hub.log")
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "seedbed.cli", "hub", *words], stdout=subprocess.PIPE, stderr=errors, text=True
        ) as process,
    ):
        assert process.stdout
        lines = iter(process.stdout.readline, "")
        yield HubProcess(next(line for line in lines if line.startswith("hub: ")).removeprefix("hub: ").strip())
        process.terminate()
        process.wait(STOP_SECONDS)
    assert "Traceback" not in log.read_text(errors="replace"), log.read_text(errors="replace")[-8000:]


def _add_accounts(root: Path) -> None:
    """Whom the command line does not make."""
    root.mkdir(parents=True)
    hub = Hub(root)
    for account in (READER, OTHER):
        hub.accounts.add_user(account.user)
    hub.accounts.add_token(READER.user, READER.token, "read")
    hub.accounts.add_token(OTHER.user, OTHER.token, "write")
    hub.close()
