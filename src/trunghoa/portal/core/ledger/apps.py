from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "trunghoa.portal.core.ledger"
    label = "ledger"

    def ready(self) -> None:
        from . import triggers

        triggers.connect()
