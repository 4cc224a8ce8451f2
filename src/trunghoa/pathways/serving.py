"""A process that serves one order: JSON in on its standard input, lines of JSON out on its standard output.

It can be stopped and limited without harm to who asked for it. Lines are ``{"done": 2, "of": 7}``,
``{"log": "…"}`` and, last, ``{"result": {…}}``, ``{"problems": [{…}, …]}`` or ``{"memory": true}``.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import IO, Any

from trunghoa.quantities import InputError, Problem, TrungHoaError

Say = Callable[[dict[str, Any]], None]
Serve = Callable[[Mapping[str, Any], Say], dict[str, Any]]


def main(serve: Serve, orders: IO[str], answers: IO[str]) -> int:
    """Serve one order; 0 when it was answered, whatever the answer."""

    def say(message: dict[str, Any]) -> None:
        answers.write(json.dumps(message, ensure_ascii=False, default=str) + "\n")
        answers.flush()

    order = json.loads(orders.read())
    _limit(int(order.get("memory", 0)))
    if order.get("nice"):
        os.nice(int(order["nice"]))
    try:
        say({"result": serve(order, say)})
    except InputError as error:
        say({"problems": [asdict(p) for p in error.problems]})
    except TrungHoaError as error:
        say({"problems": [asdict(Problem(str(error).replace("%", "%%")))]})
    except MemoryError:
        say({"memory": True})
    return 0


def _limit(memory: int) -> None:
    """Let the system refuse more address space; libraries reserve about a gigabyte that they never use."""
    if not memory:
        return
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        room = memory + 2**30
        resource.setrlimit(resource.RLIMIT_AS, (room, room))


def run(serve: Serve) -> int:
    """The whole process: whatever a library prints must not get between the answers."""
    with os.fdopen(os.dup(1), "w", encoding="utf-8") as pipe:
        os.dup2(2, 1)
        return main(serve, sys.stdin, pipe)
