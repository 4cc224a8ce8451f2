"""A process beside the web worker that draws, so that the worker never loads a chart engine.

It is started when something is first to be drawn, takes one order at a time through its standard input
and ends when that closes or nothing was asked for a while.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import select
import struct
import subprocess
import sys
import threading
from typing import IO, Any

from .errors import DrawingError

IDLE_SECONDS = 300.0
LIMIT_SECONDS = 60.0
_LENGTH = struct.Struct(">I")


def _send(stream: IO[bytes], message: Any) -> None:
    body = pickle.dumps(message)
    stream.write(_LENGTH.pack(len(body)) + body)
    stream.flush()


def _receive(stream: IO[bytes]) -> Any:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    # Only this program is at the other end of the pipe.
    return pickle.loads(stream.read(_LENGTH.unpack(head)[0]))  # noqa: S301


class _Beside:
    """The process, restarted when it has gone, and never shared with a forked copy of this one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0

    def _running(self) -> subprocess.Popen[bytes]:
        process = self._process
        if process is None or self._owner != os.getpid() or process.poll() is not None:
            command = [sys.executable, "-m", __name__]
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
            self._process, self._owner = process, os.getpid()
        return process

    def _ask_once(self, order: bytes) -> Any:
        process = self._running()
        assert process.stdin is not None  # noqa: S101 - both are pipes
        assert process.stdout is not None  # noqa: S101
        watch = threading.Timer(LIMIT_SECONDS, process.kill)
        watch.start()
        try:
            process.stdin.write(_LENGTH.pack(len(order)) + order)
            process.stdin.flush()
            return _receive(process.stdout)
        except (EOFError, BrokenPipeError):
            # It is ending, though it may not have ended yet.
            self._process = None
            raise
        finally:
            watch.cancel()

    def ask(self, order: bytes) -> Any:
        with self._lock:
            # It may have ended for want of work just now: then one new one is started.
            with contextlib.suppress(EOFError, BrokenPipeError):
                return self._ask_once(order)
            try:
                return self._ask_once(order)
            except (EOFError, BrokenPipeError):
                raise DrawingError(
                    "The chart engine ended without drawing; see its messages in the log."
                ) from None


_beside = _Beside()


def draw(chart: Any, *, title: str, description: str, lang: str) -> str:
    """Have a chart drawn in the other process. ``chart`` is a partial of a builder or a Vega-Lite text."""
    words = {"title": title, "description": description, "lang": lang}
    good, answer = _beside.ask(pickle.dumps((chart, words)))
    if not good:
        raise DrawingError(answer)
    return answer


def _serve(orders: IO[bytes], answers: IO[bytes]) -> None:
    import django

    # Builders of a system may stand in modules that know its tables.
    django.setup()
    from .engine import draw as draw_here

    while select.select([orders], [], [], IDLE_SECONDS)[0]:
        try:
            chart, words = _receive(orders)
        except EOFError:
            return
        try:
            answer = (True, str(draw_here(chart, **words)))
        except Exception as error:  # whatever it was, the page must learn it
            answer = (
                False,
                f"{type(error).__name__}: {error}" if not isinstance(error, DrawingError) else str(error),
            )
        _send(answers, answer)


if __name__ == "__main__":
    # Whatever a library prints must not get between the answers.
    pipe = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _serve(os.fdopen(0, "rb", buffering=0), pipe)
