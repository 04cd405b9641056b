"""What follows from the draw and the confirmed results: the table, the bracket, who is out.

All of it is derived anew each time and only what differs is written, so a correction and its
reverse lead to the same rows.
"""

from tournaments.services.progress.changed import Changed, Moved
from tournaments.services.progress.refreshing import refresh

__all__ = ["Changed", "Moved", "refresh"]
