from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "trunghoa.portal.core.audit"
    label = "audit"

    def ready(self) -> None:
        from . import checks, jobs, sessions, watching  # noqa: F401 - the checks register themselves

        watching.connect()
        sessions.connect()
        jobs.connect()
