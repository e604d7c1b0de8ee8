"""Two steps of a solution in the wrong order: one is done before what has to come first."""

from __future__ import annotations

import ast
import copy
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

ING = {
    "abs": "taking sizes (np.abs)",
    "astype": "converting",
    "clip": "clipping",
    "floor": "rounding",
    "log10": "taking the logarithm",
    "max": "taking the largest",
    "mean": "taking the mean",
    "min": "taking the smallest",
    "rint": "rounding",
    "round": "rounding",
    "sqrt": "taking the root",
    "sum": "summing",
}
OPERATIONS = {
    ast.Add: "adding",
    ast.Sub: "subtracting",
    ast.Mult: "multiplying by",
    ast.Div: "dividing by",
}


def orders(definition: ast.FunctionDef) -> Iterator[tuple[str, ast.FunctionDef]]:
    """(words, tree) for every step that could stand before those that its operand is made by.

    >>> tree = ast.parse("def level(x, scale): return round(x / scale)").body[0]
    >>> for words, turned in orders(tree):
    ...     print(words, "|", ast.unparse(turned.body[0]))
    rounding goes for all of x / scale, not for x alone. | return round(x) / scale
    rounding comes after x / scale; yours does it before, to both. | return round(x) / round(scale)
    """
    definition = inlined(definition)
    found = defaultdict(list)
    for place, outer in enumerate(ast.walk(definition)):
        turned = chain(*(_moved(outer, slot) for slot in _slots(outer)), _bracketed(outer))
        for words, new in turned:
            yield words, _replaced(definition, {place: new})
            found[words].append((place, new))
    for words, those in found.items():
        if len(those) > 1:  # done alike everywhere
            yield words, _replaced(definition, dict(those))


def _replaced(definition: ast.FunctionDef, news: dict[int, ast.AST]) -> ast.FunctionDef:
    """A copy with other nodes at some places of the walk."""
    tree = copy.deepcopy(definition)
    old = {id(node): news[i] for i, node in enumerate(ast.walk(tree)) if i in news}
    turned = ast.unparse(_Replace(old).visit(tree))
    return ast.parse(turned).body[0]  # without nodes that stand in two places


def inlined(definition: ast.FunctionDef) -> ast.FunctionDef:
    """With the variables that are used once written where they are used.

    >>> tree = ast.parse("def f(x):\\n    y = x + 1\\n    return 2 * y").body[0]
    >>> ast.unparse(inlined(tree).body)
    'return 2 * (x + 1)'
    """
    definition = copy.deepcopy(definition)
    for statement in definition.body[:-1]:
        if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
            name = statement.targets[0].id
            uses = [n for n in ast.walk(definition) if isinstance(n, ast.Name) and n.id == name]
            if len(uses) == 2:  # where it is assigned, and where it is used
                definition.body.remove(statement)
                use = next(node for node in uses if isinstance(node.ctx, ast.Load))
                definition = _Replace({id(use): statement.value}).visit(definition)
    return definition


def _slots(node: ast.AST) -> tuple[str, ...]:
    """Where the operand of a known step stands, before which it could be done."""
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
        return ("left", "right") if isinstance(node.op, ast.Add | ast.Mult) else ("left",)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return ("left",)
    if isinstance(node, ast.Call) and _name(node) in ING:
        return ("argument",) if _is_function(node.func) else ("object",)
    return ()


def _moved(outer: ast.AST, slot: str) -> Iterator[tuple[str, ast.AST]]:
    """`outer` moved inside the step that stands in its slot, and further inside."""
    inner = _operand(outer, slot)
    if not _slots(inner) or _of_one_rank(outer, inner):
        return
    doing = _doing(outer, slot)
    if isinstance(inner, ast.Call) or isinstance(inner.op, ast.Pow):
        (within,) = _slots(inner)
        if isinstance(_operand(inner, within), ast.Constant):
            return
        moved = _with(outer, slot, _operand(inner, within))
        words = f"{doing} comes after {_doing(inner, within)}; yours has it before."
        yield words, _with(inner, within, moved)
        for words, further in _moved(moved, slot):
            yield words, _with(inner, within, further)
        return
    for side in _sides(outer):
        part = getattr(inner, side)
        if not isinstance(part, ast.Constant):
            words = f"{doing} goes for all of {{}}, not for {{}} alone."
            words = words.format(ast.unparse(inner), ast.unparse(part))
            yield words, _with(inner, side, _with(outer, slot, part))
    both = _with(inner, "left", _with(outer, slot, inner.left))
    both = _with(both, "right", _with(outer, slot, inner.right))
    yield f"{doing} comes after {ast.unparse(inner)}; yours does it before, to both.", both


def _bracketed(outer: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """A sum in brackets that are not there: `(a + b) / c` for `a + b / c`."""
    inner = getattr(outer, "right", None)
    both = isinstance(outer, ast.BinOp) and isinstance(inner, ast.BinOp)
    if (
        both
        and isinstance(outer.op, ast.Add | ast.Sub)
        and isinstance(inner.op, ast.Mult | ast.Div)
    ):
        sum_first = _with(inner, "left", _with(outer, "right", inner.left))
        doing, part = _doing(inner, "left"), ast.unparse(inner.left)
        yield (
            f"{doing} goes for {part} alone, not for all of {ast.unparse(sum_first.left)}.",
            sum_first,
        )


def _sides(outer: ast.AST) -> tuple[str, ...]:
    """Brackets are forgotten on both; a call comes too early around the first operand alone."""
    return ("left", "right") if isinstance(outer, ast.BinOp) else ("left",)


def _of_one_rank(outer: ast.AST, inner: ast.AST) -> bool:
    """Whether their order makes no difference, as that of two sums."""
    if not (isinstance(outer, ast.BinOp) and isinstance(inner, ast.BinOp)):
        return False
    ranks = (ast.Add | ast.Sub, ast.Mult | ast.Div)
    return any(isinstance(outer.op, rank) and isinstance(inner.op, rank) for rank in ranks)


def _doing(node: ast.AST, slot: str) -> str:
    if isinstance(node, ast.Call):
        return ING[_name(node)]
    if isinstance(node.op, ast.Pow):
        return "squaring" if ast.unparse(node.right) == "2" else "raising to a power"
    other = node.right if slot == "left" else node.left
    return f"{OPERATIONS[type(node.op)]} {ast.unparse(other)}"


def _operand(node: ast.AST, slot: str) -> ast.AST:
    if slot == "argument":
        return node.args[0]
    return node.func.value if slot == "object" else getattr(node, slot)


def _with(node: ast.AST, slot: str, operand: ast.AST) -> ast.AST:
    """A copy of `node` with another operand in the slot."""
    node = copy.copy(node)
    if slot == "argument":
        node.args = [operand, *node.args[1:]]
    elif slot == "object":
        node.func = ast.Attribute(operand, node.func.attr, ast.Load())
    else:
        setattr(node, slot, operand)
    return node


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id


def _is_function(function: ast.AST) -> bool:
    """Whether it is called by name, as round or np.round, not as a method of its operand."""
    if isinstance(function, ast.Name):
        return True
    return isinstance(function.value, ast.Name) and function.value.id in ("np", "math")


class _Replace(ast.NodeTransformer):
    def __init__(self, news: dict[int, ast.AST]) -> None:
        self.news = news

    def visit(self, node: ast.AST) -> ast.AST:
        new = self.news.get(id(node))
        return self.generic_visit(node) if new is None else copy.deepcopy(new)
