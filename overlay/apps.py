from django.apps import AppConfig


class OverlayConfig(AppConfig):
    name = "overlay"
    verbose_name = "Overlay"
