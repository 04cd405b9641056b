"""The addresses of the studio."""

from __future__ import annotations

from django.urls import path

from studio.views import decisions, rooms, setup, shows

app_name = "studio"
urlpatterns = [
    path("studio", rooms.control_room, name="room"),
    path("studio/runs/<int:run_id>/<slug:verb>", decisions.decide, name="decide"),
    path("studio/songs/skip", decisions.skip, name="skip"),
    path("studio/songs/pause", decisions.pause, {"verb": "pause"}, name="pause"),
    path("studio/songs/resume", decisions.pause, {"verb": "resume"}, name="resume"),
    path("studio/songs/<str:song_id>/remove", decisions.remove, name="remove"),
    path("studio/songs/<str:song_id>/block/<slug:kind>", decisions.block, name="block"),
    path("studio/replays/<slug:scene>/<str:subject>", decisions.show_again, name="replay"),
    path("studio/samples/<slug:kind>", decisions.sample, name="sample"),
    path("studio/sheets/<slug:kind>", decisions.sheet, name="sheet"),
    path("studio/setup", setup.wizard, name="setup"),
    path("studio/setup/<slug:step>", setup.prove, name="prove"),
    path("studio/shows", shows.shows, name="shows"),
    path("studio/shows/<str:session_id>", shows.show, name="show"),
]
