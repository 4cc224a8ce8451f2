from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "trunghoa.portal.systems.scenarios"
    label = "scenarios"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register

        from . import machine  # noqa: F401 - importing declares
        from .section import SECTION

        register(SECTION)
