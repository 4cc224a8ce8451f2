from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "trunghoa.portal.core.accounts"
    label = "accounts"
