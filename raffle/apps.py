from django.apps import AppConfig


class RaffleConfig(AppConfig):
    name = "raffle"
    verbose_name = "Keyboard raffle"
