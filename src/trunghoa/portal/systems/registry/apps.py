from django.apps import AppConfig


class RegistryConfig(AppConfig):
    name = "trunghoa.portal.systems.registry"
    label = "registry"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register

        # Importing declares.
        from . import backing, machines, rules, rules_partners, rules_purchases  # noqa: F401
        from .section import SECTION
        from .section_article6 import SECTION as ARTICLE6

        register(SECTION)
        register(ARTICLE6)
