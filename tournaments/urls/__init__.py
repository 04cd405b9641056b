"""The addresses of tournaments."""

from tournaments.urls import betting, curation, desk, draw, exports, pages, reading, results

urlpatterns = [
    *betting.urlpatterns,
    *curation.urlpatterns,
    *desk.urlpatterns,
    *draw.urlpatterns,
    *exports.urlpatterns,
    *pages.urlpatterns,
    *reading.urlpatterns,
    *results.urlpatterns,
]
