from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    name = "trunghoa.portal.core.workflow"
    label = "workflow"
