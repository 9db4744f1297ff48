"""Files reserved from training: `python -m tests.agreement.reservations SEED [COUNT] [--texts FOLDER] [--tree TREE]`.

COUNT sentences are composed by SEED from the parts below; --texts adds whole texts, one a file (as those of
github.com/non-ai-licenses). Each stands below an MIT text in LICENSE (a whole text stands alone there), in the header of a
source file in six comment styles and in a README in five forms, both beside an MIT LICENSE. Counted by place: files that the
license filter lets pass. There must be none. --show N prints the sentence and place of N of them.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.agreement.reworded import mit
from tests.agreement.verdicts import HERE, inspect

THINGS = (
    "this software", "the code in this repository", "the Software or any part of it", "this work and its derivatives",
    "the contents of this file", "the source code", "this project, its tests and its documentation",
)  # fmt: skip
MODELS = (
    "machine learning models", "large language models", "an AI system", "neural networks", "generative AI", "code assistants",
    "artificial intelligence of any kind", "statistical models that write code", "deep-learning algorithms", "foundation models",
)  # fmt: skip
SENTENCES = (
    "You may not use {thing} to train {model}.",
    "{Thing} must not be used in the training of {model}.",
    "Feeding {thing} to {model} is not permitted.",
    "You agree not to include {thing} in any dataset from which {model} learn or learns.",
    "Use of {thing} as training data for {model} requires a separate license.",
    "Training {model} on {thing} is prohibited without written consent of the authors.",
    "The permissions above do not extend to the development or improvement of {model}.",
    "No one is allowed to teach {model} with {thing}.",
    "{Thing} shall be left out of corpora that are collected for {model}.",
    "Permission is granted on condition that {thing} is never ingested by {model}.",
    "The authors do not consent to the use of {thing} for {model}.",
    "{Thing} may be read by people only; {model} may not be trained, tuned or evaluated with it.",
    "The rights of text and data mining in {thing}, for {model} among other things, are reserved.",
    "Automated collection of {thing} in order to build {model} is forbidden.",
    "Whoever trains {model} needs a paid agreement before {thing} is used.",
    "Excluded from this license: any use of {thing} as input for the training of {model}.",
    "Opt-out: {thing} is not available for {model}.",
    "Do not train {model} on {thing}.",
)
README = {
    "README.md": "# Total\n\nAdds numbers.\n\n## License\n\nMIT. {text}\n",
    "README.rst": "Total\n=====\n\nAdds numbers.\n\nLicense\n-------\n\n{text}\n",
    "README.txt": "TOTAL\n\nAdds numbers.\n\nLegal\n\n{text}\n",
    "README": "Total adds numbers.\n\n{text}\n",
    "readme.md": "# Total\n\nAdds numbers.\n\n> **Note**\n> {quoted}\n",
}
_PYTHON = "def total(values):\n    result = 0\n    for value in values:\n        result += value\n    return result\n"
_C = "int total(const int *values, int count)\n{\n    int result = 0;\n    while (count--)\n        result += *values++;\n    return result;\n}\n"
_GO = "package total\n\nfunc Total(values []int) int {\n\tresult := 0\n\tfor _, value := range values {\n\t\tresult += value\n\t}\n\treturn result\n}\n"
HEADERS = {
    "#": ("main.py", "", "# ", "", _PYTHON),
    '"""': ("text.py", '"""', "", '"""\n', _PYTHON),
    "/* */": ("main.c", "/*\n", " * ", " */\n", _C),
    "//": ("main.go", "", "// ", "\n", _GO),
    "--": (
        "main.sql",
        "",
        "-- ",
        "",
        "SELECT sum(amount) AS total\nFROM values_of_the_day\nWHERE amount > 0\nGROUP BY day\nORDER BY day;\n",
    ),
    "<!-- -->": (
        "main.html",
        "<!--\n",
        "  ",
        "-->\n",
        "<html>\n<body>\n<p>Total</p>\n<ul>\n<li>one</li>\n</ul>\n</body>\n</html>\n",
    ),
}
"""Comment style: file name, what opens, leads and closes the header, and a body."""


@dataclass(frozen=True, slots=True)
class Case:
    """A source file that must be refused, and the text that reserves it."""

    place: str
    text: str
    folder: Path
    name: str


def composed(count: int, seed: int) -> list[str]:
    """Different sentences made of the parts."""
    chance = random.Random(seed)
    made: dict[str, None] = {}
    while len(made) < count:
        thing, form = chance.choice(THINGS), chance.choice(SENTENCES)
        made[form.format(thing=thing, Thing=thing[0].upper() + thing[1:], model=chance.choice(MODELS))] = None
    return list(made)


def cases(text: str, place: Path, number: str, *, is_whole: bool) -> Iterator[Case]:
    """A folder for each place that the text can stand in."""
    licence = text if is_whole else f"{mit()}\n\n{textwrap.fill(text, 78)}\n"
    yield write(place / f"{number}-license", "LICENSE", text, {"LICENSE": licence, "main.py": _PYTHON}, "main.py")
    for form, (name, words) in enumerate(README.items()):
        page = words.format(text=text, quoted=text.replace("\n", "\n> "))
        yield write(place / f"{number}-readme{form}", name, text, {"LICENSE": mit(), name: page, "main.py": _PYTHON}, "main.py")
    for form, (style, (name, opening, lead, closing, body)) in enumerate(HEADERS.items()):
        lines = text.splitlines() if is_whole else ["Copyright (c) 2022 A. Person", *textwrap.wrap(text, 76)]
        header = opening + "".join(f"{lead}{line}".rstrip() + "\n" for line in lines) + closing
        yield write(
            place / f"{number}-header{form}", f"header {style}", text, {"LICENSE": mit(), name: f"{header}\n{body}"}, name
        )


def write(folder: Path, place: str, text: str, files: dict[str, str], judged: str) -> Case:
    """Write the files of a case."""
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return Case(place, text, folder, judged)


def written(sentences: Sequence[str], whole: Sequence[str], place: Path) -> list[tuple[str, Case]]:
    """All cases, each with the kind of its text."""
    texts = [*(("sentences", text) for text in sentences), *(("whole texts", text) for text in whole)]
    return [
        (kind, case)
        for number, (kind, text) in enumerate(texts)
        for case in cases(text, place, f"t{number:03d}", is_whole=kind == "whole texts")
    ]


def main(seed: int, count: int, texts: Path | None, tree: Path, show: int) -> None:
    """Write, judge, count and print."""
    whole = [path.read_text("utf-8") for path in sorted(texts.iterdir()) if path.is_file()] if texts else []
    with tempfile.TemporaryDirectory() as place:
        made = written(composed(count, seed), whole, Path(place))
        verdicts = {verdict.path: verdict for verdict in inspect([case.folder for _, case in made], tree)}
    judged = [(kind, case, verdicts[f"{case.folder.name}/{case.name}"]) for kind, case in made]
    report([(kind, case, verdict.may_be_kept) for kind, case, verdict in judged])
    reserved = sum("license_reserved" in verdict.reasons for *_, verdict in judged)
    kept = [case for _, case, verdict in judged if verdict.may_be_kept]
    sys.stdout.write(f"all: passed {len(kept)} of {len(judged)}; refused as reserved {reserved}\n")
    for case in random.Random(seed).sample(kept, min(show, len(kept))):
        sys.stdout.write(f"  {case.place}: {' '.join(case.text.split())[:300]}\n")


def report(judged: Sequence[tuple[str, Case, bool]]) -> None:
    """Print how many pass, by kind of text and place."""
    passed = Counter((kind, case.place) for kind, case, passes in judged if passes)
    for (kind, place), of in Counter((kind, case.place) for kind, case, _ in judged).items():
        sys.stdout.write(f"{kind}, {place}: passed {passed[kind, place]} of {of}\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tests.agreement.reservations", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seed", metavar="SEED", type=int)
    parser.add_argument("count", metavar="COUNT", type=int, nargs="?", default=40, help="composed sentences (default: 40)")
    parser.add_argument("--texts", type=Path, help="a folder of whole texts")
    parser.add_argument("--tree", type=Path, default=HERE, help="the working tree whose code judges (default: this)")
    parser.add_argument("--show", type=int, default=0, help="cases to print (default: 0)")
    options = parser.parse_args()
    main(options.seed, options.count, options.texts, options.tree, options.show)
