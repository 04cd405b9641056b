"""An evening with the keyboard raffle, as viewers, streamer and Twitch live through it."""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from config.home import read_env_file
from tests.flows.conftest import Show

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REDEMPTIONS = "/twitch/helix/channel_points/custom_rewards/redemptions"
CHAT = "/twitch/helix/chat/messages"
ON_CALLS = ("drop_after", "drop_before", "500", "429", "delay")
TYPED = "my secret wish is a mechanical keyboard"


@pytest.fixture(autouse=True)
def fair_weather(show: Show) -> None:
    show.clear_faults()


def raffle_lines(show: Show) -> list[str]:
    """Return what chat was told of redemptions, without what else is told beside them."""
    return [line for line in show.bot_lines() if " rolled " in line or "points are back" in line]


@pytest.mark.browser
def test_a_click_in_the_console_rolls_on_the_overlay(show: Show, chromium: Browser) -> None:
    told_before = len(raffle_lines(show))
    context = chromium.new_context(viewport={"width": 1280, "height": 720})
    try:
        overlay, console = context.new_page(), context.new_page()
        overlay.goto(show.manage("overlay_url").strip())
        console.goto(f"http://127.0.0.1:{show.rehearsal_port}/")
        card = overlay.locator("[data-part=card]")
        assert card.count() == 0
        console.get_by_role("button", name="Redeem Keyboard Raffle").click()
        card.first.wait_for()
        # It leaves within two seconds: its words are taken in the look that finds it.
        verdict = overlay.text_content("[data-part=card][data-verdict] [data-part=verdict]") or ""
        told = show.wait_for(lambda: raffle_lines(show)[told_before:], "the result in chat")
        roll = show.get("/api/raffle/rolls?limit=1")["results"][0]
        assert str(roll["roll"]) in told[0]
        if not roll["is_win"]:
            assert f"{roll['distance']:,}" in verdict
        # The card leaves, that of an achievement behind it too, and nothing stays on screen.
        card.first.wait_for(state="detached", timeout=60_000)
    finally:
        context.close()


def test_a_redemption_can_be_followed_step_by_step(show: Show) -> None:
    redemption = show.redeem()
    assert show.settled(redemption) == "FULFILLED"
    run = show.run_of(redemption)
    assert run["status"] == "completed"
    assert [(row["step"], row["result"]) for row in run["outcomes"]] == [
        ("accept", "done"),
        ("roll_and_record", "done"),
        ("fulfil", "done"),
        ("tell_chat", "done"),
        ("announce", "done"),
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop_after", "count": 1},
        {"kind": "drop_before", "count": 1},
        {"kind": "500", "count": 2},
        {"kind": "429", "count": 1, "retry_after": 1},
        {"kind": "delay", "count": 1, "ms": 800},
        {"kind": "duplicate_delivery", "count": 2},
        {"kind": "websocket_drop"},
        {"kind": "websocket_reconnect"},
    ],
    ids=lambda fault: fault["kind"],
)
def test_a_fault_costs_time_and_nothing_else(show: Show, fault: dict[str, object]) -> None:
    show.control("faults", fault | {"path": REDEMPTIONS} if fault["kind"] in ON_CALLS else fault)
    redemption = show.redeem()
    assert show.settled(redemption) == "FULFILLED"
    assert show.run_of(redemption)["status"] == "completed"
    assert show.settlings(redemption) == ["redemption_fulfilled"]


def test_a_lost_answer_from_chat_is_not_asked_for_again(show: Show) -> None:
    told_before = len(raffle_lines(show))
    # Every answer of chat's: an achievement of an earlier test may be told just now.
    show.control("faults", {"kind": "drop_after", "path": CHAT})
    run = show.run_of(show.redeem())
    assert run["status"] == "completed"
    assert ("tell_chat", "unsure") in [(row["step"], row["result"]) for row in run["outcomes"]]
    assert len(raffle_lines(show)) == told_before + 1


def test_a_redemption_that_a_moderator_refunds_meanwhile_is_taken_back(show: Show) -> None:
    told_before = len(raffle_lines(show))
    show.control("faults", {"kind": "500", "path": REDEMPTIONS, "method": "PATCH"})
    redemption = show.redeem()
    show.control("resolve", {"redemption": redemption, "status": "CANCELED"})
    show.clear_faults()
    run = show.run_of(redemption)
    assert run["status"] == "compensated"
    assert show.settlings(redemption) == ["redemption_canceled"]
    assert len(show.get("/api/raffle/rolls?limit=100")["results"]) == len(
        [effect for effect in show.effects() if effect["kind"] == "redemption_fulfilled"]
    )
    told = raffle_lines(show)[told_before:]
    assert len(told) == 1
    assert "points are back" in told[0]


def test_a_redemption_missed_while_the_listener_was_down_is_found(show: Show) -> None:
    show.kill("eventsub_listen")
    redemption = show.redeem()
    assert show.settled(redemption) == "FULFILLED"
    assert show.settlings(redemption) == ["redemption_fulfilled"]


def test_a_revoked_consent_is_shown_and_a_new_one_makes_everything_good(show: Show) -> None:
    show.control("faults", {"kind": "revoke_tokens"})

    def state() -> str:
        return str(show.get("/health/ready")["checks"]["tokens"]["detail"])

    show.wait_for(lambda: "broadcaster: reconnect needed" in state(), "the loss to be shown")
    redemption = show.redeem()
    show.manage("rehearse")
    assert show.settled(redemption) == "FULFILLED"
    assert show.settlings(redemption) == ["redemption_fulfilled"]


def test_the_log_of_the_evening_holds_no_secret(show: Show) -> None:
    show.control("chat", {"viewer": "ada", "text": f"!uptime {TYPED}"})
    assert show.settled(show.redeem(user_input=TYPED)) == "FULFILLED"
    log = "\n".join(
        line
        for line in show.log.read_text().splitlines()
        # The supervisor's own lines are the addresses that it is there to print.
        if not line.startswith("greenroom")
    )
    kept = read_env_file(show.home / "secrets.env")
    passwords = [
        urlsplit(url).password for url in read_env_file(show.home / "servers.env").values()
    ]
    with sqlite3.connect(show.home / "rehearsal.sqlite3") as stage:
        dump = "\n".join(stage.iterdump())
    tokens = re.findall(r'"(?:access|newest_access|refresh)": ?"([^"]{10,})"', dump)
    secrets = {secret for secret in (*kept.values(), *passwords, *tokens) if secret}
    assert len(secrets) >= 8
    assert [secret for secret in secrets if secret in log] == []
    assert TYPED not in log
    assert "Bearer " not in log
