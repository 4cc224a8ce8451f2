from django.apps import AppConfig


class ScenariosConfig(AppConfig):
    name = "trunghoa.portal.systems.scenarios"
    label = "scenarios"

    def ready(self) -> None:
        from trunghoa.portal.core.publication.sections import register
        from trunghoa.portal.core.record import access

        from . import machine, rules  # noqa: F401 - importing declares
        from .description import KERNELS
        from .section import SECTION

        register(SECTION)
        for kernel in KERNELS.values():
            access.keep_runs(kernel, rules.visible_runs)
        access.keep_papers(rules.hidden_papers)
