from django.apps import AppConfig


class AdministrationConfig(AppConfig):
    name = "trunghoa.portal.core.administration"
    label = "administration"
