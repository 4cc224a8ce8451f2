from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "trunghoa.portal.core.publication"
    label = "publication"

    def ready(self) -> None:
        from . import machine  # noqa: F401 - declares the life of a joint report
