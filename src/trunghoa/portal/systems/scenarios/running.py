"""A solve in a process of its own: watched, limited, stopped when somebody says so.

The worker that waits for it does nothing else, so the pages stay as quick as ever; what the process takes is
given back whatever becomes of it.
"""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

# The process that serves each kind of model.
JOBS = {"enduse": "trunghoa.pathways.enduse.job", "osemosys": "trunghoa.pathways.osemosys.job"}
LOOK = 0.25  # seconds between two looks at the process
ASK = 0.5  # and between two looks at whether it is to stop


class EndedError(Exception):
    """The process ended without a result; ``how`` is cancelled, time, memory or crashed."""

    def __init__(self, how: str, detail: str = "") -> None:
        self.how, self.detail = how, detail
        super().__init__(f"{how} {detail}".strip())


def solve(
    order: dict[str, Any],
    *,
    kind: str = "enduse",
    seconds: float,
    memory: int,
    hear: Callable[[dict[str, Any]], None],
    stopped: Callable[[], bool],
) -> dict[str, Any]:
    """Have an order served in another process.

    ``hear`` gets each message on the way; ``seconds`` and ``memory`` (bytes) are what it may take.

    Raises
    ------
    EndedError
        when it was stopped, took too much, or ended without an answer.
    """
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryFile("w+", encoding="utf-8") as errors:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", JOBS[kind]],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        try:
            return _watch(process, {**order, "memory": memory, "nice": 5}, seconds, memory, hear, stopped)
        except EndedError as error:
            if error.how == "crashed":
                errors.seek(0)
                error.detail = errors.read()[-2000:].strip() or error.detail
            raise
        finally:
            if process.poll() is None:
                process.kill()
            process.wait()


def _watch(
    process: "subprocess.Popen[str]",
    order: dict[str, Any],
    seconds: float,
    memory: int,
    hear: Callable[[dict[str, Any]], None],
    stopped: Callable[[], bool],
) -> dict[str, Any]:
    lines: queue.Queue[str | None] = queue.Queue()
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    threading.Thread(target=_write, args=(process.stdin, json.dumps(order)), daemon=True).start()
    threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
    end, asked = time.monotonic() + seconds, 0.0
    while True:
        now = time.monotonic()
        if now > end:
            raise EndedError("time")
        if resident(process.pid) > memory:
            raise EndedError("memory")
        if now - asked >= ASK:
            asked = now
            if stopped():
                raise EndedError("cancelled")
        try:
            line = lines.get(timeout=LOOK)
        except queue.Empty:
            continue
        if line is None:
            raise EndedError("crashed", f"exit status {process.wait()}")
        message = json.loads(line)
        if message.get("memory"):
            raise EndedError("memory")
        if "result" in message or "problems" in message:
            return message
        hear(message)


def _write(stream: IO[str], text: str) -> None:
    try:
        with stream:
            stream.write(text)
    except BrokenPipeError:
        return  # it ended early, which the reader notices


def _read(stream: IO[str], lines: "queue.Queue[str | None]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def resident(pid: int) -> int:
    """Bytes of memory that a process holds; 0 where the system does not tell or it has ended."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except (OSError, IndexError):
        return 0
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
