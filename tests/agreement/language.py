"""How often is the language right, by content alone, with the true name, and with a wrong one? And at what cost?

    python tests/agreement/language.py FOLDER [--per-group 40] [--list]

FOLDER holds unpacked source trees, one folder a project. The truth is the file's own extension, so take well-kept trees
and read the disagreements (`--list`) by hand. At most `--per-group` files a project and extension are taken, chosen by
the hash of their path. Headers (`.h`) have no such truth and are counted apart.
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from seedbed.core.syntax import LANGUAGES, forget, parse
from seedbed.core.text.decoding import Decoded, decode
from seedbed.data.filters.language import identify
from seedbed.data.filters.language.decide import guess

TRUTH = {
    **dict.fromkeys((".py", ".pyi"), "Python"),
    **dict.fromkeys((".js", ".mjs", ".cjs", ".jsx"), "JavaScript"),
    **dict.fromkeys((".ts", ".tsx", ".mts"), "TypeScript"),
    **dict.fromkeys((".cc", ".cpp", ".cxx", ".hpp", ".hh"), "C++"),
    ".c": "C",
    ".java": "Java",
    ".go": "Go",
    ".rs": "Rust",
    **dict.fromkeys((".md", ".rst", ".txt", ".html", ".css", ".json", ".yaml", ".yml", ".toml", ".ipynb", ".svg"), "other"),
    **dict.fromkeys(
        (".rb", ".sh", ".cs", ".kt", ".swift", ".m", ".mm", ".pyx", ".pxd", ".sql", ".cmake", ".f90", ".php"), "other"
    ),
}
WRONG = (".py", ".js", ".ts", ".c", ".cpp", ".java", ".go", ".rs", ".txt", ".json", ".rb")


@dataclass(frozen=True)
class Case:
    """A file, what it is, and the three names it is shown under."""

    path: str
    text: str
    truth: str
    wrong_name: str


def cases(folder: Path, per_group: int) -> Iterator[Case]:
    """Files of known language, a bounded number a project and extension."""
    taken: Counter[tuple[str, str]] = Counter()
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    for path in sorted(files, key=lambda path: _hash(str(path.relative_to(folder)))):
        relative, suffix = path.relative_to(folder), path.suffix.lower()
        if suffix not in TRUTH or taken[relative.parts[0], suffix] >= per_group or path.stat().st_size > 300_000:
            continue
        decoded = decode(path.read_bytes())
        if not isinstance(decoded, Decoded) or decoded.text.count("\n") < 5:
            continue
        taken[relative.parts[0], suffix] += 1
        others = [wrong for wrong in WRONG if TRUTH.get(wrong) != TRUTH[suffix]]
        yield Case(str(relative), decoded.text, TRUTH[suffix], "file" + others[_hash(str(relative)) % len(others)])


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def verdict(case: Case, name: str) -> tuple[str, str]:
    """Language in the terms of the truth, and what decided."""
    identity = identify(case.text, name)
    return (identity.language if identity.language in LANGUAGES else "other"), identity.source


def warm_up() -> None:
    """Load grammars, tables and the model, which a worker does once."""
    guess("int x;\n")
    for name in ("a.py", "a.js", "a.ts", "a.c", "a.cpp", "a.java", "a.go", "a.rs"):
        identify("x\n", name)


def measure(folder: Path, per_group: int, *, listing: bool) -> None:
    right: dict[str, Counter[str]] = defaultdict(Counter)
    total: Counter[str] = Counter()
    sources: dict[str, Counter[str]] = defaultdict(Counter)
    warm_up()
    identify_s = parse_s = 0.0
    characters = parsed_characters = 0
    for case in cases(folder, per_group):
        total[case.truth] += 1
        characters += len(case.text)
        if case.truth != "other":
            forget()
            start = time.process_time()
            parse(case.text, case.truth)
            parse_s += time.process_time() - start
            parsed_characters += len(case.text)
        for kind, name in (("true name", case.path), ("no name", ""), ("wrong name", case.wrong_name)):
            forget()
            start = time.process_time()
            language, source = verdict(case, name)
            if kind == "true name":
                identify_s += time.process_time() - start
            right[kind][case.truth] += language == case.truth
            sources[kind][source] += 1
            if listing and language != case.truth:
                print(
                    f"{kind}: {case.truth} -> {language} ({source}) {case.wrong_name if kind == 'wrong name' else ''} {case.path}"
                )
    print("| truth | files | true name | no name | wrong name |\n|---|---|---|---|---|")
    kinds = ("true name", "no name", "wrong name")
    for truth in [*LANGUAGES, "other"]:
        if total[truth]:
            print(
                f"| {truth} | {total[truth]} | " + " | ".join(f"{right[kind][truth] / total[truth]:.1%}" for kind in kinds) + " |"
            )
    for label, truths in (("the eight", list(LANGUAGES)), ("all", [*LANGUAGES, "other"])):
        files = sum(total[truth] for truth in truths)
        shares = (sum(right[kind][truth] for truth in truths) / max(1, files) for kind in kinds)
        print(f"| {label} | {files} | " + " | ".join(f"{share:.1%}" for share in shares) + " |")
    for kind in kinds:
        print(f"{kind}: decided by", dict(sources[kind].most_common()))
    print(
        f"{characters / 1e6:.1f} MB, {parsed_characters / 1e6:.1f} MB in the eight; CPU: identify {identify_s:.2f} s, parse {parse_s:.2f} s"
    )
    print(f"identify beyond the parse it shares: {(identify_s - parse_s) / max(parse_s, 1e-9):.2f} of a parse")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--per-group", type=int, default=40)
    parser.add_argument("--list", action="store_true")
    arguments = parser.parse_args()
    measure(arguments.folder, arguments.per_group, listing=arguments.list)


if __name__ == "__main__":
    main()
