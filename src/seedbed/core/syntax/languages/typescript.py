"""TypeScript."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from seedbed.core.syntax.language import Grammar, Language, Toolchain, clues
from seedbed.core.syntax.languages import javascript

_LEAVES: Final = replace(javascript.LEAVES, identifiers=javascript.LEAVES.identifiers | {"type_identifier"})

LANGUAGE: Final = Language(
    name="TypeScript",
    key="typescript",
    # `<T>x` is a cast in one and an element in the other: neither grammar reads every file.
    grammars=(
        Grammar("tree_sitter_typescript", "language_typescript", leaves=_LEAVES),
        Grammar("tree_sitter_typescript", "language_tsx", leaves=_LEAVES, suffixes=(".tsx",)),
    ),
    suffixes=(".ts", ".tsx", ".mts", ".cts"),
    linguist_names=frozenset({"TSX"}),
    structure=replace(javascript.STRUCTURE, scopes=javascript.STRUCTURE.scopes | {"abstract_class_declaration"}),
    clues=clues(
        r"^[ \t]*(?:export[ \t]+)?(?:declare[ \t]+)?(?:interface[ \t]+\w|type[ \t]+\w+(?:<[^=]*>)?[ \t]*=|namespace[ \t]+\w"
        r"|enum[ \t]+\w|abstract[ \t]+class)",
        r"[\w)\]]\??[ \t]*:[ \t]*(?:readonly )?"
        r"(?:string|number|boolean|any|void|unknown|never|Promise<|Array<|Record<|\w+\[\])",
        r"\b(?:import|export) type\b|\bas (?:const|any|unknown|string|number)\b|\bimplements[ \t]+\w|\bkeyof\b",
        r"^[ \t]*(?:public|private|protected|readonly|static readonly)[ \t]+\w+[\w(<:?! ]",
        first_words="import export interface type declare const let class enum namespace public",
    ),
    extends="JavaScript",
    has_type_lists=True,
    imports=javascript.IMPORTS,
    toolchain=Toolchain(
        file="main.ts",
        script="tsc --target es2020 --module commonjs --outDir . {file} && exec node --max-old-space-size=512 main.js",
        needs=("tsc", "node"),
        good="let one: number = 1; if (one !== 1) throw new Error();",
        bad="let one: number = 1; if (one === 1) throw new Error();",
        memory_bytes=javascript.MEMORY_BYTES,
    ),
    editor_ids=("typescriptreact",),
    highlighting="typescript",
)
