"""Source into steps: each operation becomes a call through a table, so that it can be replaced.

`np.round(x / scale)` reads as `step[3](step[2](step[0](x), step[1](scale)))`.
"""

from __future__ import annotations

import ast
import builtins
import operator
from collections.abc import Callable, Set
from types import ModuleType
from typing import Any

from qnn_edu.lessons.steps.step import OPERATORS, Step

TABLE = "__step"
TIGHT = {"*", "/", "**", "<<", ">>"}  # operators before whose operands brackets are needed
NO_STEPS = {"axis", "dtype", "initial", "keepdims", "kind", "strict"}  # keywords left as they are


class Reader(ast.NodeTransformer):
    """Rewrites a function's tree, and lists as steps the operations whose kind is known.

    >>> tree = ast.parse("def half_way(lo, hi): return (lo + hi) / 2")
    >>> reader = Reader({}, kinds={"+", "/"})
    >>> print(ast.unparse(reader.visit(tree.body[0])))
    def half_way(lo, hi):
        return __step[1](__step[0](lo, hi), 2)
    >>> [(step.kind, step.operands) for step in reader.steps]
    [('+', ('lo', 'hi')), ('/', ('(lo + hi)', '2'))]
    """

    def __init__(self, space: dict[str, Any], kinds: Set[str]) -> None:
        self.space, self.kinds = space, kinds
        self.steps: list[Step] = []
        self.names: list[str] = []  # of arguments and variables that have a value by now
        self.where = ""
        self.depth = 0  # in functions

    def step(self, node: ast.AST, kind: str, does: Callable, *operands: ast.AST) -> ast.AST:
        """The call that takes the place of `node`, whose operands have steps of their own."""
        if kind not in self.kinds:
            return self.generic_visit(node)
        written = tuple(_written(operand, kind in TIGHT) for operand in operands)
        visited = [self.visit(operand) for operand in operands]
        keywords = [self.visit(keyword) for keyword in getattr(node, "keywords", [])]
        return self.call(Step(kind, does, written, self.where), visited, keywords)

    def call(self, step: Step, operands: list, keywords: list | None = None) -> ast.AST:
        place = ast.Subscript(_load(TABLE), ast.Constant(len(self.steps)), ast.Load())
        self.steps.append(step)
        return ast.Call(place, operands, keywords or [])

    def value(self, kind: str, node: ast.AST, where: str) -> ast.AST:
        """`node`, and then a step that takes its value as it is."""
        outer, self.where = self.where, where
        written, visited = ast.unparse(node), self.visit(node)
        if kind in self.kinds:
            reach = self.names if kind in ("result", "part") else ()
            step = Step(kind, _first, (written, *reach), where)
            visited = self.call(step, [visited, *map(_load, reach)])
        self.where = outer
        return visited

    # statements

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        outer = self.names, self.where
        parameters = [argument.arg for argument in node.args.args]
        self.names = [*self.names, *parameters]
        self.where = node.name if self.depth else ""
        start = [] if self.depth or "argument" not in self.kinds else map(self._taken, parameters)
        self.depth += 1
        node.body = [*start, *(self.visit(statement) for statement in node.body)]
        self.depth -= 1
        self.names, self.where = outer
        return node

    def _taken(self, name: str) -> ast.AST:
        taken = self.call(Step("argument", _first, (name,), name), [_load(name)])
        return ast.Assign([ast.Name(name, ast.Store())], taken)

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        (target,) = node.targets
        if isinstance(target, ast.Name):
            node.value = self.value("value", node.value, target.id)
        else:
            node.value = self.value("", node.value, ast.unparse(target).strip("()"))
        stored = (part for part in ast.walk(target) if isinstance(part, ast.Name))
        self.names += [name.id for name in stored if name.id not in self.names]
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        name = node.target.id
        longer = ast.BinOp(_load(name), node.op, node.value)
        return self.visit(ast.Assign([ast.Name(name, ast.Store())], longer))

    def visit_For(self, node: ast.For) -> ast.AST:
        before = list(self.names)  # a loop may have no turn at all
        node.iter = self.visit(node.iter)
        stored = (part for part in ast.walk(node.target) if isinstance(part, ast.Name))
        self.names += [name.id for name in stored]
        node.body = [self.visit(statement) for statement in node.body]
        self.names = before
        return node

    def visit_If(self, node: ast.If) -> ast.AST:
        test = self.step(node.test, "if", bool, node.test)
        node.body = [self.visit(statement) for statement in node.body]
        node.test = test
        return node

    def visit_Return(self, node: ast.Return) -> ast.AST:
        if self.depth > 1:
            return self.generic_visit(node)
        if not isinstance(node.value, ast.Tuple):
            node.value = self.value("result", node.value, "")
            return node
        written = tuple(ast.unparse(part) for part in node.value.elts)
        parts = [
            self.value("part", part, f"value {i}") for i, part in enumerate(node.value.elts, 1)
        ]
        node.value = ast.Tuple(parts, ast.Load())
        if "results" in self.kinds:
            node.value = self.call(Step("results", _first, written), [node.value])
        return node

    # expressions

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        return self.step(node, *OPERATORS.get(type(node.op), ("", None)), node.left, node.right)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        return self.step(node, *OPERATORS.get(type(node.op), ("", None)), node.operand)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        return self.step(node, *OPERATORS[type(node.op)], *node.values)

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        if len(node.ops) > 1:
            return self.generic_visit(node)
        kind, does = OPERATORS.get(type(node.ops[0]), ("", None))
        return self.step(node, kind, does, node.left, *node.comparators)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        function = _value(node.func, self.space)
        if function in (min, max):  # of several
            name += " of"
        if function is not None:
            return self.step(node, name, function, *node.args)
        if isinstance(node.func, ast.Attribute):
            return self.step(node, name, _method(name), node.func.value, *node.args)
        return self.generic_visit(node)

    def visit_keyword(self, node: ast.keyword) -> ast.AST:
        return node if node.arg in NO_STEPS else self.generic_visit(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        of_shape = isinstance(node.value, ast.Attribute)  # as in weight.shape[-1]
        if "index" not in self.kinds or of_shape or not isinstance(node.ctx, ast.Load):
            return self.generic_visit(node)
        index = ast.unparse(node.slice)
        index = index.strip("()") if isinstance(node.slice, ast.Tuple) else index
        written = ast.unparse(node.value), index
        visited = [self.visit(node.value), self.without_numbers(_sliced(node.slice))]
        return self.call(Step("index", operator.getitem, written, self.where), visited)

    def without_numbers(self, node: ast.AST) -> ast.AST:
        """An index has ways of its own to go wrong, and so have its numbers."""
        outer, self.kinds = self.kinds, self.kinds - {"number", "negative"}
        visited = self.visit(node)
        self.kinds = outer
        return visited

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return node if _value(node, self.space) is not None else self.generic_visit(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        if "name" not in self.kinds or node.id not in self.names:
            return node
        reach = (node.id, *(name for name in self.names if name != node.id))
        return self.call(Step("name", _first, reach, self.where), [_load(name) for name in reach])

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        if "number" not in self.kinds or type(node.value) not in (int, float):
            return node
        return self.call(Step("number", _first, (repr(node.value),), self.where), [node])


def _first(value: Any, *others: Any) -> Any:
    return value


def _written(node: ast.AST, tight: bool) -> str:
    text = ast.unparse(node)
    return f"({text})" if tight and isinstance(node, ast.BinOp) else text


def _method(name: str) -> Callable:
    return lambda of, *arguments, **options: getattr(of, name)(*arguments, **options)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _value(node: ast.AST, space: dict[str, Any]) -> Any:
    """What `round` or `np.linalg.norm` stand for; None for what is only known when it runs."""
    if isinstance(node, ast.Name):
        known = space.get(node.id, getattr(builtins, node.id, None))
        return known if callable(known) or isinstance(known, ModuleType) else None
    if isinstance(node, ast.Attribute):
        return getattr(_value(node.value, space), node.attr, None)
    return None


def _sliced(index: ast.AST) -> ast.AST:
    """An index that can be an operand: `1:` as `slice(1, None)`."""
    if isinstance(index, ast.Tuple):
        return ast.Tuple([_sliced(part) for part in index.elts], ast.Load())
    if not isinstance(index, ast.Slice):
        return index
    parts = [part or ast.Constant(None) for part in (index.lower, index.upper, index.step)]
    return ast.Call(_load("slice"), parts, [])
