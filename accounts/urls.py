from django.urls import path

from accounts.views import links, signing

urlpatterns = [
    path("sign-in", signing.sign_in, name="sign_in"),
    path("sign-in/<str:secret>/", links.use, name="sign_in_link"),
]
