from django.apps import AppConfig


class RecordConfig(AppConfig):
    name = "trunghoa.portal.core.record"
    label = "record"
