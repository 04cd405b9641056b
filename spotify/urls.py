from django.urls import path

from spotify import api

urlpatterns = [path("spotify", api.SpotifyView.as_view())]
