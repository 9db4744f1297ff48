"""Signs of a language in its text: cheap, independent of the name, and never a proof by themselves.

A clue is a line or an idiom that the language's programmers write all the time. The score of a language is how many
different ones occur in the first `CLUE_CHARACTERS`; the grammars then say which of the likely ones reads the file.
"""

from __future__ import annotations

import re
from typing import Final

CLUE_CHARACTERS: Final = 8_192


def _clues(*patterns: str) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(pattern, re.MULTILINE) for pattern in patterns)


_CPP: Final = _clues(
    r"^[ \t]*#[ \t]*include[ \t]*<(?:iostream|string|vector|map|memory|algorithm|utility|set|list|functional|limits|array"
    r"|type_traits|stdexcept|sstream|mutex|thread|chrono|iterator|tuple|deque|queue|fstream|atomic|optional|variant"
    r"|unordered_\w+|c(?:std(?:io|lib|int|def|arg)|string|assert|math|errno|time))>",
    r"\bnamespace(?:[ \t]+[\w:]+)?\s*\{|^[ \t]*using (?:namespace \w|\w+[ \t]*=|\w+::)",
    r"^[ \t]*template[ \t]*<|^[ \t]*(?:enum )?class\s+(?:\w+\s+)?\w+(?:\s+final)?\s*(?::[^:;][^;{]*)?\{",
    r"^[ \t]*(?:public|private|protected|signals|public slots)[ \t]*:",
    r"\bstd::|\w::~?\w+[ \t]*\(|\boperator[ \t]*[=<>+*/\[(!-]+[ \t]*\(",
    r"\b(?:static|dynamic|const|reinterpret)_cast[ \t]*<|\b(?:nullptr|constexpr|noexcept|decltype|typename)\b"
    r"|^[ \t]*virtual[ \t]|\)[ \t]*(?:const )?override\b",
)
_C: Final = _clues(
    r"^[ \t]*#[ \t]*include[ \t]*[<\"][\w./+-]+[>\"]",
    r"^[ \t]*#[ \t]*(?:ifndef|ifdef|define|endif|pragma|undef)\b",
    r"^[ \t]*(?:typedef[ \t]+)?(?:struct|union|enum)\b[ \t]*\w*[ \t]*\{?$",
    r"^[ \t]*(?:static|extern|const|unsigned|inline)\b[^=\n]*\([^;{]*\)?",
    r"\b(?:int|char|void|long|unsigned|float|double|size_t|u?int\d+_t)\b[ \t]*\*?[ \t]*\*?\w+[ \t]*[;,()=\[]",
    r"\w->\w",
)
_JAVASCRIPT: Final = _clues(
    r"^[ \t]*(?:var|let|const)[ \t]+[\w{\[$]",
    r"\bfunction\b[ \t]*\*?[ \t]*[\w$]*[ \t]*\(",
    r"=>[ \t]*[\w{(\[]",
    r"\brequire\(['\"]|^import\b[^;\n]*['\"][^'\"\n]+['\"]|^\}? ?from ['\"]"
    r"|^export (?:default|const|function|class|\*|\{)",
    r"===|!==",
    r"\b(?:document|window|module\.exports|exports|console|Object|Array|JSON|Math|this|prototype)\.\w",
)
_TYPESCRIPT: Final = _clues(
    r"^[ \t]*(?:export[ \t]+)?(?:declare[ \t]+)?(?:interface[ \t]+\w|type[ \t]+\w+(?:<[^=]*>)?[ \t]*=|namespace[ \t]+\w"
    r"|enum[ \t]+\w|abstract[ \t]+class)",
    r"[\w)\]]\??[ \t]*:[ \t]*(?:readonly )?"
    r"(?:string|number|boolean|any|void|unknown|never|Promise<|Array<|Record<|\w+\[\])",
    r"\b(?:import|export) type\b|\bas (?:const|any|unknown|string|number)\b|\bimplements[ \t]+\w|\bkeyof\b",
    r"^[ \t]*(?:public|private|protected|readonly|static readonly)[ \t]+\w+[\w(<:?! ]",
)

CLUES: Final = {
    "Python": _clues(
        r"^[ \t]*(?:async )?def \w+[ \t]*\(",
        r"^[ \t]*(?:from [\w.]+ import\b|import [\w.]+(?:, *[\w.]+)*(?: as \w+)?[ \t]*$)",
        r"^[ \t]*class \w+[ \t]*(?:\(.*\))?:",
        r"^[ \t]*(?:if|elif|for|while|with|try|except|else|finally)\b[^{};]*:[ \t]*(?:#.*)?$",
        r"\bself\.\w+|\b__\w+__\b",
        r"^[ \t]*(?:raise \w+|pass$|yield\b|del \w|@\w[\w.]*(?:\(.*\))?$|print\()",
    ),
    "Java": _clues(
        r"^package [\w.]+;",
        r"^import (?:static )?[\w.]+(?:\.\*)?;",
        r"^[ \t]*(?:(?:public|protected|private|static|final|abstract|sealed)[ \t]+)*"
        r"(?:class|interface|enum|record|@interface)[ \t]+\w+[^;(:]*\{?$",
        r"^[ \t]*(?:public|protected|private)[ \t]+(?:static |final |synchronized |native |<.{1,40}> )*"
        r"[\w<>\[\], .?]+[ \t]\w+[ \t]*\(",
        r"@Override|\bSystem\.out\.|\bString\[\]|\bnew \w+(?:<.*>)?\(|\bthrows \w",
    ),
    "Go": _clues(
        r"^package \w+[ \t]*(?://.*)?$",
        r"^import (?:\(|\"|\w+ \")",
        r"^func (?:\([^)]*\) )?\w+[\[(]",
        r"^type \w+(?:\[.*\])? (?:struct|interface|func|map|\[|\w)",
        r"[ \t]:=[ \t]|\berr != nil\b",
    ),
    "Rust": _clues(
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?(?:unsafe |async |const |extern \"C\" )*fn \w+",
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?use [\w:{*]+(?:::|;| )",
        r"^[ \t]*(?:unsafe )?impl\b",
        r"\blet (?:mut )?[\w(&]|&mut |\bmatch [\w.&(*]+.* \{|::<|\w!\(",
        r"^[ \t]*#!?\[\w+",
        r"^[ \t]*(?:pub(?:\([\w: ]+\))? )?(?:struct|enum|trait|mod|type|static|const) \w+",
    ),
    "C": _C,
    "C++": _CPP,
    "JavaScript": _JAVASCRIPT,
    "TypeScript": _TYPESCRIPT,
}
"""Language -> its clues. Those of C++ and TypeScript are what sets them apart from C and JavaScript."""

BASES: Final = {"C++": "C", "TypeScript": "JavaScript"}
"""Languages that extend another one: its clues count for them too, once they show one of their own."""

# A clue's pattern is tried at every line; first words are found in one pass, and rule out most languages.
_FIRST_WORD: Final = re.compile(r"^[ \t]*([#@]?[ \t]*\w+)", re.MULTILINE)
_FIRST_WORDS: Final = {
    "Python": {"def", "class", "import", "from", "elif", "except", "try", "with", "raise", "async", "return", "print"},
    "Java": {"package", "import", "public", "private", "protected", "class", "interface", "enum", "@Override", "final"},
    "Go": {"package", "import", "func", "type", "var", "return", "defer"},
    "Rust": {"fn", "pub", "use", "impl", "let", "mod", "struct", "enum", "trait", "unsafe", "match", "const"},
    "C": {"#include", "#define", "#ifndef", "#ifdef", "#if", "typedef", "struct", "static", "extern", "void", "int", "return"},
    "C++": {"#include", "namespace", "using", "class", "template", "public", "private", "virtual", "std", "inline", "void"},
    "JavaScript": {"var", "let", "const", "function", "import", "export", "return", "module", "class", "describe", "define"},
    "TypeScript": {"import", "export", "interface", "type", "declare", "const", "let", "class", "enum", "namespace", "public"},
}
_HEADER_COMMENTS: Final = re.compile(
    r"\A(?:\s+|/\*.*?\*/|//[^\n]*|#(?![ \t]*(?:include|define|if|ifdef|ifndef|pragma|!|\[))[^\n]*|\"\"\".*?\"\"\"|'''.*?''')+",
    re.DOTALL,
)

_FLOW_PRAGMA: Final = re.compile(r"^[ \t]*(?:/?\*+|//)[ \t]*@flow\b", re.MULTILINE)
_FLOW_SYNTAX: Final = re.compile(
    r"^import typeof\b|^(?:declare )?(?:export )?opaque type\b|\{\||:[ \t]*\?\w+[ \t]*[,;=)]|\bReact\$\w"
    r"|\$ReadOnly(?:Array)?<",
    re.MULTILINE,
)
_OBJECTIVE_C: Final = re.compile(
    r"^[ \t]*(?:@(?:interface|protocol|implementation|class|import|property|synthesize|autoreleasepool)\b"
    r"|#[ \t]*import[ \t]*[<\"]|[-+][ \t]*\([\w \*<>]+\)[ \t]*\w+)|\bNS_(?:ASSUME_NONNULL|ENUM|OPTIONS)|FOUNDATION_EXPORT",
    re.MULTILINE,
)
_CPLUSPLUS_BLOCK: Final = re.compile(r"#[ \t]*ifdef[ \t]+__cplusplus.*?#[ \t]*(?:endif|else)", re.DOTALL)
_CPP_WORDS: Final = (
    *("namespace", "using ", "class", "template", "public", "private", "protected", "::", "operator", "virtual"),
    *("constexpr", "nullptr", "noexcept", "decltype", "typename", "_cast", "override", "include <"),
)
_C_COMMENT: Final = re.compile(r"/\*.*?\*/|//[^\n]*", re.DOTALL)


def clue_counts(text: str, min_first_words: int = 1) -> dict[str, int]:
    r"""How many different clues of each published language the start of a text shows; languages without one are absent.

    Only languages are looked at of which so many first words begin a line.

    >>> clue_counts("package main\n\nfunc main() {\n\tx := 1\n}\n")["Go"]
    3
    """
    head = _head(text)
    likely = _suggested(head, min_first_words)
    counts = {language: _count(head, language) for language in CLUES if language in likely}
    for language, base in BASES.items():
        if counts.get(language):
            counts[language] += counts[base] if base in counts else _count(head, base)
    return {language: count for language, count in counts.items() if count}


def _head(text: str) -> str:
    """The first screens of code: below the license, which is the same prose in every language."""
    comments = _HEADER_COMMENTS.match(text[: 2 * CLUE_CHARACTERS])
    start = comments.end() if comments else 0
    return text[start : start + CLUE_CHARACTERS] if start < len(text) else text[:CLUE_CHARACTERS]


def _count(head: str, language: str) -> int:
    return sum(clue.search(head) is not None for clue in CLUES[language])


def _suggested(head: str, min_first_words: int) -> set[str]:
    """Languages of which some lines begin with their words."""
    words = {word.replace(" ", "").replace("\t", "") for word in _FIRST_WORD.findall(head)}
    return {language for language, first in _FIRST_WORDS.items() if len(words & first) >= min_first_words}


def clue_count(text: str, language: str) -> int:
    """How many different clues of one language, and of the one it extends, the start of a text shows."""
    head = _head(text)
    return _count(head, language) + (_count(head, BASES[language]) if language in BASES else 0)


def is_flow(text: str) -> bool:
    """Whether JavaScript carries Flow's pragma in its first comment: its types are no JavaScript."""
    return "@flow" in text[:2000] and _FLOW_PRAGMA.search(text[:2000]) is not None


def has_flow_syntax(text: str) -> bool:
    """Whether types are written in a way that only Flow has."""
    return _FLOW_SYNTAX.search(text) is not None


def is_objective_c(text: str) -> bool:
    """Whether a C family source has Objective-C's directives or methods."""
    return ("@" in text or "#import" in text or "NS_" in text) and _OBJECTIVE_C.search(text) is not None


def looks_like_cpp(text: str) -> bool:
    r"""Whether a header says something that C cannot, outside of comments and `#ifdef __cplusplus`.

    >>> looks_like_cpp("#ifdef __cplusplus\nnamespace a {\n#endif\nint f(void);\n")
    False
    """
    if not any(word in text for word in _CPP_WORDS):
        return False
    text = _C_COMMENT.sub(" ", text)
    if "__cplusplus" in text:
        text = _CPLUSPLUS_BLOCK.sub("", text)
    return any(clue.search(text) for clue in _CPP)
