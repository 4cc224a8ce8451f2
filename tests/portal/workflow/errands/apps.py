from django.apps import AppConfig


class ErrandsConfig(AppConfig):
    name = "tests.portal.workflow.errands"
    label = "errands"
