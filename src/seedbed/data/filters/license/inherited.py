"""What the license files and manifests of a source say to a path in it. The rules are written out in docs/method/licenses.md."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from seedbed.data.filters.license.classifiers import answered
from seedbed.data.filters.license.detect import DEFAULT_TIMEOUT_S
from seedbed.data.filters.license.evidence import Evidence, Finding, collect, join, unknown
from seedbed.data.filters.license.expressions import alternatives, conjunction, keys
from seedbed.data.filters.license.legal_files import Kind
from seedbed.data.filters.license.license_files import Voice, Voices, folders_above
from seedbed.data.filters.license.scan import MAX_BYTES

_VENDORED = frozenset(
    "vendor vendors vendored _vendor _vendored third_party thirdparty third-party 3rdparty 3rd_party extern external "
    "externals deps dependencies bundled _bundled node_modules".split()
)


class InheritedLicenses:
    """Inherited evidence in one source; every text is read once, when a path first asks for it.

    Args: files: path to text of the source's legal files, None for one that cannot be read; timeout_s, max_bytes: limits
    for each of them.
    """

    def __init__(self, files: Mapping[str, str | None], timeout_s: float = DEFAULT_TIMEOUT_S, max_bytes: int = MAX_BYTES) -> None:
        self._voices = Voices(files, timeout_s, max_bytes)
        self._declared = cache(self._read_manifests)

    def header(self, findings: list[Finding], path: str) -> Voice:
        """What a file says of itself. Its pointers to license files are answered by those, if they speak."""
        voice = self._voices.answered(findings, path, inherited=False)
        if voice.pointed and not self._spoken(voice.pointed):
            return Voice(collect([*findings, unknown("pointer: to files that say nothing", path)], path, inherited=False))
        return voice

    def nearest(self, path: str, header: Voice) -> Evidence | None:
        """What the nearest license file says, and what the file's own header points to.

        The header also helps where several texts lie side by side.
        """
        hints: list[str] = list(header.pointed)
        texts: list[str] = []
        notices: list[str] = []
        for folder in folders_above(path):
            notices += self._on(folder, Kind.THIRD_PARTY)
            hints += self._on(folder, Kind.HINT)
            licenses = self._spoken(self._on(folder, Kind.LICENSE))
            if licenses:
                break
            texts += self._on(folder, Kind.TEXTS)
        vendored = self._spoken(notices) if _is_vendored(path, folder) else []
        assigned, said = _assigned(self._spoken(texts), header.evidence)
        licenses += self._spoken(hints)
        chosen = _choice(licenses, (header.evidence, self.declared(path)))
        together = conjunction([chosen, said, *(voice.expression for voice in vendored)])
        return join(_distinct([*licenses, *assigned, *vendored]), together) or join(self._spoken(notices))

    def declared(self, path: str) -> Evidence | None:
        """What the nearest manifest that declares a license says."""
        found = (self._declared(folder) for folder in folders_above(path))
        return next((evidence for evidence in found if evidence), None)

    def _on(self, folder: str, kind: Kind) -> list[str]:
        return self._voices.shelves.on(folder, kind)

    def _spoken(self, paths: Iterable[str]) -> list[Evidence]:
        return _distinct(evidence for path in dict.fromkeys(paths) for evidence in self._voices.spoken(path))

    def _read_manifests(self, folder: str) -> Evidence | None:
        """What the manifests of one folder say together, and the license files elsewhere that they point to."""
        paths = self._on(folder, Kind.MANIFEST)
        read = {path: self._voices.manifest(path) for path in paths}
        findings = answered({path: found for path, (found, _) in read.items()})
        stated = [collect(findings[path], path, inherited=True) for path in paths]
        elsewhere = [file for path in paths for file in read[path][1] if not self._is_heard(file, folder)]
        return join([*(voice for voice in stated if voice), *self._spoken(elsewhere)])

    def _is_heard(self, file: str, folder: str) -> bool:
        """The license file speaks for the folder anyway."""
        return any(
            file in self._voices.shelves.on(above, Kind.LICENSE, Kind.HINT)
            for above in folders_above(posixpath.join(folder, "_"))
        )


def _choice(voices: Sequence[Evidence], others: Iterable[Evidence | None]) -> str | None:
    """Texts side by side all hold, unless some voice says that exactly these are alternatives."""
    texts = {key for voice in voices for key in keys(voice.expression)}
    for voice in (*others, *voices) if len(texts) > 1 else ():
        offered = alternatives(voice.expression) if voice else None
        if voice and offered and texts <= offered:
            return voice.expression
    return conjunction(voice.expression for voice in voices)


def _assigned(voices: list[Evidence], header: Evidence | None) -> tuple[list[Evidence], str | None]:
    """A folder of texts assigns nothing: the header does; without one all texts hold."""
    texts = {key for voice in voices for key in keys(voice.expression)}
    if header and texts.issuperset(keys(header.expression)):
        said = set(keys(header.expression))
        return [voice for voice in voices if said & set(keys(voice.expression))], header.expression
    return voices, conjunction(voice.expression for voice in voices)


def _distinct(evidences: Iterable[Evidence]) -> list[Evidence]:
    return list(dict.fromkeys(evidences))


def _is_vendored(path: str, folder: str) -> bool:
    """The path goes, below the folder, through one that holds other people's code."""
    below = path[len(folder) + 1 if folder else 0 :].split("/")[:-1]
    return not _VENDORED.isdisjoint(part.lower() for part in below)
