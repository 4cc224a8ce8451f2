from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "trunghoa.portal.core.publication"
    label = "publication"

    def ready(self) -> None:
        from . import citing, machine  # noqa: F401 - the machine declares the life of a joint report

        citing.tell()
