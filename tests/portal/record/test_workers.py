"""Jobs of a dead worker go back into the queue; jobs of a living one stay."""

import os
import socket
import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from trunghoa.portal.core.record import workers
from trunghoa.portal.core.record.models import WorkerLease

pytestmark = pytest.mark.django_db


def job(worker_id):
    return DBTaskResult.objects.create(
        status="RUNNING", task_path="x.y", args_kwargs={"args": [], "kwargs": {}}, backend_name="default",
        run_after=timezone.now(), worker_ids=[worker_id], started_at=timezone.now(),
        exception_class_path="", traceback="",
    )  # fmt: skip


def state(row):
    row.refresh_from_db()
    return row.status


def dead_pid():
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    return child.pid


def test_a_job_of_a_process_that_is_gone_is_taken_back_at_once():
    worker = f"{socket.gethostname()[:30]}:{dead_pid()}:x"
    workers.beat(worker)
    row = job(worker)
    assert workers.take_back() == 1
    assert state(row) == "READY"


def test_a_job_of_a_living_worker_stays_with_it():
    worker = workers.new_worker_id()
    assert worker.split(":")[1] == str(os.getpid())
    workers.beat(worker)
    row = job(worker)
    assert workers.take_back() == 0
    assert state(row) == "RUNNING"


def test_a_worker_elsewhere_is_dead_when_it_has_been_silent_too_long():
    workers.beat("elsewhere:1:x")
    row = job("elsewhere:1:x")
    assert workers.take_back() == 0
    WorkerLease.objects.update(alive_on=timezone.now() - workers.STALE - timedelta(seconds=1))
    assert workers.take_back() == 1
    assert state(row) == "READY"


def test_a_job_that_nobody_holds_is_taken_back():
    row = job("")
    workers.take_back()
    assert state(row) == "READY"
