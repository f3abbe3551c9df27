"""Who may import whom: the house's layers, read from every file's syntax tree.

The engine knows NumPy and nothing of a screen, figures are functions of data, and only pages and the frame
see all that lies below them.
"""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[1]

# First match wins. What a file may import beside the standard library and its own layer.
LAYERS = {
    "rnn_core": {"numpy"},
    "ui/figures": {"plotly", "numpy", "rnn_core"},
    "ui": {"streamlit", "rnn_core", "numpy", "pandas", "ui"},
    "pages": {"streamlit", "ui", "rnn_core"},
    "app.py": {"streamlit", "ui", "rnn_core"},
}
# What the engine may import inside a function: formats of its exports, and a cluster for its sweeps.
FORMATS = {"onnx", "torch", "h5py", "safetensors", "distributed"}


class Import(NamedTuple):
    module: str
    line: int
    inside: bool  # a function


def imports(tree: ast.AST, package: str, inside: bool = False) -> Iterator[Import]:
    """Every import under `tree`, absolute: `from . import x` in a module of `package` is package.x."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, inside)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*base, *filter(None, [node.module])])
            for alias in node.names:
                yield Import(f"{start}.{alias.name}", node.lineno, inside)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            for name in (a.value for a in node.args[:1] if isinstance(a, ast.Constant)):
                yield Import(str(name), node.lineno, inside)
        function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        yield from imports(node, package, inside or function)


def breaches(path: str, source: str) -> list[str]:
    """What the file at `path`, relative to the root, imports and may not."""
    layer = next((name for name in LAYERS if path == name or path.startswith(f"{name}/")), None)
    if layer is None:
        return []
    own = layer.replace("/", ".")
    found = []
    for module, line, inside in imports(ast.parse(source), ".".join(Path(path).parent.parts)):
        top = module.split(".")[0]
        fine = (
            top in sys.stdlib_module_names
            or top in LAYERS[layer]
            or (layer not in ("pages", "app.py") and f"{module}.".startswith(f"{own}."))
            or (layer == "rnn_core" and inside and top in FORMATS)
        )
        if not fine:
            found.append(f"{path}:{line} imports {module}, which {layer} may not")
    return found


def committed(*suffixes: str) -> list[str]:
    """Paths that git knows or would add; in an archive without git, all files outside hidden folders."""
    git = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(git, cwd=ROOT, capture_output=True, text=True)
    paths = listed.stdout.splitlines()
    if listed.returncode != 0:
        paths = [p.relative_to(ROOT).as_posix() for p in ROOT.rglob("[!.]*")]
        paths = [p for p in paths if "/." not in f"/{p}"]
    return [p for p in paths if (ROOT / p).is_file() and (not suffixes or p.endswith(suffixes))]


def test_every_file_imports_only_what_its_layer_may():
    files = committed(".py")
    assert {"app.py", "rnn_core/bptt.py"} <= set(files)
    assert [b for f in files for b in breaches(f, (ROOT / f).read_text("utf-8"))] == []


@pytest.mark.parametrize(("path", "source"), [
    ("rnn_core/network.py", "import plotly.graph_objects as go"),
    ("rnn_core/network.py", "def late():\n    import pandas"),
    ("rnn_core/cells/lstm.py", "from ...ui import session"),
    ("rnn_core/trainer.py", "import importlib\nimportlib.import_module('streamlit')"),
    ("rnn_core/interchange.py", "import torch"),
    ("ui/figures/loss.py", "import streamlit as st"),
    ("ui/figures/loss.py", "from ui.run.session import session"),
    ("ui/figures/loss.py", "from .. import session"),
    ("ui/run/player.py", "from pages import playground"),
    ("pages/about.py", "import pages.playground"),
    ("pages/about.py", "import numpy as np"),
    ("app.py", "if True:\n    import pages"),
])
def test_a_breach_is_seen(path: str, source: str):
    assert len(breaches(path, source)) == 1


@pytest.mark.parametrize(("path", "source"), [
    ("rnn_core/cells/lstm.py", "import math\nimport numpy\nfrom .cell import Cell\nfrom .. import shapes"),
    ("rnn_core/interchange.py", "def export():\n    import onnx"),
    ("ui/figures/loss.py", "import plotly.io\nfrom rnn_core import Snapshot\nfrom . import colours"),
    ("ui/board/board.py", "import streamlit as st\nfrom ui import session\nfrom ..figures import loss"),
    ("pages/about.py", "import inspect\nimport streamlit\nimport rnn_core\nfrom ui.run.session import session"),
    ("bench/live.py", "import playwright, pages"),
])
def test_what_a_layer_may_import_is_left_alone(path: str, source: str):
    assert breaches(path, source) == []


def test_a_run_may_stand_where_there_is_no_streamlit_and_only_a_run_knows_its_trainer():
    kinds = [path for path in committed(".py") if path.startswith("ui/") and path.endswith("/run.py")]
    names = [path.removesuffix(".py").replace("/", ".") for path in (*kinds, "ui/run/elsewhere.py")]
    code = f"import {', '.join(names)}, sys\nprint([m for m in ('streamlit', 'pandas', 'plotly') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]" and len(kinds) >= 4
    for path in committed(".py"):
        if path.startswith(("ui/", "pages/")) and path not in kinds:
            reached = [n for n in ast.walk(ast.parse((ROOT / path).read_text("utf-8"))) if isinstance(n, ast.Attribute)]
            assert not {"trainer", "trainers"} & {n.attr for n in reached}, path


def branches(source: str) -> list[int]:
    """Lines that decide by a name or a type: a comparison with a string, a match on one, isinstance."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        asked: list[ast.expr] = []
        if isinstance(node, ast.Compare):
            asked = [node.left, *node.comparators]
        elif isinstance(node, ast.match_case):
            asked = [n.value for n in ast.walk(node.pattern) if isinstance(n, ast.MatchValue)]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith((".startswith", ".endswith")):
            asked = node.args
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "isinstance":
            lines.append(node.lineno)
        keys = {id(n.slice) for a in asked for n in ast.walk(a) if isinstance(n, ast.Subscript)}  # of params["W_hh"]
        constants = [n for a in asked for n in ast.walk(a) if isinstance(n, ast.Constant) and id(n) not in keys]
        lines += [n.lineno for n in constants if isinstance(n.value, str)]
    return lines


# The mathematics, a student's room, and the tasks: what their files may import of the engine.
PLAIN = {
    "cells": {"cells", "initializers", "registry", "words"},
    "bptt": {"cells"},
    "step": {"registry"},
    "losses": {"registry", "step"},
    "starts": {"registry", "words"},
    "network": {"bptt", "cells", "initializers", "losses", "starts"},
    "tasks": {"arrays", "losses", "ngrams", "registry", "tasks", "words"},
}


def imports_of_plain(path: str, source: str) -> list[str]:
    """What a file of the mathematics imports and may not; what only a type checker reads does not count."""
    room = Path(path).relative_to("rnn_core").parts[0].removesuffix(".py")
    tree = ast.parse(source)
    tree.body = [n for n in tree.body if not (isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING")]
    own = [i.module.split(".")[1] for i in imports(tree, "rnn_core") if i.module.startswith("rnn_core.")]
    return [f"{path} imports {name}" for name in own if name not in PLAIN[room]]


def test_the_mathematics_knows_nothing_of_memory_layout_tasks_or_the_run():
    files = [f for f in committed(".py") if f.startswith(("rnn_core/cells/", "rnn_core/tasks/"))]
    files += [f"rnn_core/{name}.py" for name in PLAIN.keys() - {"cells", "tasks"}]
    assert [breach for f in files for breach in imports_of_plain(f, (ROOT / f).read_text("utf-8"))] == []


@pytest.mark.parametrize(("path", "source"), [
    ("rnn_core/cells/lstm.py", "from rnn_core.fast.kernels import KERNELS"),
    ("rnn_core/bptt.py", "def late():\n    from rnn_core.fast import bptt"),
    ("rnn_core/network.py", "from rnn_core.tasks import Batch"),
    ("rnn_core/step.py", "import rnn_core.trainer"),
    ("rnn_core/tasks/memory.py", "from rnn_core.config import Config"),
])
def test_a_breach_of_the_mathematics_is_seen(path: str, source: str):
    assert len(imports_of_plain(path, source)) == 1


@pytest.mark.parametrize("path", ["rnn_core/bptt.py", "rnn_core/fast/bptt.py"])
def test_bptt_knows_no_cell_no_task_and_no_shape_by_name(path: str):
    source = (ROOT / path).read_text("utf-8")
    assert branches(source) == []
    names = {n.id for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Name)}
    assert not {"CELLS", "TASKS", "SHAPES"} & names


@pytest.mark.parametrize("line", [
    "if cell.name == 'lstm': pass",
    "if cell.name in ('lstm', 'gru'): pass",
    "x = 1 if 'c' in cell.states else 0",
    "match cell.name:\n    case 'lstm': pass",
    "if task.shape.startswith('many'): pass",
    "if isinstance(cell, LSTM): pass",
])
def test_a_branch_on_a_name_is_seen(line: str):
    assert branches(line)


def test_a_question_about_an_array_is_no_branch_on_a_name():
    assert branches('if 0 in params["W_hh"].shape: pass') == []


REGISTRY = re.compile(
    r"\b(?:(?:files\.)?pypi|pythonhosted|npmjs|(?:deb|ftp|security)\.debian|archive\.ubuntu|crates|rubygems"
    r"|conda|anaconda|yarnpkg|docker|ghcr)\.(?:org|io|com|net)\b"
)
MACHINE = re.compile(r"(?<![\w./-])/(?:root|work|home/\w+|Users/\w+)/")


def test_no_file_names_a_package_registry_or_a_path_of_one_machine():
    found = []
    for path in committed():
        text = (ROOT / path).read_bytes().decode("utf-8", "replace")
        if "\0" not in text:
            found += [f"{path}: {m.group()}" for m in [*REGISTRY.finditer(text), *MACHINE.finditer(text)]]
    assert found == []


def test_a_registry_and_a_machine_path_are_seen():
    dot, slash = ".", "/"
    hosts = [f"{name}{dot}org" for name in ("pypi", "files.pythonhosted", "deb.debian", "registry.npmjs")]
    assert all(REGISTRY.search(f"see https://{host}/simple") for host in hosts)
    assert all(MACHINE.search(f'cd "{slash}{home}{slash}x"') for home in ("root", f"home{slash}me"))
    assert not MACHINE.search("docs/work/x") and not MACHINE.search("http://a.example/home/me/")
