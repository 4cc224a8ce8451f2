from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "trunghoa.portal.systems.registry"
    label = "registry"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register

        from . import backing, machines, rules, rules_partners  # noqa: F401 - importing declares
        from .section import SECTION
        from .section_article6 import SECTION as ARTICLE6

        register(SECTION)
        register(ARTICLE6)
