"""Helix's rules: tokens, rewards, redemptions, chat, lookups and limits."""

from __future__ import annotations

import signal
from typing import Any

import pytest

from tests.rehearsal.client import BOT, BROADCASTER, CLIENT, Rehearsal

REWARDS = f"channel_points/custom_rewards?broadcaster_id={BROADCASTER}"


def redemptions(reward: str, *ids: str, query: str = "") -> str:
    named = "".join(f"&id={id}" for id in ids)
    return (
        "channel_points/custom_rewards/redemptions"
        f"?broadcaster_id={BROADCASTER}&reward_id={reward}{named}{query}"
    )


def redeem(rehearsal: Rehearsal, reward: str, viewer: str = "ada", times: int = 1) -> list[str]:
    made: list[str] = rehearsal.control("redeem", reward=reward, viewer=viewer, times=times)[
        "redemptions"
    ]
    return made


def points(rehearsal: Rehearsal, login: str) -> int:
    viewers = rehearsal.look("state")["viewers"]
    return next(int(viewer["points"]) for viewer in viewers if viewer["login"] == login)


def test_every_call_needs_a_client_and_a_matching_token(rehearsal: Rehearsal) -> None:
    token = rehearsal.sign_in("ada")["access_token"]
    url = f"{rehearsal.url}/twitch/helix/users"
    for headers, message in (
        ({}, "OAuth token is missing"),
        ({"Authorization": f"Bearer {token}"}, "Client ID is missing"),
        ({"Authorization": "Bearer nonsense", "Client-Id": "rehearsal"}, "Invalid OAuth token"),
        (
            {"Authorization": f"Bearer {token}", "Client-Id": "other"},
            "Client ID and OAuth token do not match",
        ),
    ):
        answer = rehearsal.http.get(url, headers=headers)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Unauthorized", "status": 401, "message": message}


def test_a_user_token_answers_with_its_own_user(rehearsal: Rehearsal) -> None:
    token = rehearsal.sign_in("hana")["access_token"]
    user = rehearsal.helix("GET", "users", token).json()["data"][0]
    assert (user["login"], user["display_name"]) == ("hana", "はなちゃん")
    both = rehearsal.helix("GET", "users?id=1000&login=MO", token).json()["data"]
    assert [it["login"] for it in both] == ["greenroom", "mo"]


def test_an_unknown_path_is_refused_in_helix_words(rehearsal: Rehearsal) -> None:
    answer = rehearsal.helix("GET", "nonsense", rehearsal.app_token())
    assert answer.status_code == 404
    assert answer.json()["error"] == "Not Found"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"cost": 1}, "title"),
        ({"title": "x" * 46, "cost": 1}, "45"),
        ({"title": "A", "cost": 0}, "cost"),
        ({"title": "A", "cost": "5"}, "cost"),
        ({"title": "A", "cost": 5, "prompt": "x" * 201}, "200"),
        ({"title": "A", "cost": 5, "is_global_cooldown_enabled": True}, "cooldown"),
        ({"title": "A", "cost": 5, "background_color": "green"}, "background"),
        ({"title": "Keyboard raffle", "cost": 5}, "DUPLICATE"),
    ],
)
def test_a_reward_must_keep_the_rules(
    rehearsal: Rehearsal, manager: str, reward: str, body: dict[str, object], reason: str
) -> None:
    answer = rehearsal.helix("POST", REWARDS, manager, json=body)
    assert answer.status_code == 400
    assert reason in answer.json()["message"]


def test_rewards_need_the_broadcasters_own_token_and_scope(rehearsal: Rehearsal) -> None:
    body = {"title": "A", "cost": 1}
    plain = rehearsal.sign_in("greenroom")["access_token"]
    other = rehearsal.sign_in("mo", "channel:manage:redemptions")["access_token"]
    for token in (plain, other, rehearsal.app_token()):
        assert rehearsal.helix("POST", REWARDS, token, json=body).status_code == 401
    own = REWARDS.replace(BROADCASTER, "1002")
    assert rehearsal.helix("POST", own, other, json=body).status_code == 403


def test_a_channel_has_at_most_fifty_rewards(rehearsal: Rehearsal, manager: str) -> None:
    for number in range(50):
        rehearsal.control("reward", title=f"Reward {number}", cost=1)
    answer = rehearsal.helix("POST", REWARDS, manager, json={"title": "One more", "cost": 1})
    assert answer.status_code == 400
    assert "TOO_MANY" in answer.json()["message"]


def test_a_reward_is_changed_and_deleted_by_its_own_client_only(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    theirs = rehearsal.control("reward", title="Hydrate", cost=5)["id"]
    for method in ("PATCH", "DELETE"):
        answer = rehearsal.helix(method, f"{REWARDS}&id={theirs}", manager, json={"cost": 6})
        assert answer.status_code == 403
    changed = rehearsal.helix(
        "PATCH", f"{REWARDS}&id={reward}", manager, json={"cost": 7, "is_paused": True}
    ).json()["data"][0]
    assert (changed["cost"], changed["is_paused"]) == (7, True)
    ours = rehearsal.helix("GET", f"{REWARDS}&only_manageable_rewards=true", manager).json()
    assert [it["id"] for it in ours["data"]] == [reward]
    assert len(rehearsal.helix("GET", REWARDS, manager).json()["data"]) == 2
    assert rehearsal.helix("DELETE", f"{REWARDS}&id={reward}", manager).status_code == 204
    assert rehearsal.helix("DELETE", f"{REWARDS}&id={reward}", manager).status_code == 404


def test_cancelling_gives_the_points_back_once(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    before = points(rehearsal, "ada")
    (id,) = redeem(rehearsal, reward)
    assert points(rehearsal, "ada") == before - 100
    path = redemptions(reward, id)
    answer = rehearsal.helix("PATCH", path, manager, json={"status": "CANCELED"})
    assert answer.status_code == 200
    assert answer.json()["data"][0]["status"] == "CANCELED"
    assert points(rehearsal, "ada") == before
    again = rehearsal.helix("PATCH", path, manager, json={"status": "FULFILLED"})
    assert again.status_code == 404
    assert points(rehearsal, "ada") == before
    assert len(rehearsal.effects("redemption_canceled", "redemption_fulfilled")) == 1


def test_unknown_and_resolved_redemptions_are_both_404(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    path = redemptions(reward, "no-such-redemption")
    assert rehearsal.helix("PATCH", path, manager, json={"status": "FULFILLED"}).status_code == 404
    assert rehearsal.helix("GET", path, manager).status_code == 404


def test_a_foreign_reward_can_neither_be_listed_nor_resolved(
    rehearsal: Rehearsal, manager: str
) -> None:
    theirs = rehearsal.control("reward", title="Hydrate", cost=5)["id"]
    (id,) = redeem(rehearsal, "Hydrate")
    path = redemptions(theirs, id)
    assert rehearsal.helix("GET", path, manager).status_code == 403
    assert rehearsal.helix("PATCH", path, manager, json={"status": "CANCELED"}).status_code == 403


def test_a_moderator_may_resolve_what_a_client_cannot(rehearsal: Rehearsal) -> None:
    rehearsal.control("reward", title="Hydrate", cost=5)
    (id,) = redeem(rehearsal, "Hydrate")
    assert rehearsal.control("resolve", redemption=id, status="FULFILLED")["status"] == "FULFILLED"
    assert rehearsal.effects("redemption_fulfilled")[0]["detail"]["by"] == "dashboard"


def test_pages_stay_in_place_while_redemptions_are_resolved(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    made = redeem(rehearsal, reward, times=7)
    seen, cursor = [], ""
    while True:
        page = rehearsal.helix(
            "GET",
            redemptions(reward, query=f"&status=UNFULFILLED&first=3&after={cursor}"),
            manager,
        ).json()
        ids = [it["id"] for it in page["data"]]
        seen += ids
        rehearsal.helix("PATCH", redemptions(reward, *ids), manager, json={"status": "FULFILLED"})
        if not page["pagination"]:
            break
        cursor = page["pagination"]["cursor"]
    assert seen == made
    newest = redemptions(reward, query="&status=FULFILLED&sort=NEWEST&first=1")
    assert rehearsal.helix("GET", newest, manager).json()["data"][0]["id"] == made[-1]


def test_redemption_lists_check_their_parameters(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    for query in (
        "",
        "&status=unfulfilled",
        "&status=FULFILLED&first=51",
        "&status=FULFILLED&after=*",
    ):
        path = redemptions(reward, query=query)
        assert rehearsal.helix("GET", path, manager).status_code == 400, query
    many = redemptions(reward, *map(str, range(51)))
    assert rehearsal.helix("PATCH", many, manager, json={"status": "FULFILLED"}).status_code == 400


def test_deleting_a_reward_fulfils_what_is_open(
    rehearsal: Rehearsal, manager: str, reward: str
) -> None:
    (id,) = redeem(rehearsal, reward)
    rehearsal.helix("DELETE", f"{REWARDS}&id={reward}", manager)
    (row,) = rehearsal.look("redemptions")["redemptions"]
    assert (row["id"], row["status"]) == (id, "FULFILLED")


def test_a_viewer_without_points_cannot_redeem(rehearsal: Rehearsal, reward: str) -> None:
    answer = rehearsal.http.post(
        f"{rehearsal.url}/control/redeem", json={"reward": reward, "viewer": "broke"}
    )
    assert answer.status_code == 409
    assert "0 points" in answer.json()["detail"]
    some = rehearsal.control("redeem", reward=reward, viewer="gus", times=10)
    assert len(some["redemptions"]) == 5
    assert "refused" in some


def test_per_stream_limits_hold_while_live(rehearsal: Rehearsal, manager: str) -> None:
    rehearsal.control("live", on=True)
    body = {
        "title": "Once each",
        "cost": 1,
        "is_max_per_user_per_stream_enabled": True,
        "max_per_user_per_stream": 1,
    }
    rehearsal.helix("POST", REWARDS, manager, json=body)
    assert len(redeem(rehearsal, "Once each", "ada", times=3)) == 1
    assert len(redeem(rehearsal, "Once each", "bo")) == 1


def say(rehearsal: Rehearsal, token: str, text: str, sender: str = BOT, **more: object):  # type: ignore[no-untyped-def]
    return rehearsal.helix(
        "POST",
        "chat/messages",
        token,
        json={"broadcaster_id": BROADCASTER, "sender_id": sender, "message": text, **more},
    )


def test_a_chat_message_is_sent_once_and_logged(rehearsal: Rehearsal) -> None:
    bot = rehearsal.sign_in("greenroom_bot", "user:write:chat")["access_token"]
    sent = say(rehearsal, bot, "Hello").json()["data"][0]
    assert sent["is_sent"]
    (effect,) = rehearsal.effects("chat_sent")
    assert effect["id"] == sent["message_id"]
    assert effect["detail"]["text"] == "Hello"
    reply = say(rehearsal, bot, "Again", reply_parent_message_id=sent["message_id"])
    assert reply.json()["data"][0]["is_sent"]
    assert say(rehearsal, bot, "Lost", reply_parent_message_id="none").status_code == 400


def test_chat_refuses_what_twitch_refuses(rehearsal: Rehearsal) -> None:
    bot = rehearsal.sign_in("greenroom_bot", "user:write:chat")["access_token"]
    assert say(rehearsal, bot, "x" * 501).status_code == 422
    assert say(rehearsal, bot, "Hi", sender=BROADCASTER).status_code == 401
    assert say(rehearsal, bot, "Hi", for_source_only=True).status_code == 400
    dropped = say(rehearsal, bot, "/ban ada").json()["data"][0]
    assert dropped["message_id"] == ""
    assert not dropped["is_sent"]
    assert dropped["drop_reason"]["code"]
    assert rehearsal.effects("chat_sent") == []


def test_an_app_may_speak_for_a_bot_that_agreed(rehearsal: Rehearsal) -> None:
    app = rehearsal.app_token()
    assert say(rehearsal, app, "Hi").status_code == 401
    rehearsal.sign_in("greenroom_bot", "user:write:chat", "user:bot")
    assert say(rehearsal, app, "Hi").json()["data"][0]["is_sent"]


def test_a_plain_viewer_may_send_twenty_messages_in_thirty_seconds(rehearsal: Rehearsal) -> None:
    ada = rehearsal.sign_in("ada", "user:write:chat")
    sent = [
        say(rehearsal, ada["access_token"], "Hi", sender=ada["user_id"]).json()["data"][0]
        for _ in range(21)
    ]
    assert [it["is_sent"] for it in sent] == [True] * 20 + [False]
    assert sent[-1]["drop_reason"]["code"] == "msg_ratelimit"


def test_shoutouts_have_a_cooldown_and_need_a_live_stream(rehearsal: Rehearsal) -> None:
    mo = rehearsal.sign_in("mo", "moderator:manage:shoutouts")
    path = (
        f"chat/shoutouts?from_broadcaster_id={BROADCASTER}&to_broadcaster_id=1014"
        f"&moderator_id={mo['user_id']}"
    )
    assert rehearsal.helix("POST", path, mo["access_token"]).status_code == 400
    rehearsal.control("live", on=True)
    assert rehearsal.helix("POST", path, mo["access_token"]).status_code == 204
    assert rehearsal.helix("POST", path, mo["access_token"]).status_code == 429


def test_streams_list_only_who_is_live(rehearsal: Rehearsal) -> None:
    app = rehearsal.app_token()
    assert rehearsal.helix("GET", f"streams?user_id={BROADCASTER}", app).json() == {
        "data": [],
        "pagination": {},
    }
    rehearsal.control("live", on=True, title="Finals", category="Chess")
    rehearsal.control("live", on=True, login="raider", category="A game of my own")
    (stream,) = rehearsal.helix("GET", "streams?user_login=greenroom", app).json()["data"]
    assert (stream["title"], stream["game_name"], stream["type"]) == ("Finals", "Chess", "live")
    game = rehearsal.helix("GET", "games?name=A+game+of+my+own", app).json()["data"][0]["id"]
    (other,) = rehearsal.helix("GET", f"streams?game_id={game}", app).json()["data"]
    assert other["user_login"] == "raider"
    rehearsal.control("live", on=False)
    assert rehearsal.helix("GET", "streams?user_id=1000", app).json()["data"] == []
    (channel,) = rehearsal.helix("GET", "channels?broadcaster_id=1000", app).json()["data"]
    assert channel["title"] == "Finals"


def test_a_stream_comes_back_as_the_same_or_as_another(rehearsal: Rehearsal) -> None:
    app = rehearsal.app_token()

    def listed() -> dict[str, Any]:
        path = f"streams?user_id={BROADCASTER}"
        (stream,) = rehearsal.helix("GET", path, app).json()["data"]
        return dict(stream)

    rehearsal.control("live", on=True, viewers=7)
    first = listed()
    assert first["viewer_count"] == 7
    rehearsal.control("live", on=False)
    rehearsal.control("live", on=True, again=True, viewers=9)
    assert listed() == first | {"viewer_count": 9}
    rehearsal.control("live", on=False)
    rehearsal.control("live", on=True)
    assert listed()["id"] != first["id"]


def test_a_live_stream_can_be_missing_from_the_list(rehearsal: Rehearsal) -> None:
    app = rehearsal.app_token()
    rehearsal.control("live", on=True)
    rehearsal.control("faults", kind="stream_unlisted", count=1)
    path = f"streams?user_id={BROADCASTER}"
    assert rehearsal.helix("GET", path, app).json()["data"] == []
    assert len(rehearsal.helix("GET", path, app).json()["data"]) == 1


def test_the_broadcaster_sees_who_subscribes(rehearsal: Rehearsal) -> None:
    token = rehearsal.sign_in("greenroom", "channel:read:subscriptions")["access_token"]
    path = f"subscriptions?broadcaster_id={BROADCASTER}&user_id=1007"
    assert rehearsal.helix("GET", path, token).json()["data"] == []
    rehearsal.control("subscribe", viewer="dario", tier="2000")
    assert rehearsal.helix("GET", path, token).json()["data"][0]["tier"] == "2000"


@pytest.mark.parametrize("rehearsal", [{"REHEARSAL_POINTS_PER_MINUTE": "3"}], indirect=True)
def test_a_client_runs_out_of_points(rehearsal: Rehearsal) -> None:
    token = rehearsal.app_token()
    answers = [rehearsal.helix("GET", "users?id=1000", token) for _ in range(4)]
    assert [it.status_code for it in answers] == [200, 200, 200, 429]
    assert [it.headers["Ratelimit-Remaining"] for it in answers] == ["2", "1", "0", "0"]
    assert answers[0].headers["Ratelimit-Limit"] == "3"
    assert int(answers[3].headers["Ratelimit-Reset"]) > 0


def test_a_killed_server_forgets_nothing(rehearsal: Rehearsal, manager: str, reward: str) -> None:
    first, second = redeem(rehearsal, reward, times=2)
    path = redemptions(reward, first)
    assert rehearsal.helix("PATCH", path, manager, json={"status": "CANCELED"}).ok
    rehearsal.control("chat", viewer="ada", text="still here?")
    left = points(rehearsal, "ada")
    effects = rehearsal.look("effects")
    assert rehearsal.stop(signal.SIGKILL) == -signal.SIGKILL
    rehearsal.start()
    assert rehearsal.look("effects") == effects
    assert points(rehearsal, "ada") == left
    assert rehearsal.look("chat")["chat"][0]["text"] == "still here?"
    open_ = rehearsal.helix("GET", redemptions(reward, query="&status=UNFULFILLED"), manager)
    assert [it["id"] for it in open_.json()["data"]] == [second]


def test_reset_starts_over(rehearsal: Rehearsal, manager: str, reward: str) -> None:
    redeem(rehearsal, reward)
    rehearsal.control("reset")
    assert rehearsal.effects("redemption_created", "reward_created") == []
    assert rehearsal.helix("GET", REWARDS, manager).status_code == 401
    assert rehearsal.oauth("token", grant_type="client_credentials", **CLIENT).ok
