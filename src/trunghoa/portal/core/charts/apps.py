from django.apps import AppConfig


class ChartsConfig(AppConfig):
    name = "trunghoa.portal.core.charts"
    label = "charts"
