from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The portal as a whole: its commands, and what binds rooms and core together."""

    name = "trunghoa.portal"
    label = "portal"
