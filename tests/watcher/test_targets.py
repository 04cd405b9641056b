"""Adding Discord channels: by address, and switching them off and on as Discord has it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.db import connection
from django.utils import timezone
from pydantic import SecretStr

from accounts.models import User
from tests.watcher.conftest import FORUM, LIVE, Discord, Hook
from watcher.models import Target
from watcher.services import targets
from watcher.services.targets import TargetRefused

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def target(owner: User, hook: Hook) -> Target:
    return targets.add_pasted(owner, hook.url, "", NOW)


def refusal(owner: User, url: str, name: str = "") -> str:
    with pytest.raises(TargetRefused) as refused:
        targets.add_pasted(owner, url, name, NOW)
    assert refused.value.sentence.endswith(".")
    return refused.value.code


def test_a_pasted_webhook_is_checked_and_kept(owner: User, hook: Hook) -> None:
    targets.add_pasted(owner, f" <{hook.url}> ", "", NOW)
    target = Target.objects.get()
    assert (target.name, target.channel_id, target.source) == ("Captain Hook", LIVE, "pasted")
    assert target.guild_id
    assert (target.webhook_id, target.webhook_token) == (hook.id, hook.token)
    assert (target.checked_at, target.disabled_at) == (NOW, None)


def test_the_token_is_encrypted_where_it_rests(target: Target, hook: Hook) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT webhook_token FROM watcher_target")
        assert hook.secret not in str(cursor.fetchall())
    assert hook.secret not in f"{target!r} {target} {vars(target)}"


def test_a_target_is_called_as_its_owner_wants(owner: User, hook: Hook, discord: Discord) -> None:
    assert targets.add_pasted(owner, hook.url, " My\nchannel\0 ", NOW).name == "My channel"
    assert targets.add_pasted(owner, discord.hook().url, "x" * 200, NOW).name == "x" * 80
    assert targets.add_pasted(owner, discord.hook().url, "\u202egnp", NOW).name == "gnp"
    hidden = targets.add_pasted(owner, discord.hook(name="\u200b\u2066").url, "\u200b", NOW)
    assert hidden.name == "Discord"


def test_targets_that_are_called_alike_are_numbered(owner: User, discord: Discord) -> None:
    names = [targets.add_pasted(owner, discord.hook().url, "", NOW).name for _ in range(3)]
    assert names == ["Captain Hook", "Captain Hook 2", "Captain Hook 3"]


def test_a_thread_of_one_webhook_is_a_target_of_its_own(owner: User, discord: Discord) -> None:
    hook = discord.hook(channel=FORUM)
    thread = discord.backstage.control("discord/threads", channel=FORUM)["id"]
    targets.add_pasted(owner, hook.url, "", NOW)
    assert targets.add_pasted(owner, f"{hook.url}?thread_id={thread}", "", NOW).thread_id == thread


def test_what_is_no_webhook_is_not_asked_for(owner: User, discord: Discord) -> None:
    assert refusal(owner, "https://discord.com.evil.example/api/webhooks/1/x") == "not_a_webhook"
    assert discord.look()["invalid_calls"] == 0


def test_a_webhook_that_does_not_work_is_not_kept(owner: User, discord: Discord) -> None:
    hook = discord.hook()
    hook.change("new_token")
    assert refusal(owner, hook.url) == "webhook_refused"
    hook.change("delete")
    assert refusal(owner, hook.url) == "webhook_gone"
    assert not Target.objects.exists()


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("discord_500", "discord_away"),
        ("drop_after", "discord_away"),
        ("discord_text", "discord_away"),
        ("discord_429", "discord_busy"),
        ("discord_wall", "discord_busy"),
    ],
)
def test_trouble_on_the_way_is_no_verdict(
    owner: User, hook: Hook, discord: Discord, kind: str, code: str
) -> None:
    discord.fault(kind, count=1, path="/discord")
    assert refusal(owner, hook.url) == code
    assert targets.add_pasted(owner, hook.url, "", NOW)


def test_one_has_a_webhook_once_but_others_may_have_it_too(owner: User, hook: Hook) -> None:
    targets.add_pasted(owner, hook.url, "", NOW)
    assert refusal(owner, hook.url, "Again") == "known_already"
    other = User.objects.create_user("discord-2")
    assert targets.add_pasted(other, hook.url, "", NOW).owner == other


def test_a_person_has_so_many_targets(
    owner: User, discord: Discord, settings: LazySettings
) -> None:
    settings.WATCHER_MOST_TARGETS = 2
    for _ in range(2):
        targets.add_pasted(owner, discord.hook().url, "", NOW)
    assert refusal(owner, discord.hook().url) == "too_many_targets"


def test_nobody_guesses_at_webhooks(owner: User, discord: Discord) -> None:
    hook = discord.hook()
    hook.change("new_token")
    discord.backstage.control("discord/limits", webhook_calls=0)
    codes = [refusal(owner, hook.url) for _ in range(22)]
    assert codes == ["webhook_refused"] * 20 + ["too_many_asks"] * 2
    assert discord.look()["invalid_calls"] == 20


def test_a_dead_target_is_switched_off_once(target: Target) -> None:
    later = NOW + timedelta(hours=1)
    assert targets.disable(target, Target.Disabled.GONE, later)
    assert not targets.disable(target, Target.Disabled.REFUSED, later)
    target.refresh_from_db()
    assert (target.disabled_at, target.disabled_because) == (later, "webhook_gone")


def test_what_was_found_to_work_since_stays_on(target: Target) -> None:
    stale = Target.objects.get()
    targets.check(target, NOW + timedelta(minutes=1))
    assert not targets.disable(stale, Target.Disabled.REFUSED, NOW + timedelta(minutes=2))
    assert Target.objects.get().disabled_at is None


def test_a_check_switches_off_and_on(target: Target, hook: Hook, discord: Discord) -> None:
    discord.fault("discord_gone", count=1)
    with pytest.raises(TargetRefused, match="webhook_gone"):
        targets.check(target, NOW)
    assert Target.objects.get().disabled_because == "webhook_gone"
    later = NOW + timedelta(minutes=1)
    assert targets.check(Target.objects.get(), later).disabled_at is None
    assert Target.objects.get().checked_at == later
    discord.fault("discord_500", count=1)
    with pytest.raises(TargetRefused, match="discord_away"):
        targets.check(target, later)
    assert Target.objects.get().disabled_at is None


def test_a_new_address_brings_a_dead_target_back(target: Target, hook: Hook, owner: User) -> None:
    hook.change("new_token")
    targets.disable(target, Target.Disabled.REFUSED, NOW)
    fresh = hook.backstage.look("discord")["webhooks"][0]["url"]
    again = targets.add_pasted(owner, fresh, "", NOW + timedelta(minutes=1))
    assert (again.pk, again.name, again.disabled_at) == (target.pk, "Captain Hook", None)
    assert targets.check(again, NOW)


def test_a_webhook_rests_as_long_as_the_longest_wish(target: Target) -> None:
    for seconds in (10, 60, 30):
        targets.rest(target, NOW + timedelta(seconds=seconds))
    assert Target.objects.get().rests_until == target.rests_until == NOW + timedelta(seconds=60)


def test_a_target_is_renamed(target: Target) -> None:
    targets.rename(target, "  Night\tshift ")
    assert Target.objects.get().name == "Night shift"
    with pytest.raises(TargetRefused, match="no_name"):
        targets.rename(target, " \0 ")


def test_somebodys_own_webhook_stays_when_its_target_goes(target: Target, discord: Discord) -> None:
    assert targets.remove(target) is False
    assert not Target.objects.exists()
    assert discord.look()["webhooks_total"] == 1


def test_a_webhook_that_was_made_for_us_goes_with_its_target(
    target: Target, discord: Discord
) -> None:
    target.source = Target.Source.CONNECTED
    assert targets.remove(target) is True
    assert discord.look()["webhooks_total"] == 0


@pytest.mark.parametrize(("source", "left"), [("connected", 1), ("pasted", 2)])
def test_a_webhook_that_was_made_for_us_goes_when_another_takes_its_place(
    target: Target, discord: Discord, source: str, left: int
) -> None:
    target.source = Target.Source(source)
    new = discord.hook()
    targets.replace(target, new.url, NOW)
    assert Target.objects.get().webhook_id == new.id
    assert discord.look()["webhooks_total"] == left


def test_a_webhook_that_gets_a_new_token_is_not_deleted(target: Target, discord: Discord) -> None:
    target.source = Target.Source.CONNECTED
    Target.objects.update(webhook_token=SecretStr("old"))
    targets.replace(target, discord.look()["webhooks"][0]["url"], NOW)
    assert discord.look()["webhooks_total"] == 1
    assert Target.objects.get().source == "connected", "it is still the one that was made for us"


def test_a_target_goes_also_while_discord_is_away(target: Target, settings: LazySettings) -> None:
    target.source = Target.Source.CONNECTED
    settings.DISCORD_API_URL = "http://127.0.0.1:9"
    assert targets.remove(target) is False
    assert not Target.objects.exists()


def test_a_token_that_is_no_token_asks_nobody(target: Target) -> None:
    target.webhook_token = SecretStr("../../users/@me")
    with pytest.raises(ValueError, match="no token"):
        targets.check(target, NOW)
