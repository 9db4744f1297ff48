"""Hook of mkdocs: pages that stand outside docs/ are part of the site, and links to other files show their path."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parent.parent
OUTSIDE = ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "recipes/README.md")
"""Pages of the repository that the site shows too, under the same name below docs/."""
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)((?:#[^)\s]*)?)\)")


def on_files(files: Files, config: Any) -> Files:
    """Add the pages outside docs/; README.md is the repository's front page, and index.md the site's."""
    for name in OUTSIDE[1:]:
        text = (ROOT / name).read_text(encoding="utf-8")
        files.append(File.generated(config, name, content=text))
    return files


def on_page_markdown(markdown: str, *, page: Any, config: Any, files: Files) -> str:  # noqa: ARG001 - mkdocs passes all by name
    """Turn each link from the place of its file in the repository to the place of its page on the site."""
    source = page.file.src_uri
    home = posixpath.dirname(source if source in OUTSIDE else f"docs/{source}")

    def turned(match: re.Match[str]) -> str:
        words, target, anchor = match.groups()
        path = posixpath.normpath(posixpath.join(home, target))
        wanted = {"README.md": "index.md"}.get(path, path.removeprefix("docs/"))
        if files.get_file_from_path(wanted) is None and (ROOT / path).exists():
            return f"{words} (`{path}`)" if words.strip("`") != path else f"`{path}`"
        return f"[{words}]({posixpath.relpath(wanted, posixpath.dirname(source) or '.')}{anchor})"

    return _LINK.sub(turned, markdown)
