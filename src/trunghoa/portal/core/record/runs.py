"""Runs of kernels: asked for once, done once, whatever happens to the worker in between."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.utils import timezone

from trunghoa.portal.core.accounts.models import User
from trunghoa.portal.core.audit import bulk, context
from trunghoa.quantities import Figure as FigureValue
from trunghoa.quantities import InputError, TrungHoaError

from . import figures
from .models import Place, Run

Progress = Callable[[int, str], None]


def fingerprint(inputs: Any) -> str:
    """Hash of inputs that does not depend on the order in which they were written down."""
    canonical = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(canonical.encode()).hexdigest()


def request(
    kernel: str,
    *,
    version: str,
    parameters_version: str,
    inputs: Any,
    place: Place | None = None,
    seed: int | None = None,
    by: User | None = None,
) -> tuple[Run, bool]:
    """Find or make the run of these inputs; the flag says whether somebody still has to execute it."""
    run, _ = Run.objects.get_or_create(
        kernel=kernel,
        version=version,
        parameters_version=parameters_version,
        inputs_sha256=fingerprint(inputs),
        defaults={"inputs": inputs, "place": place, "seed": seed, "requested_by": by},
    )
    if run.state == Run.State.FAILED:
        bulk.update(Run.objects.filter(pk=run.pk), state=Run.State.QUEUED, progress=0, message={})
        run.refresh_from_db()
    return run, run.state != Run.State.DONE


def reporter(run: Run) -> Progress:
    """A function a kernel calls with per cent and a message; writes at most five times a second."""
    last = 0.0

    def report(per_cent: int, message: str) -> None:
        nonlocal last
        if per_cent < 100 and time.monotonic() - last < 0.2:
            return
        last = time.monotonic()
        Run.objects.filter(pk=run.pk).update(progress=min(max(per_cent, 0), 99), message={"text": message})

    return report


def execute(
    run: Run,
    kernel: Callable[[Progress], tuple[list[FigureValue], list[dict[str, Any]]]],
    *,
    after: Callable[[Run], None] | None = None,
) -> Run:
    """Execute a run; figures, parameters and the word "done" are committed together or not at all.

    ``kernel`` gets a progress function and returns the figures and the parameters it used. A second
    execution of a finished run does nothing, so a job that is delivered twice counts once.
    """
    if run.state == Run.State.DONE:
        return run
    began = time.perf_counter()
    running = {"state": Run.State.RUNNING, "started_on": timezone.now(), "progress": 0, "message": {}}
    with context.acting(run.requested_by):
        bulk.update(Run.objects.filter(pk=run.pk), **running)
        return _finish(run, kernel, after, began)


def _finish(
    run: Run,
    kernel: Callable[[Progress], tuple[list[FigureValue], list[dict[str, Any]]]],
    after: Callable[[Run], None] | None,
    began: float,
) -> Run:
    try:
        values, parameters = kernel(reporter(run))
        with transaction.atomic():
            locked = Run.objects.select_for_update().get(pk=run.pk)
            if locked.state == Run.State.DONE:
                return locked
            figures.put(values, run=locked, withdraw_from=locked.place)
            locked.parameters = parameters
            locked.state = Run.State.DONE
            locked.progress = 100
            locked.message = {}
            locked.seconds = time.perf_counter() - began
            locked.finished_on = timezone.now()
            locked.save()
            if after is not None:
                after(locked)
            return locked
    except TrungHoaError as error:
        _fail(run, error)
        raise


def _fail(run: Run, error: TrungHoaError) -> None:
    problems = [str(p) for p in error.problems] if isinstance(error, InputError) else [str(error)]
    failed = {"state": Run.State.FAILED, "finished_on": timezone.now(), "message": {"problems": problems}}
    bulk.update(Run.objects.filter(pk=run.pk), **failed)
