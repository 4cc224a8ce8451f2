from django.apps import AppConfig


class LandfillsConfig(AppConfig):
    name = "trunghoa.portal.systems.landfills"
    label = "landfills"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register

        from .section import SECTION

        register(SECTION)
