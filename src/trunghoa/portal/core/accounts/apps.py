from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trunghoa.portal.core.accounts"
    label = "accounts"

    def ready(self) -> None:
        from . import sessions  # noqa: F401 - connects the signals
