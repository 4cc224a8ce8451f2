"""Jobs survive their worker: what a dead worker held is given to the next one."""

import os
import secrets
import socket
import threading
from datetime import timedelta

from django.db import close_old_connections, connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from .models import WorkerLease

BEAT = 5  # seconds
STALE = timedelta(seconds=4 * BEAT)


def new_worker_id() -> str:
    return f"{socket.gethostname()[:30]}:{os.getpid()}:{secrets.token_hex(4)}"


def beat(worker_id: str) -> None:
    WorkerLease.objects.update_or_create(worker_id=worker_id, defaults={"alive_on": timezone.now()})


def is_dead(worker_id: str) -> bool:
    """A worker on this machine is dead when its process is; elsewhere, when it has been silent too long."""
    host, _, rest = worker_id.partition(":")
    pid = rest.partition(":")[0]
    if host == socket.gethostname()[:30] and pid.isdigit():
        try:
            os.kill(int(pid), 0)
        except ProcessLookupError:
            return True
        except PermissionError:
            pass
    lease = WorkerLease.objects.filter(worker_id=worker_id).first()
    return lease is None or timezone.now() - lease.alive_on > STALE


def take_back() -> int:
    """Put the jobs of dead workers back in the queue; returns how many."""
    count = 0
    for job in DBTaskResult.objects.running():
        holder = job.worker_ids[-1] if job.worker_ids else ""
        if is_dead(holder):
            with transaction.atomic():
                count += DBTaskResult.objects.filter(pk=job.pk, status="RUNNING").update(
                    status="READY", started_at=None
                )
            WorkerLease.objects.filter(worker_id=holder).delete()
    return count


class Heartbeat(threading.Thread):
    """Says every few seconds that the worker lives, and looks for others that do not."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(daemon=True, name="heartbeat")
        self.worker_id = worker_id
        self.stopped = threading.Event()

    def run(self) -> None:
        while not self.stopped.is_set():
            close_old_connections()
            beat(self.worker_id)
            take_back()
            self.stopped.wait(BEAT)
        connection.close()
