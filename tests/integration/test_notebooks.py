"""The notebooks run from top to bottom on data/, define nothing, and are stored without what they showed."""

import ast
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

FOLDER = Path(__file__).parents[2] / "notebooks"
NAMES = ("01_data_and_terms", "02_channels", "03_confidence", "04_failures")
#: What a notebook needs beyond this belongs into the package.
IMPORTED = {"faqbot", "matplotlib", "numpy", "os", "pathlib"}
#: Seconds a cell may take; the slowest takes ten on two slow cores.
TIMEOUT = 300

every_notebook = pytest.mark.parametrize("name", NAMES)


def notebook(name: str) -> nbformat.NotebookNode:
    return nbformat.read(FOLDER / f"{name}.ipynb", as_version=4)


def code_cells(read: nbformat.NotebookNode) -> list[nbformat.NotebookNode]:
    return [cell for cell in read.cells if cell.cell_type == "code"]


def nodes(read: nbformat.NotebookNode) -> Iterator[ast.AST]:
    for cell in code_cells(read):
        yield from ast.walk(ast.parse(cell.source))


def packages(node: ast.AST) -> list[str]:
    """What an import statement imports, without what is inside it."""
    found = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""] if isinstance(node, ast.ImportFrom) else []
    return [name.partition(".")[0] for name in found]


def warnings_of(read: nbformat.NotebookNode) -> str:
    return "".join(output.text for cell in code_cells(read) for output in cell.outputs if output.output_type == "stream" and output.name == "stderr")


def test_every_notebook_is_tested() -> None:
    assert tuple(sorted(path.stem for path in FOLDER.glob("*.ipynb"))) == NAMES


@every_notebook
def test_a_notebook_is_valid_and_stored_without_outputs(name: str) -> None:
    read = notebook(name)
    nbformat.validate(read)
    assert [cell.id for cell in code_cells(read) if cell.outputs or cell.execution_count is not None] == []


@every_notebook
def test_a_notebook_defines_no_function_and_no_class(name: str) -> None:
    assert [node.name for node in nodes(notebook(name)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)] == []


@every_notebook
def test_a_notebook_imports_faqbot_and_what_plots_need_alone(name: str) -> None:
    assert {package for node in nodes(notebook(name)) for package in packages(node)} <= IMPORTED


@pytest.mark.slow
@every_notebook
def test_a_notebook_runs_without_an_error_and_shows_every_plot_in_korean(name: str) -> None:
    run = notebook(name)
    NotebookClient(run, timeout=TIMEOUT, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert "findfont" not in warnings_of(run)
    assert "missing from font" not in warnings_of(run)
    drawn = [output for cell in code_cells(run) for output in cell.outputs if output.output_type == "display_data"]
    assert len(drawn) == sum(cell.source.count("plt.show()") for cell in code_cells(run)) > 0
    assert all("image/png" in output.data for output in drawn)
