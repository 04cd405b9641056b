"""The addresses of tournaments."""

from tournaments.urls import betting, curation, desk, draw, pages, reading, results

urlpatterns = [
    *betting.urlpatterns,
    *curation.urlpatterns,
    *desk.urlpatterns,
    *draw.urlpatterns,
    *pages.urlpatterns,
    *reading.urlpatterns,
    *results.urlpatterns,
]
