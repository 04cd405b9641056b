from django.urls import path

from accounts import views

urlpatterns = [path("sign-in/<str:secret>/", views.sign_in, name="sign_in")]
