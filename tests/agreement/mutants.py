"""Solutions with one thing changed, drawn by a seed: some still pass, most do not, and a few never end."""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterator

Change = Callable[[], None]
_COMPARISONS = {ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq}
_OPERATORS = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.FloorDiv,
    ast.FloorDiv: ast.Div,
    ast.Mod: ast.Mult,
}


def mutants(source: str, function: str, count: int, seed: str) -> list[str]:
    """Up to `count` different programs, each the source with one change inside a function."""
    original = ast.unparse(ast.parse(source))
    places = len(list(_changes(_function(ast.parse(source), function))))
    found: list[str] = []
    for place in random.Random(seed).sample(range(places), places):
        tree = ast.parse(source)
        list(_changes(_function(tree, function)))[place]()
        text = ast.unparse(ast.fix_missing_locations(tree))
        if text != original and text not in found:
            found.append(text)
        if len(found) == count:
            break
    return found


def _function(tree: ast.Module, name: str) -> ast.FunctionDef:
    return next(node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == name)


def _changes(function: ast.FunctionDef) -> Iterator[Change]:
    """Every single change, in the order of the tree; nothing is changed until one is called."""
    docstring = function.body[0].value if ast.get_docstring(function) is not None else None  # type: ignore[attr-defined]
    for node in ast.walk(function):
        if node is not docstring:
            yield from _changes_of(node)


def _changes_of(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[kind]) if type(kind) in _COMPARISONS:
            yield lambda: setattr(node, "ops", [_COMPARISONS[type(kind)]()])
        case ast.BinOp(op=kind) | ast.AugAssign(op=kind) if type(kind) in _OPERATORS:
            yield lambda: setattr(node, "op", _OPERATORS[type(kind)]())
        case ast.BoolOp(op=kind):
            yield lambda: setattr(node, "op", ast.Or() if isinstance(kind, ast.And) else ast.And())
        case ast.Constant(value=bool() as value):
            yield lambda: setattr(node, "value", not value)
        case ast.Constant(value=int() | float() as value):
            yield lambda: setattr(node, "value", value + 1)
        case ast.Constant(value=str() as value):
            yield lambda: setattr(node, "value", value[:-1] if value else "x")
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield lambda: setattr(node, "test", ast.UnaryOp(ast.Not(), copy.deepcopy(test)))
        case ast.Return(value=value) if value is not None:
            yield lambda: setattr(node, "value", ast.Constant(None))
        case ast.List(elts=elements) | ast.Tuple(elts=elements) if elements and isinstance(node.ctx, ast.Load):
            yield lambda: setattr(node, "elts", elements[:-1])
