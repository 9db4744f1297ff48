"""Complexity of a file, and a filter for boilerplate and for functions that are too complex."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from datatrove.data import Document

from seedbed.core.config.recipe import Count, Limit, Positive
from seedbed.core.manifests.columns import Column
from seedbed.core.runs.filters import Filter
from seedbed.core.syntax import Function, functions_of, parse, walk


@dataclass(frozen=True, slots=True)
class Complexity:
    """The complexity columns of a file; maxima and medians are over its functions, 0 without any."""

    functions: int
    cyclomatic_max: int
    cyclomatic_median: float
    function_lines_max: int
    function_lines_median: float
    nesting_max: int
    parameters_max: int
    tokens: int


def measure_complexity(functions: list[Function], tokens: int) -> Complexity:
    """Maxima and medians over the functions of a file, beside its number of tokens.

    >>> measure_complexity([Function("f", 1, 9, cyclomatic=4, nesting=2, parameters=0)], tokens=60).cyclomatic_median
    4.0
    """
    cyclomatic = [function.cyclomatic for function in functions] or [0]
    lines = [function.lines for function in functions] or [0]
    return Complexity(
        functions=len(functions),
        cyclomatic_max=max(cyclomatic),
        cyclomatic_median=float(median(cyclomatic)),
        function_lines_max=max(lines),
        function_lines_median=float(median(lines)),
        nesting_max=max((function.nesting for function in functions), default=0),
        parameters_max=max((function.parameters for function in functions), default=0),
        tokens=tokens,
    )


@dataclass(frozen=True, slots=True)
class Band:
    """The limits of a file worth keeping; None is no limit.

    min_tokens: a file with fewer leaves of the syntax tree is boilerplate: a package marker, a re-export, a stub.
    max_cyclomatic, max_nesting, max_function_lines, max_parameters: of any function in the file.
    """

    min_tokens: int = 0
    max_cyclomatic: int | None = None
    max_nesting: int | None = None
    max_function_lines: int | None = None
    max_parameters: int | None = None


def outside(measured: Complexity, band: Band) -> tuple[str, str] | None:
    """First limit that a file exceeds, as (rule, detail); None within the band."""
    if measured.tokens < band.min_tokens:
        return "boilerplate", f"{measured.tokens} tokens, at least {band.min_tokens}"
    for rule, value, limit in (
        ("cyclomatic", measured.cyclomatic_max, band.max_cyclomatic),
        ("nesting", measured.nesting_max, band.max_nesting),
        ("function_lines", measured.function_lines_max, band.max_function_lines),
        ("parameters", measured.parameters_max, band.max_parameters),
    ):
        if limit is not None and value > limit:
            return rule, f"{rule} {value}, at most {limit}"
    return None


class ComplexityFilter(Filter):
    """Rejects files outside a band, as `complexity:<rule>`; writes the complexity columns.

    The rules: boilerplate, cyclomatic, nesting, function_lines, parameters. A language without a grammar is left to
    the filters before this one.

    Args: the limits of `Band`.
    """

    name = "complexity"
    passes = "neither empty boilerplate nor a tangle"
    columns = (
        Column("functions", "int32", "functions", "functions and methods", distribution=True),
        Column(
            "cyclomatic_max",
            "int32",
            "paths",
            "highest cyclomatic complexity of a function; 0 without functions",
            distribution=True,
        ),
        Column("cyclomatic_median", "float32", "paths", "median over functions"),
        Column("function_lines_max", "int32", "lines", "longest function", distribution=True),
        Column("function_lines_median", "float32", "lines", "median over functions"),
        Column("nesting_max", "int32", "levels", "deepest nesting of control structures in a function", distribution=True),
        Column("parameters_max", "int32", "parameters", "most parameters of a function", distribution=True),
        Column("tokens", "int32", "tokens", "leaves of the syntax tree, comments aside", distribution=True),
    )
    limits = (
        Limit(
            "min_tokens",
            Count,
            default=50,
            unit="tokens",
            meaning="fewest leaves of the syntax tree, comments aside",
            reason="a shorter file has no shape to compare; the floor of the near-duplicate method",
            column="tokens",
        ),
        Limit(
            "max_cyclomatic",
            Positive,
            default=100,
            unit="paths",
            meaning="highest cyclomatic complexity of a function",
            reason="docs/adr/0004",
            column="cyclomatic_max",
        ),
        Limit(
            "max_nesting",
            Positive,
            default=12,
            unit="levels",
            meaning="deepest nesting of control structures",
            reason="docs/adr/0004",
            column="nesting_max",
        ),
        Limit(
            "max_function_lines",
            Positive,
            default=600,
            unit="lines",
            meaning="longest function",
            reason="docs/adr/0004",
            column="function_lines_max",
        ),
        Limit(
            "max_parameters",
            Positive,
            default=30,
            unit="parameters",
            meaning="most parameters of a function",
            reason="docs/adr/0004",
            column="parameters_max",
        ),
    )
    reasons = {
        "complexity:boilerplate": "fewer than {min_tokens} tokens, comments aside",
        "complexity:cyclomatic": "a function of cyclomatic complexity above {max_cyclomatic}",
        "complexity:nesting": "nested deeper than {max_nesting} levels",
        "complexity:function_lines": "a function of more than {max_function_lines} lines",
        "complexity:parameters": "a function with more than {max_parameters} parameters",
    }

    def __init__(
        self,
        min_tokens: int = 0,
        max_cyclomatic: int | None = None,
        max_nesting: int | None = None,
        max_function_lines: int | None = None,
        max_parameters: int | None = None,
    ) -> None:
        super().__init__()
        self.band = Band(min_tokens, max_cyclomatic, max_nesting, max_function_lines, max_parameters)

    def filter(self, doc: Document) -> bool | tuple[bool, str]:
        """Verdict on one document."""
        parsed = parse(doc.text, str(doc.metadata.get("language")), str(doc.metadata.get("path")))
        tree = walk(parsed) if parsed else None
        measured = measure_complexity(functions_of(tree), len(tree.kinds)) if tree else measure_complexity([], 0)
        doc.metadata.update({name: getattr(measured, name) for name in Complexity.__slots__})
        broken = outside(measured, self.band) if tree else None
        if broken is None:
            return True
        rule, doc.metadata["detail"] = broken
        return False, f"complexity:{rule}"
