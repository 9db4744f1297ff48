"""People who publish: the command line in a process of its own, with a login and an endpoint of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from huggingface_hub import HfApi

from tests.localhub.process import WRITER, Account

ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Person:
    """Somebody at a terminal: `home` keeps their caches, `url` is the Hub they talk to."""

    url: str
    home: Path
    account: Account | None = WRITER
    extra: dict[str, str] = field(default_factory=dict)

    @property
    def api(self) -> HfApi:
        """The official client, to look at what came of it."""
        return HfApi(self.url, token=self.account.token if self.account else False)

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("HF_", "HUGGING"))}
        token = {"HF_TOKEN": self.account.token} if self.account else {}
        paths = os.pathsep.join(map(str, (ROOT / "src", ROOT)))
        return kept | token | {"HF_ENDPOINT": self.url, "HF_HOME": str(self.home), "PYTHONPATH": paths} | self.extra

    def python(self, *words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=cwd, capture_output=True, text=True, check=False, timeout=120
        )

    def publish(self, folder: Path, repo_id: str, *options: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "seedbed.cli", "publish", str(folder), "--to", repo_id, *options)

    def published(self, folder: Path, repo_id: str, *options: str) -> str:
        """What a publication that has to succeed printed."""
        done = self.publish(folder, repo_id, *options)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def release(self, recipe: Path, *options: str) -> subprocess.CompletedProcess[str]:
        return self.python("-m", "seedbed.cli", "release", str(recipe), *options, cwd=recipe.parent)

    def commits(self, repo_id: str, kind: str) -> list[str]:
        """Titles, the newest first."""
        return [commit.title for commit in self.api.list_repo_commits(repo_id, repo_type=kind)]

    def files(self, repo_id: str, kind: str) -> set[str]:
        return set(self.api.list_repo_files(repo_id, repo_type=kind))
