"""Files of snippets to be timed: a Python file in cells, each of which begins with `# %%`."""

import ast
import textwrap
from dataclasses import dataclass
from pathlib import Path

from aether_tools.errors import UserError

_MARK = "# %%"
_AGAINST = "# against:"
_SAMPLES = "# samples:"


@dataclass(frozen=True)
class Cell:
    """One snippet. names: those of the setup that it reads, which it gets as local variables.

    against: title of the cell that it is compared with. samples: how many samples it works on.
    """

    title: str
    body: str
    names: list[str]
    against: str | None
    samples: int | None
    line: int


@dataclass(frozen=True)
class Snippets:
    """A file: `setup` runs first, at module level; then each cell."""

    name: str
    setup: str
    cells: list[Cell]


def read(path: Path) -> Snippets:
    """The cells of a file; UserError where there are none, or one is no Python."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise UserError(f"cannot read {path}: {reason}") from None
    chunks: list[tuple[int, list[str]]] = [(1, [])]
    for number, line in enumerate(text.splitlines(), 1):
        if line.startswith(_MARK):
            chunks.append((number, []))
        chunks[-1][1].append(line)
    setup = "\n".join(chunks[0][1])
    if len(chunks) == 1:
        raise UserError(f"{path} has no snippet: each begins with a line '# %% title'")
    known = _assigned(_parsed(setup, path, 1))
    cells = [_cell(lines, number, known, path) for number, lines in chunks[1:]]
    titles = [cell.title for cell in cells]
    for cell in cells:
        if titles.count(cell.title) > 1:
            raise UserError(f"{path}: two snippets are called '{cell.title}'")
        if cell.against is not None and cell.against not in titles:
            raise UserError(
                f"{path}, line {cell.line}: no snippet is called '{cell.against}'; there are: "
                + ", ".join(titles)
            )
    return Snippets(path.name, setup, cells)


def _cell(lines: list[str], number: int, known: set[str], path: Path) -> Cell:
    title = lines[0][len(_MARK) :].strip()
    if not title:
        raise UserError(f"{path}, line {number}: a snippet needs a title after '{_MARK}'")
    body = "\n".join(lines[1:])
    against, samples = _said(lines, _AGAINST), _said(lines, _SAMPLES)
    if samples is not None and not (samples.isdecimal() and int(samples) > 0):
        raise UserError(f"{path}, line {number}: '{_SAMPLES}' wants a number, not '{samples}'")
    function = "def cell():\n" + textwrap.indent(body, " ") + "\n pass"
    tree = _parsed(function, path, number)
    if any(isinstance(node, (ast.Return, ast.Yield)) for node in _outside_functions(tree.body[0])):
        raise UserError(f"{path}, line {number}: a snippet runs to its end: no return, no yield")
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    names = sorted(used & known)
    return Cell(title, body, names, against, int(samples) if samples else None, number)


def _said(lines: list[str], what: str) -> str | None:
    found = [line[len(what) :].strip() for line in lines if line.startswith(what)]
    return found[0] if found else None


def _parsed(code: str, path: Path, first: int) -> ast.Module:
    try:
        compile(
            code, str(path), "exec", dont_inherit=True
        )  # sees a stray `break`, as parse() does not
        return ast.parse(code)
    except (SyntaxError, ValueError) as error:
        line = first + (getattr(error, "lineno", None) or 1) - 1
        raise UserError(f"{path}, line {line}: {getattr(error, 'msg', error)}") from None


def _assigned(module: ast.Module) -> set[str]:
    """The names that module-level code binds, within `if`, `for` and `with` too."""
    names = set()
    for node in _outside_functions(module):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            names.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names |= {(a.asname or a.name).split(".")[0] for a in node.names}
    return names


def _outside_functions(node: ast.AST):
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, (ast.FunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _outside_functions(child)
