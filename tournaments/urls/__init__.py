"""The addresses of tournaments."""

from tournaments.urls import reading

urlpatterns = [*reading.urlpatterns]
