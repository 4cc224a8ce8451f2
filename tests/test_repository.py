"""What holds for every file of the project, whoever adds it."""

from __future__ import annotations

import ast
import csv
import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "trunghoa"
KERNELS = ("inventory", "landfill", "fgas", "pathways", "crediting", "climate", "warning")
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".in",
    ".csv",
    ".html",
    ".css",
    ".js",
    ".json",
    ".yml",
    ".yaml",
    ".po",
    ".sh",
    "",
}
VENDORED = {"tests/browser/axe.min.js"}
MADE = {".git", ".venv", "var", "out", "site", "__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache"}
# In two halves, so that the words do not stand in this file either.
HOSTS = [
    "py" + "pi.org",
    "python" + "hosted.org",
    "registry." + "npmjs",
    "npm" + "js.com",
    "yarn" + "pkg.com",
]
HOSTS += [
    "con" + "da.io",
    "jsde" + "livr.net",
    "unp" + "kg.com",
    "cdn" + "js.cloud",
    "fonts.goo" + "gleapis",
    "fonts.gst" + "atic",
]
MACHINE = [r"/wo" + "rk/", r"/ro" + "ot/", r"/ho" + r"me/\w", r"/Us" + "ers/", r"[A-Z]:\\\\Us" + "ers"]
UNFINISHED = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "NotImplemented" + "Error"]
INDEX = [r"--(extra-)?index" + "-url", "--find" + "-links", '"resol' + 'ved":']


@cache
def files() -> tuple[Path, ...]:
    """What the repository holds, and what is about to be added to it."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        paths = [ROOT / line for line in listed.stdout.splitlines()]
    else:  # an unpacked archive
        paths = [path for path in ROOT.rglob("*") if not MADE & set(path.relative_to(ROOT).parts)]
    return tuple(p for p in sorted(paths) if p.is_file() and p.relative_to(ROOT).as_posix() not in VENDORED)


@cache
def text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.suffix in TEXT else ""


def found(patterns: list[str], among: set[str] | None = None) -> list[str]:
    expression = re.compile("|".join(patterns))
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in files()
        if among is None or path.suffix in among
        for number, line in enumerate(text(path).splitlines(), 1)
        if expression.search(line)
    ]


def test_no_file_names_a_package_registry_or_a_content_network() -> None:
    assert found([re.escape(host) for host in HOSTS]) == []


def test_no_file_names_a_path_of_somebodys_machine() -> None:
    assert found(MACHINE) == []


def test_nothing_is_left_unfinished() -> None:
    assert (
        found([rf"\b{word}\b" for word in UNFINISHED], {".py", ".html", ".css", ".js", ".md", ".toml"}) == []
    )


def test_no_lock_file_records_where_packages_came_from() -> None:
    names = {path.name for path in files()}
    assert not names & {"uv.lock", "poetry.lock", "Pipfile.lock", "package-lock.json", "yarn.lock"}
    # pyproject's own prose and this file's patterns are not lock files.
    assert [hit for hit in found(INDEX, {".txt", ".toml", ".json", ".in"}) if "no-emit" not in hit] == []


def test_no_program_file_is_longer_than_600_lines() -> None:
    code = {".py", ".html", ".css", ".js"}
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files()
        if path.suffix in code and "migrations" not in path.parts and (lines := text(path).count("\n")) > 600
    }
    assert long == {}


@pytest.mark.parametrize("name", ["base", "dev", "install"])
def test_every_requirement_is_pinned_with_hashes(name: str) -> None:
    entries = re.split(r"\n(?=\S)", (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8"))
    packages = [entry for entry in entries if entry and not entry.startswith("#")]
    assert packages
    for entry in packages:
        assert re.match(r"[A-Za-z0-9._-]+(\[.*\])?==\S+", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]
        assert "://" not in entry, entry[:80]


def test_programs_and_tests_stand_on_the_same_versions() -> None:
    base, dev = pins("base"), pins("dev")
    assert base
    assert {name: dev.get(name) for name in base} == base


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")
    return dict(re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*\])?==(\S+)", lines, re.MULTILINE))


def test_every_command_in_the_readme_is_one_that_run_py_knows() -> None:
    shown = re.findall(r"run\.py (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"))
    known = set(re.findall(r'add_parser\(\s*"(\w+)"', (ROOT / "run.py").read_text(encoding="utf-8")))
    assert {"demo", "test"} <= set(shown) <= known


def test_ci_runs_the_command_of_the_readme() -> None:
    assert "python3 run.py test" in (ROOT / ".ci/run").read_text(encoding="utf-8")
    assert "python3 run.py test" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111


def test_every_file_that_a_page_of_the_documentation_points_to_exists() -> None:
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    missing = [
        f"{page.relative_to(ROOT)} → {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text(page))
        if not (page.parent / target).exists()
    ]
    assert missing == []


def test_the_documented_settings_are_those_that_are_read() -> None:
    page = (ROOT / "docs/guide/administrator.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", page, re.MULTILINE))
    settings = (SOURCE / "portal/settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r'environment\.(?:text|flag|number)\(\s*"([A-Z_]+)"', settings))
    # DEBUG is for developers and must never be set where others are served.
    assert documented == read - {"DEBUG"}


def test_the_documented_management_commands_exist() -> None:
    pages = "\n".join(text(page) for page in files() if page.suffix == ".md")
    named = set(re.findall(r"trunghoa\.portal\.manage (\w+)", pages))
    ours = {path.stem for path in SOURCE.glob("portal/**/management/commands/*.py")}
    assert named
    assert named <= ours | {"migrate", "collectstatic", "check", "createsuperuser"}


def test_the_documented_commands_of_the_program_exist() -> None:
    from typer.main import get_command

    from trunghoa.cli import app

    pages = "\n".join(text(page) for page in files() if page.suffix == ".md")
    named = {
        command.split()[0].strip("`")
        for command in re.findall(r"(?:^|[`/])trunghoa ([a-z].*)$", pages, re.MULTILINE)
    }
    assert {"run", "landfill"} <= named
    assert named <= set(get_command(app).commands)  # type: ignore[attr-defined]


def kernel_modules() -> list[Path]:
    """The face of every kernel and of what all kernels stand on."""
    packages = [SOURCE / name / "__init__.py" for name in (*KERNELS, "quantities", "parameters")]
    return [path for path in packages if path.exists()]


@pytest.mark.parametrize("package", kernel_modules(), ids=lambda p: p.parent.name)
def test_every_public_name_says_what_it_is(package: Path) -> None:
    module = ast.parse(text(package))
    public = {
        name.value
        for node in module.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__"
        for name in ast.walk(node.value)
        if isinstance(name, ast.Constant)
    }
    assert public, f"{package.parent.name} declares no public names"
    assert ast.get_docstring(module)
    undocumented = {
        node.name
        for path in package.parent.glob("*.py")
        for node in ast.parse(text(path)).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not ast.get_docstring(node)
    }
    assert public & undocumented == set()


def parameter_tables() -> list[Path]:
    return sorted((SOURCE / "data" / "parameters").glob("*.csv"))


@pytest.mark.parametrize("table", parameter_tables(), ids=lambda p: p.stem)
def test_every_parameter_has_a_source_and_says_whether_it_was_checked(table: Path) -> None:
    from trunghoa.parameters import read_table

    rows = list(read_table(table))
    assert rows
    assert all(row.source and row.quality for row in rows)


def test_the_parameter_tables_load_together() -> None:
    from trunghoa.parameters import Parameters

    assert Parameters.load().names() == [table.stem for table in parameter_tables()]


def templates() -> list[Path]:
    return [path for path in files() if path.suffix == ".html" and SOURCE in path.parents]


def test_no_template_breaks_the_content_policy() -> None:
    inline = re.compile(
        r"""\sstyle\s*=|<style\b|\son[a-z]+\s*=\s*["']|javascript:|\bdata:[a-z]+/|<script(?![^>]*\bsrc=)(?![^>]*application/json)""",
        re.IGNORECASE,
    )
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"
        for path in templates()
        for number, line in enumerate(text(path).splitlines(), 1)
        if inline.search(line)
    ]
    assert faults == []


def test_no_number_is_typed_into_a_template() -> None:
    """Figures come from the record; a digit in a page's prose would be a number that nobody can trace."""
    prose = re.compile(
        r'{%\s*(?:translate|trans)\s+"([^"]*)"|{%\s*blocktranslate\b[^%]*%}(.*?){%\s*endblocktranslate',
        re.DOTALL,
    )
    allowed = re.compile(
        r"CO[2₂]e?|CH[4₄]|\b(2006|2019) (IPCC|Refinement)|IPCC (2006|2019)|SHA-256|TN_PM001|TOOL04|95 %|S\d+"
        # What a law or decision is called, and where in it.
        r"|Article 6(\.2)?|[Dd]ecision 2/CMA\.3|para \d+|Decree 112/2026|art\. \d+|table 4"
    )
    faults = [
        f"{path.relative_to(ROOT)}: {words.strip()[:100]}"
        for path in templates()
        for groups in prose.findall(text(path))
        for words in groups
        if re.search(r"\d", allowed.sub("", re.sub(r"{{.*?}}", "", words)))
    ]
    assert faults == []


@pytest.mark.parametrize("path", [p for p in files() if p.suffix == ".csv"], ids=lambda p: p.name)
def test_every_table_has_as_many_cells_in_each_row_as_columns(path: Path) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.reader(stream))
    assert [number for number, row in enumerate(rows, 1) if len(row) != len(rows[0])] == []
