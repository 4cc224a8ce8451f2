from django.apps import AppConfig


class PublicationConfig(AppConfig):
    name = "trunghoa.portal.core.publication"
    label = "publication"
