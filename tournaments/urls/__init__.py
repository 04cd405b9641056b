"""The addresses of tournaments."""

from tournaments.urls import curation, draw, pages, reading, results

urlpatterns = [
    *curation.urlpatterns,
    *draw.urlpatterns,
    *pages.urlpatterns,
    *reading.urlpatterns,
    *results.urlpatterns,
]
