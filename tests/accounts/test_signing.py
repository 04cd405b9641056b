"""Signing in with Twitch: real consent pages of the rehearsal, and every way in which it fails."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from allauth.socialaccount.models import SocialAccount, SocialToken
from django.conf import LazySettings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.services import links, signing
from accounts.services.signing import Identity, NotSignedIn
from tests.accounts.conftest import SignIn, consent, path
from tests.backstage import at_once
from twitch.models import Viewer

pytestmark = pytest.mark.django_db


def who(client: Client) -> User | None:
    key = client.session.get("_auth_user_id")
    return User.objects.filter(pk=key).first() if key else None


def test_a_viewer_of_the_rehearsal_signs_in(sign_in: SignIn) -> None:
    client = sign_in("ada", there="/queue?page=2")
    user = who(client)
    assert user
    assert user.viewer
    assert (user.viewer.login, user.name) == ("ada", "Ada")
    assert not user.is_staff
    assert not user.has_usable_password()


def test_nothing_is_asked_for_but_the_name_and_no_token_is_kept(
    rehearsal_url: str, sign_in: SignIn
) -> None:
    begun = Client(SERVER_NAME="localhost").post("/sign-in/with/twitch")
    asked = parse_qs(urlsplit(begun.headers["Location"]).query, keep_blank_values=True)
    assert asked["scope"] == [""]
    sign_in("ada")
    assert not SocialToken.objects.exists()
    assert SocialAccount.objects.get().extra_data == {"login": "ada", "name": "Ada"}


def test_a_person_of_the_rehearsals_discord_signs_in(
    rehearsal_url: str, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/discord", {"next": "/me"})
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["scope"] == ["identify"]
    ended = client.get(path(consent(begun.headers["Location"], "nelly")))
    assert ended.headers["Location"] == "/me"
    user = who(client)
    assert user
    assert (user.name, user.viewer) == ("Nelly", None)
    assert not SocialToken.objects.exists()


def test_who_signs_in_again_has_the_same_account(sign_in: SignIn) -> None:
    first, second = sign_in("ada"), sign_in("ada")
    assert who(first) == who(second)
    assert User.objects.count() == 1


def test_a_new_name_keeps_the_account(sign_in: SignIn) -> None:
    user = who(sign_in("ada"))
    assert user
    renamed = Identity("twitch", str(user.viewer_id), "ada_lovelace", "Ada_Lovelace")
    assert signing.sign_in(renamed, now=timezone.now()) == user
    assert User.objects.get().name == "Ada_Lovelace"


def test_a_name_that_somebody_else_had_opens_nothing(sign_in: SignIn) -> None:
    user = who(sign_in("ada"))
    other = signing.sign_in(Identity("twitch", "424242", "ada", "Ada"), now=timezone.now())
    assert other != user


def test_the_channels_owner_takes_over_the_administrator(
    sign_in: SignIn, settings: LazySettings
) -> None:
    administrator = links.ensure_admin()
    settings.TWITCH_BROADCASTER_ID = "1000"
    user = who(sign_in("greenroom"))
    assert user == administrator
    assert user
    assert user.is_staff
    assert user.is_superuser
    assert user.viewer_id == "1000"


def test_a_viewer_named_like_the_administrator_is_nobody_special() -> None:
    administrator = links.ensure_admin()
    named = Identity("twitch", "77", links.ADMIN_NAME, links.ADMIN_NAME)
    user = signing.sign_in(named, now=timezone.now())
    assert user != administrator
    assert not user.is_staff


def test_no_scope_and_no_other_page_can_be_smuggled_in(rehearsal_url: str) -> None:
    client = Client(SERVER_NAME="localhost")
    address = "/sign-in/with/twitch?scope=bits:read&auth_params=force_verify=true"
    for there in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
    ):
        begun = client.post(f"{address}&next={there}", {"next": there, "process": "redirect"})
        asked = parse_qs(urlsplit(begun.headers["Location"]).query, keep_blank_values=True)
        assert asked["scope"] == [""]
        assert "force_verify" not in asked
        ended = client.get(path(consent(begun.headers["Location"], "ada")))
        assert ended.headers["Location"] == "/"
        client.post("/sign-out")


def test_another_browser_cannot_end_what_this_one_began(
    rehearsal_url: str, sign_in: SignIn
) -> None:
    sign_in("hana")
    mine, theirs = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
    begun = mine.post("/sign-in/with/twitch")
    back = path(consent(begun.headers["Location"], "ada"))
    answer = theirs.get(back)
    assert answer.status_code == 400
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert who(theirs) is None
    assert mine.get(back).status_code == 302
    assert mine.get(back).status_code == 400, "a code works once"


def test_saying_no_is_no_error_of_ours(rehearsal_url: str, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/twitch")
    answer = client.get(path(consent(begun.headers["Location"], "ada", "deny")))
    assert answer.status_code == 403
    assert b"You said no" in answer.content


def test_a_wrong_code_signs_nobody_in(rehearsal_url: str, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/twitch")
    state = parse_qs(urlsplit(begun.headers["Location"]).query)["state"][0]
    answer = client.get(f"/accounts/twitch/login/callback/?code=guess&state={state}")
    assert answer.status_code == 502
    assert who(client) is None


def test_a_provider_that_is_away_is_told_apart(rehearsal_url: str, settings: LazySettings) -> None:
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/twitch")
    back = path(consent(begun.headers["Location"], "ada"))
    settings.TWITCH_AUTH_URL = "http://127.0.0.1:9/oauth2"
    answer = client.get(back)
    assert answer.status_code == 503
    assert b"Twitch does not answer" in answer.content


def test_a_switched_off_account_stays_out(sign_in: SignIn) -> None:
    sign_in("ada")
    User.objects.update(is_active=False)
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/twitch")
    answer = client.get(path(consent(begun.headers["Location"], "ada")))
    assert answer.status_code == 409
    assert who(client) is None


def test_a_banned_viewer_may_sign_in_and_look(sign_in: SignIn) -> None:
    sign_in("ada")
    User.objects.update(is_banned=True)
    user = who(sign_in("ada"))
    assert user
    assert user.is_banned


def test_a_linked_account_opens_by_either_identity(db: None) -> None:
    now = timezone.now()
    user = signing.sign_in(Identity("discord", "d1", "ada", "Ada L."), now=now)
    assert user.viewer is None
    assert user.name == "Ada L."
    signing.link(user, Identity("twitch", "42", "ada", "Ada"), now=now)
    assert signing.sign_in(Identity("twitch", "42", "ada", "Ada"), now=now) == user
    assert signing.sign_in(Identity("discord", "d1", "ada", "Ada L."), now=now) == user
    assert Viewer.objects.get(pk="42").user == user


def test_an_identity_of_somebody_else_cannot_be_linked(db: None) -> None:
    now = timezone.now()
    ada = signing.sign_in(Identity("twitch", "1", "ada", "Ada"), now=now)
    ben = signing.sign_in(Identity("twitch", "2", "ben", "Ben"), now=now)
    dora = signing.sign_in(Identity("discord", "3", "dora", "Dora"), now=now)
    for identity in (Identity("twitch", "2", "ben", "Ben"), Identity("discord", "3", "d", "D")):
        with pytest.raises(NotSignedIn) as caught:
            signing.link(ada, identity, now=now)
        assert caught.value.code == "taken"
    with pytest.raises(NotSignedIn):
        signing.link(dora, Identity("twitch", "2", "ben", "Ben"), now=now)
    ben.refresh_from_db()
    assert ben.viewer_id == "2"


def test_what_was_linked_by_mistake_is_unlinked(client: Client) -> None:
    now = timezone.now()
    discord = Identity("discord", "1", "ada", "Ada L.")
    ada = signing.sign_in(Identity("twitch", "1", "ada", "Ada"), now=now)
    signing.link(ada, discord, now=now)
    client.force_login(ada)
    assert "Unlink Discord" in client.get("/me").content.decode()
    assert client.post("/me/identities/discord/unlink").headers["Location"] == "/me"
    assert "Link Discord" in client.get("/me").content.decode()
    assert signing.sign_in(discord, now=now) != ada


def test_who_somebody_is_in_chat_and_what_names_the_account_stays_linked(db: None) -> None:
    now = timezone.now()
    ada = signing.sign_in(Identity("discord", "1", "ada", "Ada"), now=now)
    signing.link(ada, Identity("twitch", "1", "ada", "Ada"), now=now)
    assert not any(signing.unlink(ada, provider) for provider in ("discord", "twitch", "nobody"))
    assert SocialAccount.objects.filter(user=ada).count() == 2


def test_who_is_banned_unlinks_nothing(db: None) -> None:
    now = timezone.now()
    eve = signing.sign_in(Identity("twitch", "1", "eve", "Eve"), now=now)
    signing.link(eve, Identity("discord", "1", "eve", "Eve"), now=now)
    User.objects.update(is_banned=True)
    assert not signing.unlink(eve, "discord")


def test_a_second_identity_of_one_provider_is_refused(db: None) -> None:
    now = timezone.now()
    ada = signing.sign_in(Identity("discord", "1", "ada", "Ada"), now=now)
    with pytest.raises(NotSignedIn) as caught:
        signing.link(ada, Identity("discord", "2", "ada2", "Ada2"), now=now)
    assert caught.value.code == "linked_already"


def test_who_is_signed_in_links_instead_of_changing_accounts(
    sign_in: SignIn, rehearsal_url: str
) -> None:
    client = Client(SERVER_NAME="localhost")
    discord = signing.sign_in(Identity("discord", "1", "a", "A"), now=timezone.now())
    client.force_login(discord)
    sign_in("ada", client)
    discord.refresh_from_db()
    assert who(client) == discord
    assert discord.viewer


def test_a_provider_without_credentials_is_not_offered(
    client: Client, home: str, settings: LazySettings
) -> None:
    settings.SIGN_IN_APPS = {"twitch": settings.SIGN_IN_APPS["twitch"]}
    page = client.get("/sign-in").content.decode()
    assert "Sign in with Twitch" in page
    assert "Discord" not in page
    assert client.post("/sign-in/with/discord").status_code == 404
    assert client.get("/accounts/discord/login/callback/").status_code == 404


def test_somebody_signs_in_with_discord_and_links_twitch(
    rehearsal_url: str, sign_in: SignIn, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "http://localhost"
    client = Client(SERVER_NAME="localhost")
    begun = client.post("/sign-in/with/discord", {"next": "/me"})
    asked = parse_qs(urlsplit(begun.headers["Location"]).query)
    assert asked["scope"] == ["identify"]
    assert asked["code_challenge_method"] == ["S256"]
    ended = client.get(path(consent(begun.headers["Location"], "otto")))
    assert ended.headers["Location"] == "/me", ended.content
    user = who(client)
    assert user
    assert user.viewer is None
    assert user.name == "Otto <b>&amp;</b>"
    page = client.get("/me").content.decode()
    assert "Link Twitch" in page
    assert "Otto &lt;b&gt;" in page
    sign_in("ada", client)
    linked = who(client)
    assert linked == user
    assert linked
    assert linked.viewer


def test_a_form_of_another_site_begins_nothing(db: None) -> None:
    client = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    assert client.post("/sign-in/with/twitch").status_code == 403


def test_too_many_tries_from_one_address_have_to_wait(sign_in: SignIn) -> None:
    client = Client(SERVER_NAME="localhost")
    # No minute begins in between.
    with time_machine.travel(timezone.now(), tick=False):
        statuses = [client.get("/accounts/twitch/login/callback/").status_code for _ in range(61)]
    assert statuses == [400] * 60 + [429]
    cache.clear()


def test_people_are_brought_to_the_address_that_the_providers_know(client: Client) -> None:
    answer = client.get("/sign-in?next=/me", headers={"Host": "127.0.0.1"})
    assert answer.status_code == 302
    assert answer.headers["Location"] == "http://localhost:8000/sign-in?next=/me"


@pytest.mark.django_db(transaction=True)
def test_an_identity_that_many_link_at_once_opens_one_account() -> None:
    people = [User.objects.create(username=f"discord-{n}") for n in range(8)]
    identity = Identity("twitch", "5", "eve", "Eve")
    left = iter(people)
    ends = at_once(8, lambda: signing.link(next(left), identity, now=timezone.now()))
    assert sum(isinstance(end, NotSignedIn) for end in ends) == 7
    assert SocialAccount.objects.get().user.viewer_id == "5"


@pytest.mark.django_db(transaction=True)
def test_an_account_that_links_two_identities_at_once_has_one() -> None:
    user = User.objects.create(username="discord-1")
    ids = iter(["5", "6", "7", "8"])

    def link() -> User:
        number = next(ids)
        return signing.link(user, Identity("twitch", number, "e", "E"), now=timezone.now())

    ends = at_once(4, link)
    assert sum(isinstance(end, NotSignedIn) for end in ends) == 3
    assert SocialAccount.objects.filter(user=user).count() == 1


def test_a_ban_while_the_provider_was_asked_stays(db: None) -> None:
    user = signing.sign_in(Identity("discord", "1", "eve", "Eve"), now=timezone.now())
    User.objects.filter(pk=user.pk).update(is_banned=True)
    signing.link(user, Identity("twitch", "5", "eve", "Eve"), now=timezone.now())
    user.refresh_from_db()
    assert (user.is_banned, user.viewer_id) == (True, "5")


def test_the_admins_own_sign_in_page_knows_the_other_ways(client: Client) -> None:
    page = client.get("/admin/login/?next=/admin/tournaments/%3Fa=1%26b=2").content.decode()
    assert 'href="/sign-in?next=/admin/tournaments/%3Fa%3D1%26b%3D2"' in page
    client.force_login(User.objects.create(username="eve", first_name="<b>Eve"))
    page = client.get("/admin/login/").content.decode()
    assert "&lt;b&gt;Eve" in page
    assert 'href="/sign-in' not in page
