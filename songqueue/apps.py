from django.apps import AppConfig


class SongQueueConfig(AppConfig):
    name = "songqueue"
    verbose_name = "Song queue"
