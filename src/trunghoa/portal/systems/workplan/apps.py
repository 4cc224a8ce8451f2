from django.apps import AppConfig


class WorkplanConfig(AppConfig):
    name = "trunghoa.portal.systems.workplan"
    label = "workplan"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register

        from . import counting, machines, papers  # noqa: F401 - importing declares
        from .section import SECTION

        counting.connect()
        register(SECTION)
