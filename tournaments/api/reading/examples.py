"""Examples of the documents, for the API's schema."""

from __future__ import annotations

ADA = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAB",
    "userId": "2001",
    "name": "Ada",
    "seed": 1,
    "pot": 1,
}
BO = {
    "id": "player_01J9ZK4W8Y6Q2V5T3R1N0M7XAC",
    "userId": "2002",
    "name": "Bo",
    "seed": 14,
    "pot": 2,
}
MATCH = {
    "id": "match_01J9ZM2K7B3C4D5E6F7G8H9JKM",
    "phase": "LEAGUE",
    "phase_name": "league phase",
    "matchday": 3,
    "leg": None,
    "home": ADA,
    "away": BO,
    "scheduled_at": "2026-11-17T19:00:00Z",
    "status": "LIVE",
    "outcome": "",
    "score": {"home": 2, "away": 1, "has_extra_time": False, "penalties": None},
    "forfeit": None,
}
LIVE = {"matches": [MATCH]}
DAY = {
    "name": "Match day 3",
    "starts_at": "2026-11-17T19:00:00Z",
    "is_live": True,
    "completed": 0,
    "matches": [MATCH],
}
MATCHES = {"matchdays": [{"matchday": 3, **DAY}], "knockouts": [], "next": DAY}
TABLE = {
    "is_final": False,
    "has_bonus": True,
    "zones": [
        {"zone": "direct", "from": 1, "to": 8, "leads_to": "straight to the round of 16"},
        {"zone": "playoff", "from": 9, "to": 24, "leads_to": "play-offs"},
        {"zone": "out", "from": 25, "to": 36, "leads_to": "out"},
    ],
    "rows": [
        {
            "rank": 1,
            "zone": "direct",
            "outlook": "open",
            "player": ADA,
            "status": "ACTIVE",
            "is_withdrawn": False,
            "played": 2,
            "wins": 2,
            "draws": 0,
            "losses": 0,
            "goals_for": 5,
            "goals_against": 1,
            "goal_difference": 4,
            "away_goals": 2,
            "away_wins": 1,
            "points": 6,
            "bonus": 1,
            "total": 7,
            "opponents_points": None,
            "opponents_goal_difference": None,
            "opponents_goals": None,
            "strikes": 0,
            "form": [
                {
                    "match": "match_01J9ZM2K7B3C4D5E6F7G8H9JKN",
                    "result": "W",
                    "score": "3–0",
                    "opponent": "Cleo",
                }
            ],
            "above_next": {"criterion": "points", "value": "7", "next_value": "6"},
        }
    ],
}
TIE = {
    "slot": 0,
    "legs": 2,
    "better": {
        "player": ADA,
        "label": "",
        "path_seed": 9,
        "goals": None,
        "leg_goals": [],
        "penalties": None,
        "is_winner": False,
    },
    "other": {
        "player": None,
        "label": "23 or 24",
        "path_seed": None,
        "goals": None,
        "leg_goals": [],
        "penalties": None,
        "is_winner": False,
    },
    "winner": None,
    "decided_by": "",
    "matches": [],
}
BRACKET = {"rounds": [{"phase": "PLAYOFF", "name": "play-offs", "ties": [TIE]}]}
PARTICIPANTS = {
    "pots": [
        {
            "pot": 1,
            "players": [
                {
                    **ADA,
                    "status": "ACTIVE",
                    "is_withdrawn": False,
                    "strength": 1.42,
                    "opponents": [
                        {"player": BO, "at": "home", "match": MATCH["id"], "matchday": 3}
                    ],
                }
            ],
        }
    ]
}
MATCH_DOCUMENT = {
    **MATCH,
    "tournament": {"id": "tour_01J9ZH0A1B2C3D4E5F6G7H8J9K", "name": "Autumn Cup"},
    "seq": 7,
    "is_set_aside": False,
    "tie": None,
    "votes": [],
    "pools": [
        {"side": "home", "points": 340, "viewers": 9},
        {"side": "draw", "points": 50, "viewers": 2},
        {"side": "away", "points": 120, "viewers": 4},
    ],
    "results": [],
}
