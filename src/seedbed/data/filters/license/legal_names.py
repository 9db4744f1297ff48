"""Which files speak of licenses, by their names, and of what: the folder, one component, one file, the documentation."""

from __future__ import annotations

import re
from enum import Enum
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import PurePosixPath

from seedbed.data.filters.license.declarations import is_manifest


class LegalKind(Enum):
    """What a legal file means for the files around it."""

    LICENSE = "license"
    """The license of what is beside and below it."""
    CODE = "code"
    """The license of the code, where the one beside it may be that of the documentation."""
    HINT = "hint"
    """A license by its name that may be meant for one thing in its folder: it adds to the license there and hides none."""
    COMPONENT = "component"
    """The license of the one thing that its name says (`LICENSE-jquery.txt`): it adds, hides none, and alone permits nothing."""
    TERMS = "terms"
    """Terms beside the license (`COMMONS-CLAUSE.md`, `PATENTS`): they add to everything below, whatever license lies between."""
    RESERVATION = "reservation"
    """A file for crawlers that may reserve the rights of text and data mining (`ai.txt`, `tdmrep.json`)."""
    CONTENT = "content"
    """The license of documentation, pictures, fonts or data (`LICENSE-docs`): not of code."""
    TEXTS = "texts"
    """A text in a folder of license texts, which does not say what it is for (REUSE's LICENSES/)."""
    THIRD_PARTY = "third-party"
    """Licenses of things that are bundled somewhere in the package."""
    SIDECAR = "sidecar"
    """The license of the file that its name begins with (`a.py.license`), and of no other."""
    ASSIGNMENT = "assignment"
    """Patterns of paths and their licenses (`REUSE.toml`, `.reuse/dep5`, `debian/copyright`)."""
    MANIFEST = "manifest"
    """A package's own declaration."""
    README = "readme"
    """Only its sections and notices about the license speak."""
    CONTENTS = "contents"
    """The list of files that an installed package consists of."""


_FAMILY = r"(?:mit|apache|bsd|[al]?gpl|isc|mpl|zlib|psf)"
_MORE_FAMILIES = (
    r"(?:mit|apache|bsd|[al]?gpl|g?fdl|isc|mpl|zlib|psf|epl|edl|cddl|eupl|bsl|wtfpl|cc0|cc[ _-]by(?:[ _-](?:sa|nc|nd))*)"
)
_FORMATS = r"(?:txt|text|md|markdown|mkd|rst|html?|xhtml|rtf|pdf|docx?|odt|adoc|asciidoc|org|tex|utf-?8|ascii)"
_TEXT_END = rf"(?:\.{_FORMATS})?"
_END = re.compile(rf"(?:\.{_FORMATS})+$")
_LICENSE_NAME = re.compile(rf"{_FAMILY}[ _.-]?(?:licen[cs]e.*|v?[0-9][0-9.]*)")
_TITLED = re.compile(r"(?P<title>(?:un)?licen[cs]es?|copy(?:ing|right|left)s?)(?P<rest>(?:(?:v(?=[0-9]))?[0-9 .,()_+-].*)?)")
_NAME_PARTS = re.compile(
    r"(?:v?[0-9]+|version|or|and|later|only|plus|new|old|modified|simplified|revised|clause|the|of|in|"
    r"mit|x11|expat|apache|asl|al|bsd|[al]?gpl|gpl?v|[al]?gplv?[0-9]*|lesser|lib|runtime|library|gnu|g?fdl|isc|mpl|"
    r"mplv?[0-9]*|zlib|libpng|psf|python|"
    r"epl|edl|cddl|eupl|bsl|busl|boost|wtfpl|cc0?|by|sa|nc|nd|ncsa|ms|pl|afl|artistic|perl|unlicense|public|domain|"
    r"elastic|sspl|polyform|agreement|terms|conditions|term|file|files|notice|info|information|licen[cs]es?|copying|"
    r"copyright|main|project|exception|exceptions?)(?:v?[0-9]+)?"
)
"""Words of a license's own name or of a title, and no name of a component."""
_CODE_PARTS = frozenset({"code", "source", "sources", "software", "src", "program"})
CONTENT_FOLDERS = {
    word: family
    for family in (
        frozenset(
            "doc docs documentation document documents manual manuals guide guides text prose website site blog book wiki".split()
        ),
        frozenset(
            "art arts artwork artworks asset assets image images img imgs picture pictures photo photos icon icons logo logos"
            " graphic graphics media sound sounds audio music video videos screenshot screenshots illustrations".split()
        ),
        frozenset("font fonts typeface typefaces ofl".split()),
        frozenset("data dataset datasets database corpus content contents".split()),
    )
    for word in family
}
"""What a license may be for beside code, each word with the names of the folders that hold it."""

_HINT_NAME = re.compile(
    rf"{_MORE_FAMILIES}(?:[ _.+-]?(?:v?[0-9][0-9.]*|only|or|later|clause|new|lesser))+{_TEXT_END}|"
    rf"{_MORE_FAMILIES}{_TEXT_END.rstrip('?')}|module_license_.+|"
    rf"(?:.*[ ._-])?eula{_TEXT_END}|license[ _-]agreement{_TEXT_END}"
)
_NAMED_LICENSE = re.compile(rf"(?P<thing>.*)[ ._-](?:un)?(?:licen[cs]e|copying)(?:[ _-]agreement)?{_TEXT_END}")
_HINT_CAPITALS = re.compile(r"(?:(?:UN)?LICEN[CS]E|COPYING|COPYRIGHT|EULA|[AL]?GPL|MIT|BSD|APACHE|MPL)(?:[-_ ][A-Z0-9.]+)?")
_TERMS_NAME = re.compile(
    r"\.?(?:commons[ ._-]?clause|additional[ ._-]?(?:terms|conditions|rights|permissions?)|terms(?:[ ._-](?:of|and)[ ._-].*)?|"
    r"(?:license|usage|use)[ ._-](?:terms|restrictions?|conditions|addendum)|no[ ._-]?(?:ai|ml|llm|training|tdm)(?:[ ._-].*)?|"
    r"(?:gen(?:erative)?[ ._-]?)?(?:ai|llm|ml)(?:[ ._-](?:training|usage|use|data|model))*[ ._-](?:policy|terms|"
    r"licen[cs]e|rules|notice|optout|opt-out)|"
    r"(?:do[ ._-]not|dont)[ ._-]train.*|(?:tdm|data[ ._-]?mining)(?:[ ._-].*)?|"
    r"acceptable[ ._-]?use(?:[ ._-]policy)?|aup|(?:model[ ._-])?use[ ._-]?policy|usage[ ._-]policy|"
    r"patents?(?:[ ._-](?:grant|licen[cs]e|notice|rights))?|restrictions?|non[ ._-]?commercial(?:[ ._-].*)?|"
    r"commercial(?:[ ._-](?:licen[cs]e|use|terms))?|legal(?:[ ._-](?:notice|info|terms))?|rights|disclaimer[ ._-]of[ ._-]use)"
)
_POLICY_NAME = re.compile(r"(?:gen.*|ai|llm|ml)[ ._-].*policy|legal.*|rights|patents?.*|(?:ai|llm|ml)[ ._-](?:rules|notice)")
"""Terms that may be about something else than the use of the code, such as contributions: their words decide."""
_CAPITAL_TITLE = re.compile(r"LICEN[CS]E|COPYING|COPYRIGHT|Licen[cs]e|Copying")
_RESERVATION_NAME = re.compile(r"ai\.txt|tdmrep\.json|tdm-policy\.json|robots\.txt|\.?noai")
_FONT_LICENSE = re.compile(rf"ofl(?:[ ._-]?[0-9.]+)?{_TEXT_END}")
_THIRD_PARTY_NAME = re.compile(
    r"notices?(?:[._-].*)?|.*(?:third|3rd)[ ._-]?part(?:y|ies).*|(?:acknowledge?ments?|attributions?|credits)(?:\..*)?|"
    r"(?:licen[cs]es?|copying|copyright)[._-](?:bundled?|vendor(?:ed)?|dependenc(?:y|ies)|deps|external|other)(?:[._-].*)?"
)
_README_NAME = re.compile(r"(?:read[ _-]?me)(?:[ ._-].*)?", re.IGNORECASE)
_MANUAL_PAGE = re.compile(r"(?:copying|copyrights?|terms|legal)\.(?:rst|md|adoc|tex|texi|html?)")
_MANUALS = frozenset({"doc", "docs", "documentation", "manual", "guide", "reference", "source", "api"})
"""Folders in which `copying.rst` is a page of a manual, about whatever is copied: it speaks as a README does."""
_SIDECAR_NAME = re.compile(r"(?P<file>.+\.(?=[^.]*[A-Za-z])[A-Za-z0-9_+-]{1,12})\.(?:license|licence|LICENSE(?:\.txt)?)")
_TEXT_FOLDERS = re.compile(r"(?i:licen[cs]es)|LICEN[CS]E|licen[cs]e|legal|licensing|copyrights?")
_CODE_SUFFIXES = frozenset(
    ".py .pyi .pyx .js .mjs .cjs .jsx .ts .tsx .vue .svelte .go .c .h .cc .cpp .cxx .hpp .m .mm .java .kt .scala .rs .swift "
    ".php .sh .bat .ps1 .rb .pl .pm .lua .r .hs .ml .ex .clj .dart .cs .fs .sql .proto .json .toml .yml .yaml .xml .css "
    ".scss .less .ini .cfg .in .lock .po .pot .mo .ipynb .map .m4 .am .ac .cmake".split()
)
_BINARY_SUFFIXES = frozenset(
    ".png .svg .gif .jpg .jpeg .ico .webp .bmp .ttf .otf .woff .woff2 .eot .pyc .class .o .a .so .dll .dylib .exe .jar".split()
)
_METADATA_FOLDER = re.compile(r"META-INF|EGG-INFO|.+\.(?:dist|egg)-info")
_CONTENTS = frozenset({"RECORD", "top_level.txt", "SOURCES.txt", "installed-files.txt", "namespace_packages.txt"})


@lru_cache(maxsize=100_000)
def kind_of(path: str) -> LegalKind | None:
    """What kind of legal file a path names; None for all other files."""
    folder, _, name = path.replace("\\", "/").rpartition("/")  # a backslash in a tar is part of a name that hides another
    parent = folder.rpartition("/")[2]
    special = _kind_of_special(parent, name)
    if special:
        return special
    if is_manifest(path):
        return LegalKind.MANIFEST
    suffix = PurePosixPath(name.lower()).suffix
    if suffix in _BINARY_SUFFIXES:
        return None
    return _kind_of_code(name, suffix) if suffix in _CODE_SUFFIXES else _kind_of_text(parent, name)


def _kind_of_special(parent: str, name: str) -> LegalKind | None:
    """The kind of a file with a fixed name, and of a sidecar."""
    if _is_assignment(parent, name):
        return LegalKind.ASSIGNMENT
    if _METADATA_FOLDER.fullmatch(parent) and name in _CONTENTS:
        return LegalKind.CONTENTS
    if _RESERVATION_NAME.fullmatch(name.lower()):
        return LegalKind.RESERVATION
    return LegalKind.SIDECAR if sidecar_of(name) else None


def _is_assignment(parent: str, name: str) -> bool:
    return name == "REUSE.toml" or (parent, name) in {(".reuse", "dep5"), ("debian", "copyright")}


def sidecar_of(path: str) -> str | None:
    """The file that a sidecar speaks for; None when the path names no sidecar.

    >>> sidecar_of("src/a.py.license"), sidecar_of("jquery.license"), sidecar_of("LICENSE.txt.license")
    ('src/a.py', None, None)
    """
    folder, slash, name = path.rpartition("/")
    match = _SIDECAR_NAME.fullmatch(name)
    if match is None or _kind_of_text("", match["file"]) in {LegalKind.LICENSE, LegalKind.HINT}:
        return None
    return f"{folder}{slash}{match['file']}"


def _kind_of_text(folder: str, name: str) -> LegalKind | None:
    lower = name.lower()
    if _THIRD_PARTY_NAME.fullmatch(lower):
        return LegalKind.THIRD_PARTY
    if _README_NAME.fullmatch(name) or (_MANUAL_PAGE.fullmatch(name) and folder in _MANUALS):
        return LegalKind.README
    if _TERMS_NAME.fullmatch(_END.sub("", lower)):
        return LegalKind.TERMS
    titled = _titled(lower)
    if _TEXT_FOLDERS.fullmatch(folder) and (folder.lower() in {"licenses", "licences"} or folder.isupper() or titled):
        return LegalKind.TEXTS
    if titled or _FONT_LICENSE.fullmatch(lower):
        return titled or LegalKind.CONTENT
    return LegalKind.HINT if _HINT_NAME.fullmatch(lower) or _HINT_CAPITALS.fullmatch(name) else None


def _titled(lower: str) -> LegalKind | None:
    """The kind of `LICENSE...` and `... LICENSE` by the words of the name beside the title."""
    bare = _END.sub("", lower)
    titled = _TITLED.fullmatch(bare)
    if titled:
        return _by_words(titled["rest"])
    if _LICENSE_NAME.fullmatch(bare):
        return LegalKind.LICENSE
    named = _NAMED_LICENSE.fullmatch(lower)
    kind = _by_words(named["thing"]) if named else None
    return LegalKind.HINT if kind is LegalKind.LICENSE else kind


def _by_words(words: str) -> LegalKind:
    parts = [part for part in re.split(r"[ .,()_+-]+", words) if part]
    if any(part in _CODE_PARTS for part in parts):
        return LegalKind.CODE
    if content_words(words):
        return LegalKind.CONTENT
    return LegalKind.LICENSE if all(map(_NAME_PARTS.fullmatch, parts)) else LegalKind.COMPONENT


def content_words(name: str) -> set[str]:
    """The folders that a license of documentation, pictures, fonts or data is for, by the words in its name.

    >>> "doc" in content_words("LICENSE-docs.txt"), content_words("LICENSE-MIT")
    (True, set())
    """
    parts = re.split(r"[ .,()_+-]+", _END.sub("", name.lower()))
    return {folder for part in parts for folder in CONTENT_FOLDERS.get(part, ())}


def _kind_of_code(name: str, suffix: str) -> LegalKind | None:
    """`LICENSE.py` and `license.in` may hold a license text; `license.py` is a module."""
    stem = name[: -len(suffix)]
    if suffix == ".in":
        return LegalKind.HINT if _kind_of_text("", stem) in _TEXT_KINDS else None
    return LegalKind.HINT if _HINT_CAPITALS.fullmatch(stem.partition(".")[0]) else None


_TEXT_KINDS = frozenset(
    {
        LegalKind.LICENSE,
        LegalKind.CODE,
        LegalKind.HINT,
        LegalKind.COMPONENT,
        LegalKind.CONTENT,
        LegalKind.TEXTS,
        LegalKind.THIRD_PARTY,
    }
)


def is_legal_file(path: str) -> bool:
    """Whether the license filters read this file, whatever becomes of it as a sample."""
    return kind_of(path) is not None


def is_license_text(path: str) -> bool:
    """Whether a file as a whole is about licenses, so that all of it is scanned and not only its legal lines."""
    return kind_of(path) in _TEXT_KINDS | {LegalKind.TERMS, LegalKind.SIDECAR}


def must_speak(path: str) -> bool:
    """Whether a legal file in which nothing is understood is an unknown license, whatever its words are.

    >>> must_speak("LICENSE"), must_speak("NO-AI.md"), must_speak("data/terms.txt"), must_speak("mit.txt")
    (True, True, False, False)
    """
    kind = kind_of(path)
    name = _END.sub("", path.rpartition("/")[2])
    if kind is LegalKind.TERMS:
        return not _POLICY_NAME.fullmatch(name.lower()) and (not name.islower() or not name.isalpha())
    if kind in {LegalKind.COMPONENT, LegalKind.TEXTS}:
        return bool(_CAPITAL_TITLE.search(name))
    if name.startswith(("copyright", "copyleft")):  # a page of a manual, as often as not
        return False
    return kind in {LegalKind.LICENSE, LegalKind.CODE, LegalKind.SIDECAR} or "eula" in name.lower()


_LEGAL_FOLDERS = ("META-INF", "EGG-INFO", "*.dist-info", "*.egg-info", ".reuse", "debian", ".well-known")

PACKAGING_FOLDERS = frozenset({"conda", "conda-recipe", "conda.recipe", "recipe", "rpm", "snap", "flatpak"})
"""Folders with a manifest of the package around them, for one packager."""


def is_legal_folder(name: str) -> bool:
    """Whether files in a folder of this name may speak for the folder around it."""
    is_named = any(fnmatchcase(name, pattern) for pattern in _LEGAL_FOLDERS)
    return is_named or name in PACKAGING_FOLDERS or bool(_TEXT_FOLDERS.fullmatch(name))
