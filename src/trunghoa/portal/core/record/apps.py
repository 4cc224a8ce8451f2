from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "trunghoa.portal.core.record"
    label = "record"

    def ready(self) -> None:
        from django.urls import reverse

        from . import access, evidence

        evidence.register(
            "record.Figure",
            visible=access.visible_figures,
            may_attach=lambda user, figure: user.has_perm("record.attach_evidence", figure),
            address=lambda figure: reverse("record:figure", args=[figure.pk]),
        )
