#!/usr/bin/env python3
"""Set trunghoa up and run it: demo, test, bench, serve. Needs nothing but Python 3.11 or newer.

Everything lives in this folder: `.venv` (the program's packages), `var` (database and documents) and
`out` (what demo and test write). Delete them to start over.
"""

import argparse
import hashlib
import json
import os
import platform
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import venv
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "trunghoa.json"
OUT = ROOT / "out"
NEEDED = (3, 11)
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadscope", "--no-loadscope-reorder")
QUIET_MKDOCS = {"NO_MKDOCS_2_WARNING": "1"}

if sys.version_info < NEEDED:
    newer = next((n for n in ("python3.13", "python3.12", "python3.11") if shutil.which(n)), None)
    advice = (
        f"Run it as: {newer} run.py ..." if newer else "Install Python 3.11 or newer and run it with that."
    )
    sys.exit(f"run.py needs Python 3.11 or newer; this is {platform.python_version()}. {advice}")


class Stop(Exception):
    """Something that the person at the keyboard has to know, with what to do about it."""


def main(argv: list[str]) -> int:
    arguments, rest = parser().parse_known_args(argv)
    if rest and arguments.command != "test":
        parser().error("unknown argument: " + " ".join(rest))
    os.chdir(ROOT)
    try:
        return int(arguments.act(arguments, rest) or 0)
    except Stop as stop:
        print(f"\nrun.py: {stop}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="run.py", description=__doc__.splitlines()[0])
    commands = top.add_subparsers(dest="command", required=True, metavar="demo | test | bench | serve")
    demo_ = commands.add_parser(
        "demo", help="install, load Viet Nam, run every kernel, write the reports, serve"
    )
    demo_.add_argument("--no-serve", action="store_true", help="stop after the reports are written to out/")
    demo_.add_argument("--port", type=int, default=8000)
    demo_.set_defaults(act=demo)
    test_ = commands.add_parser(
        "test",
        allow_abbrev=False,
        help="install what tests need and run every check",
        epilog="Anything else is handed to pytest, and then only pytest runs: run.py test tests/landfill -x",
    )
    test_.add_argument("--fast", action="store_true", help="leave out the browser and PostgreSQL")
    test_.set_defaults(act=test)
    bench_ = commands.add_parser(
        "bench", help="measure each kernel against a named peer and against the bound"
    )
    bench_.add_argument("names", nargs="*", help="only the benchmarks whose name contains one of these")
    bench_.set_defaults(act=bench)
    serve_ = commands.add_parser("serve", help="serve what demo loaded, without loading again")
    serve_.add_argument("--port", type=int, default=8000)
    serve_.set_defaults(act=serve)
    return top


class Checks:
    """What was run, how it ended and how long it took."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str]] = []

    def run(self, name: str, command: list[str], extra: dict[str, str] | None = None) -> None:
        print(f"\n==> {name}", flush=True)
        began = time.monotonic()
        code = call(command, extra)
        self.rows.append((name, "FAILED" if code else "ok", f"{time.monotonic() - began:6.1f} s"))
        print(f"    {self.rows[-1][1]}, {self.rows[-1][2].strip()}", flush=True)

    def run_together(self, commands: list[tuple[str, list[str], dict[str, str] | None]]) -> None:
        """Short ones that each use one processor; what one says is printed when it has ended."""

        def ended(given: tuple[str, list[str], dict[str, str] | None]) -> tuple[str, str, int, float]:
            name, command, extra = given
            began = time.monotonic()
            done = subprocess.run(
                command, cwd=ROOT, env=environment(extra), text=True, check=False,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
            return name, done.stdout.strip(), done.returncode, time.monotonic() - began

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            for name, said, code, seconds in pool.map(ended, commands):
                self.rows.append((name, "FAILED" if code else "ok", f"{seconds:6.1f} s"))
                print(f"\n==> {name}" + (f"\n{said}" if said else ""))
                print(f"    {self.rows[-1][1]}, {seconds:.1f} s", flush=True)

    def skip(self, name: str, why: str) -> None:
        print(f"\n==> {name}\n    skipped: {why}", flush=True)
        self.rows.append((name, "skipped", why))

    def fail(self, name: str, why: str) -> None:
        print(f"\n==> {name}\n    FAILED: {why}", flush=True)
        self.rows.append((name, "FAILED", why))

    def summary(self) -> int:
        print("\n" + "-" * 60)
        for name, outcome, detail in self.rows:
            print(f"{name:24} {outcome:8} {detail}")
        failed = [name for name, outcome, _ in self.rows if outcome == "FAILED"]
        print("Failed: " + ", ".join(failed) if failed else "Everything that ran passed.", flush=True)
        return 1 if failed else 0


# ---------------------------------------------------------------------------------------------- commands


def demo(arguments: argparse.Namespace, _: list[str]) -> int:
    began = time.monotonic()
    if not arguments.no_serve:
        refuse_a_taken_port(arguments.port)
    install("base")
    must("Compile the translations", manage("compile"), portal(), quiet=True)
    must("Load Viet Nam, run the kernels, write the reports", manage("demo", "--out", str(OUT)), portal())
    print(f"\nReady after {time.monotonic() - began:.0f} s. The reports are in {OUT}.", flush=True)
    if arguments.no_serve:
        print("To look at the pages: python3 run.py serve")
        return 0
    return serve(arguments, [])


def serve(arguments: argparse.Namespace, _: list[str]) -> int:
    refuse_a_taken_port(arguments.port)
    install("base")
    print(f"\nOpen http://127.0.0.1:{arguments.port}/  (Ctrl+C stops it)\n", flush=True)
    return call(manage("serve", "--port", str(arguments.port)), portal())


def bench(arguments: argparse.Namespace, _: list[str]) -> int:
    found = sorted(p for p in (ROOT / "benchmarks").glob("*.py") if not p.stem.startswith("_"))
    chosen = [p for p in found if not arguments.names or any(n in p.stem for n in arguments.names)]
    if not chosen:
        raise Stop("No such benchmark. There are: " + (", ".join(p.stem for p in found) or "none yet") + ".")
    install("base")
    failed = 0
    for path in chosen:
        print(f"\n==> {path.stem}", flush=True)
        failed += call([str(PYTHON), str(path)], portal()) != 0
    return 1 if failed else 0


def test(arguments: argparse.Namespace, rest: list[str]) -> int:
    install("dev")
    must("Compile the translations", manage("compile"), portal(), quiet=True)
    checks = Checks()
    if rest:
        checks.run("pytest", pytest(*rest))
        return checks.summary()
    checks.run_together(
        [
            ("mypy", tool("mypy"), None),
            ("ruff check", tool("ruff", "check"), None),
            ("ruff format", tool("ruff", "format", "--check", "--quiet"), None),
            ("import-linter", tool("lint-imports"), None),
            ("documentation", tool("mkdocs", "build", "-sq", "--site-dir", str(OUT / "site")), QUIET_MKDOCS),
            ("translations", manage("messages", "--check"), portal()),
            ("deployment settings", manage("check", "--deploy", "--fail-level", "WARNING"), deployment()),
            ("migrations", manage("makemigrations", "--check", "--dry-run"), portal()),
        ]
    )
    checks.run("tests", pytest(*SIDE_BY_SIDE, "-m", "not browser"))
    postgresql_and_browser(checks, arguments.fast)
    return checks.summary()


def postgresql_and_browser(checks: Checks, fast: bool) -> None:
    if fast:
        checks.skip("tests on PostgreSQL", "--fast")
        checks.skip("tests in the browser", "--fast")
        return
    server = os.environ.get("TRUNGHOA_TEST_POSTGRES") or "postgresql://postgres@127.0.0.1:5432"
    trouble = postgresql_trouble(server)
    if not trouble:
        database = f"{server.rstrip('/')}/trunghoa_{secrets.token_hex(4)}"
        command = pytest(*SIDE_BY_SIDE, "-m", "database and not browser")
        checks.run("tests on PostgreSQL", command, {"DATABASE_URL": database})
    elif "TRUNGHOA_TEST_POSTGRES" in os.environ:
        checks.fail("tests on PostgreSQL", trouble)
    else:
        checks.skip("tests on PostgreSQL", trouble + " Name a server in TRUNGHOA_TEST_POSTGRES.")
    trouble = browser_trouble()
    if trouble:
        checks.skip("tests in the browser", trouble)
    else:
        checks.run("tests in the browser", pytest(*SIDE_BY_SIDE, "--maxprocesses", "4", "-m", "browser"))


# --------------------------------------------------------------------------------------------- installing


def install(which: str) -> None:
    """Bring `.venv` to the pinned packages of requirements/base.txt or dev.txt; do nothing if it is there."""
    make_venv()
    have = stamp()
    want = wanted(which)
    # The tests' packages include the program's, so a demo after a test has nothing to take away.
    if which == "base" and have.get("which") == "dev" and have.get("base") == want["base"]:
        want = wanted("dev")
    if have == want:
        return
    if {**have, "package": ""} != {**want, "package": ""}:
        STAMP.unlink(missing_ok=True)
        packages(ROOT / "requirements" / f"{want['which']}.txt")
    # Beside uv stands the pinned build backend; without uv, pip fetches one for the moment.
    backend = ["--no-build-isolation"] if uv().exists() else []
    editable = ["install", "--no-deps", *backend, "--quiet", "--editable", str(ROOT)]
    must("Install trunghoa itself", [*installer(), *editable], quiet=True)
    STAMP.write_text(json.dumps(want, indent=1) + "\n", encoding="utf-8")


def wanted(which: str) -> dict[str, str]:
    def digest(path: str) -> str:
        return hashlib.sha256((ROOT / path).read_bytes()).hexdigest()

    return {
        "which": which,
        "base": digest("requirements/base.txt"),
        "requirements": digest(f"requirements/{which}.txt"),
        "package": digest("pyproject.toml"),
        "root": str(ROOT),
        "python": (VENV / "pyvenv.cfg").read_text(encoding="utf-8"),
    }


def stamp() -> dict[str, str]:
    try:
        return dict(json.loads(STAMP.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def make_venv() -> None:
    if PYTHON.exists() and stamp().get("root", str(ROOT)) == str(ROOT) and runs(PYTHON):
        return
    began = step("Make .venv")
    try:
        venv.create(VENV, with_pip=True, clear=True)
    except (subprocess.CalledProcessError, OSError) as error:
        hint = "On Debian or Ubuntu: apt-get install python3-venv." if shutil.which("apt-get") else ""
        raise Stop(f"Could not make {VENV}: {error}. {hint}") from error
    done(began)


def runs(python: Path) -> bool:
    probe = [str(python), "-c", f"import sys, pip; sys.exit(sys.version_info < {NEEDED})"]
    return subprocess.run(probe, capture_output=True, check=False).returncode == 0


def packages(requirements: Path) -> None:
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
        "-r",
    ]
    first = str(ROOT / "requirements" / "install.txt")
    began = step("Install the installer")
    tried = subprocess.run([*pip, first], capture_output=True, text=True, check=False)
    done(began)
    count = requirements.read_text(encoding="utf-8").count("==")
    if tried.returncode == 0 and uv().exists():
        command = [*installer(), "sync", "--require-hashes", "--quiet", str(requirements), first]
        must(f"Install up to {count} pinned packages with uv", command, quiet=True)
    else:
        print("    uv cannot be had here; pip does the same in some minutes.")
        must(f"Install up to {count} pinned packages with pip", [*pip, str(requirements)], quiet=True)


def uv() -> Path:
    return BIN / ("uv.exe" if os.name == "nt" else "uv")


def installer() -> list[str]:
    return [str(uv()), "pip"] if uv().exists() else [str(PYTHON), "-m", "pip"]


# ------------------------------------------------------------------------------------- what tests stand on


def postgresql_trouble(server: str) -> str:
    """Empty when a server answers at the address, else what is wrong."""
    code = "import sys, psycopg; psycopg.connect(sys.argv[1] + '/postgres', connect_timeout=3).close()"
    tried = subprocess.run(
        [str(PYTHON), "-c", code, server.rstrip("/")], capture_output=True, text=True, check=False
    )
    return "" if tried.returncode == 0 else f"No PostgreSQL answers at {server}."


def browser_trouble() -> str:
    """Empty when Chromium is there, after installing it where that may be done without asking."""
    if chromium():
        return ""
    debian = ["chromium", "fonts-noto-core", "fonts-noto-cjk"]
    by_hand = "Install Chromium (Debian, Ubuntu: sudo apt-get install " + " ".join(debian) + ")."
    if not shutil.which("apt-get") or not hasattr(os, "geteuid") or os.geteuid() != 0:
        return by_hand
    began = step("Install Chromium and fonts")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *debian]):
        tried = subprocess.run(
            ["apt-get", "-qq", *command], env=quiet, capture_output=True, text=True, check=False
        )
        if tried.returncode:
            return f"apt-get {command[0]} failed: {tried.stderr.strip()[-300:]} {by_hand}"
    done(began)
    return "" if chromium() else by_hand


def chromium() -> str | None:
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for path in map(shutil.which, names) if path), None)


# ------------------------------------------------------------------------------------------- running things


def portal() -> dict[str, str]:
    """The environment of a demo on this machine; what is already set in the shell stands."""
    given = os.environ
    demo = {} if "SECRET_KEY" in given or "SECRET_KEY_FILE" in given else {"TRUNGHOA_DEMO": "true"}
    return {
        "TRUNGHOA_VAR": str(ROOT / "var"),
        **demo,
        **{k: v for k, v in given.items() if k.startswith("TRUNGHOA_")},
    }


def deployment() -> dict[str, str]:
    """A deployment's environment, to see that its settings are safe."""
    return {
        "TRUNGHOA_DEMO": "false",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "TRUNGHOA_VAR": str(ROOT / "var"),
    }


def manage(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "trunghoa.portal.manage", *arguments]


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def pytest(*arguments: str) -> list[str]:
    return [str(PYTHON), "-m", "pytest", *arguments]


def call(command: list[str], extra: dict[str, str] | None = None) -> int:
    """Run in the foreground; its lines appear as they come."""
    process = subprocess.Popen(command, env=environment(extra), cwd=ROOT)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        return process.wait()
    except KeyboardInterrupt:
        # The terminal has told the child too; let it put its things away.
        process.wait(timeout=20)
        raise


def must(what: str, command: list[str], extra: dict[str, str] | None = None, quiet: bool = False) -> None:
    began = step(what)
    if quiet:
        tried = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment(extra)
        )
        if tried.returncode:
            said = (tried.stdout + tried.stderr).strip()[-3000:]
            raise Stop(
                f"{what} failed.\n{said}\nRun the same command again once this is mended; nothing is lost."
            )
    elif call(command, extra):
        raise Stop(f"{what} failed; the lines above say why. Delete {ROOT / 'var'} to start from nothing.")
    done(began)


def environment(extra: dict[str, str] | None) -> dict[str, str]:
    """The shell's, with what the command needs besides; uv asks VIRTUAL_ENV which environment to fill."""
    return {**os.environ, "VIRTUAL_ENV": str(VENV), "PYTHONUTF8": "1", **(extra or {})}


def step(what: str) -> float:
    print(f"==> {what}", flush=True)
    return time.monotonic()


def done(began: float) -> None:
    print(f"    {time.monotonic() - began:.1f} s", flush=True)


def refuse_a_taken_port(port: int) -> None:
    with socket.socket() as probe:
        probe.settimeout(1)
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise Stop(f"Port {port} is taken. Choose another, such as --port {port + 1}.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
