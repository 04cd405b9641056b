from django.urls import path

from sagas import api

urlpatterns = [
    path("runs", api.RunsView.as_view()),
    path("runs/<int:run_id>", api.RunView.as_view()),
    path("runs/<int:run_id>/retry", api.RetryView.as_view()),
    path("runs/<int:run_id>/mark-done", api.MarkDoneView.as_view()),
    path("runs/<int:run_id>/compensate", api.CompensateView.as_view()),
    path("runs/<int:run_id>/close", api.CloseView.as_view()),
]
