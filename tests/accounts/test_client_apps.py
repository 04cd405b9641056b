"""Client apps act for people: by codes and tokens that work once, and only where they may."""

from __future__ import annotations

import base64
import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
from django.conf import LazySettings
from django.core.cache import cache
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import AppCode, AppSession, User
from accounts.services import apps
from accounts.services.apps import BadToken, Tokens
from twitch.models import Viewer

pytestmark = pytest.mark.django_db

APP = "https://app.example.org"
BACK = f"{APP}/signed-in?from=greenroom"
VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")


@pytest.fixture(autouse=True)
def known_app(settings: LazySettings) -> None:
    settings.CLIENT_APPS = [APP]
    cache.clear()


@pytest.fixture
def ada(db: None) -> User:
    viewer = Viewer.objects.create(pk="1", login="ada", display_name="Ada")
    return User.objects.create_user("twitch-1", viewer=viewer)


@pytest.fixture
def browser(ada: User) -> Client:
    """A browser in which Ada is signed in here."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(ada)
    return client


def page(**changes: str) -> str:
    asked = {
        "redirect_uri": BACK,
        "state": "s&=",
        "code_challenge": CHALLENGE.decode(),
        "code_challenge_method": "S256",
    }
    return f"/authorize-app?{urlencode(asked | changes)}"


def code(browser: Client) -> str:
    answer = browser.post(page(), {"decision": "allow"})
    back = urlsplit(answer.headers["Location"])
    brought = parse_qs(back.query)
    assert f"{back.scheme}://{back.netloc}{back.path}" == f"{APP}/signed-in"
    assert (brought["from"], brought["state"]) == (["greenroom"], ["s&="])
    return brought["code"][0]


def post(client: Client, address: str, said: dict[str, Any], **headers: str) -> HttpResponse:
    return client.post(address, json.dumps(said), "application/json", headers=headers)


def exchanged(browser: Client, **more: Any) -> dict[str, Any]:
    said = {"code": code(browser), "code_verifier": VERIFIER, "redirect_uri": BACK, **more}
    answer = post(Client(), "/api/auth/token", said)
    assert answer.status_code == 200, answer.content
    return dict(json.loads(answer.content))


def begun(user: User, now: datetime) -> Tokens:
    code = apps.make_code(user, BACK, CHALLENGE.decode(), now=now)
    return apps.begin(code, BACK, VERIFIER, now=now)


def as_app(access: str) -> Client:
    return Client(headers={"Authorization": f"Bearer {access}"})


def test_an_app_is_let_in_and_acts_for_the_person(browser: Client) -> None:
    tokens = exchanged(browser)
    me = as_app(tokens["access_token"]).get("/api/me")
    assert me.json()["name"] == "Ada"
    assert tokens["expires_in"] == 600


def test_the_person_is_asked_and_may_say_no(browser: Client) -> None:
    asked = browser.get(page()).content.decode()
    assert APP in asked
    assert "Ada" in asked
    answer = browser.post(page(), {"decision": "deny"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["error"] == ["access_denied"]
    assert not AppCode.objects.exists()


def test_strangers_sign_in_first_and_come_back(db: None) -> None:
    answer = Client().get(page())
    assert answer.status_code == 302
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == [page()]


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.test/"},
        {"redirect_uri": f"{APP}.evil.test/"},
        {"redirect_uri": f"{APP}@evil.test/"},
        {"redirect_uri": f"{APP}/#fragment"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://[::1/"},
        {"redirect_uri": f"{APP}/{'x' * 500}"},
        {"redirect_uri": ""},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"state": "x" * 501},
    ],
)
def test_a_bad_request_is_told_and_leads_nowhere(browser: Client, changes: dict[str, str]) -> None:
    for answer in (browser.get(page(**changes)), browser.post(page(**changes))):
        assert answer.status_code == 400
        assert "Location" not in answer.headers


def test_a_code_works_once_for_the_app_that_asked(browser: Client) -> None:
    good = {"code": code(browser), "code_verifier": VERIFIER, "redirect_uri": BACK}
    assert post(Client(), "/api/auth/token", good).status_code == 200
    again = post(Client(), "/api/auth/token", good)
    assert (again.status_code, again.json()["code"]) == (400, "bad_code")
    for change in ({"code_verifier": "w" * 43}, {"redirect_uri": f"{APP}/other"}):
        said = {**good, "code": code(browser), **change}
        assert post(Client(), "/api/auth/token", said).status_code == 400
        # The try has used it up.
        assert post(Client(), "/api/auth/token", {**said, **good}).status_code == 400


def test_an_old_code_is_worth_nothing(ada: User) -> None:
    now = timezone.now()
    old = apps.make_code(ada, BACK, CHALLENGE.decode(), now=now)
    with pytest.raises(BadToken):
        apps.begin(old, BACK, VERIFIER, now=now + timedelta(seconds=61))


def test_a_refresh_token_works_once_and_its_reuse_ends_everything(browser: Client) -> None:
    first = exchanged(browser)
    second = post(Client(), "/api/auth/refresh", {"refresh_token": first["refresh_token"]}).json()
    assert as_app(second["access_token"]).get("/api/me").status_code == 200
    stolen = post(Client(), "/api/auth/refresh", {"refresh_token": first["refresh_token"]})
    assert (stolen.status_code, stolen.json()["code"]) == (401, "bad_token")
    for token in (first["access_token"], second["access_token"]):
        assert as_app(token).get("/api/me").json()["code"] == "bad_token"
    owner = post(Client(), "/api/auth/refresh", {"refresh_token": second["refresh_token"]})
    assert owner.status_code == 401


@pytest.mark.django_db(transaction=True)
def test_of_two_refreshes_at_once_one_wins_and_none_is_left_with_a_session(ada: User) -> None:
    now = timezone.now()
    tokens = apps.begin(
        apps.make_code(ada, BACK, CHALLENGE.decode(), now=now), BACK, VERIFIER, now=now
    )

    def refresh(_: int) -> bool:
        try:
            apps.refresh(tokens.refresh, now=now)
        except BadToken:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(refresh, range(4))) == 1
    assert not AppSession.objects.exists()


def test_tokens_are_good_for_what_they_are_made_for_only(browser: Client) -> None:
    tokens = exchanged(browser)
    assert as_app(tokens["refresh_token"]).get("/api/me").status_code == 401
    answer = post(Client(), "/api/auth/refresh", {"refresh_token": tokens["access_token"]})
    assert answer.status_code == 401


def test_a_forged_or_foreign_token_opens_nothing(browser: Client, settings: LazySettings) -> None:
    good = exchanged(browser)["access_token"]
    claims = jwt.decode(good, options={"verify_signature": False})
    head, body, signature = good.split(".")
    unsigned = jwt.encode(claims, None, algorithm="none")
    by_secret_key = jwt.encode(claims, settings.SECRET_KEY.ljust(32), algorithm="HS256")
    for token in ("", "x", "a.b.c", unsigned, by_secret_key, f"{head}.{body}.{signature[::-1]}"):
        assert as_app(token).get("/api/me").status_code == 401, token


def test_an_access_token_is_over_after_ten_minutes(ada: User) -> None:
    now = timezone.now()
    tokens = apps.begin(
        apps.make_code(ada, BACK, CHALLENGE.decode(), now=now), BACK, VERIFIER, now=now
    )
    assert apps.session_of(tokens.access, now=now + timedelta(minutes=9)).user == ada
    with pytest.raises(BadToken):
        apps.session_of(tokens.access, now=now + timedelta(minutes=10, seconds=1))


def test_who_is_switched_off_is_out_at_once(browser: Client) -> None:
    tokens = exchanged(browser)
    User.objects.update(is_active=False)
    assert as_app(tokens["access_token"]).get("/api/me").status_code == 401
    answer = post(Client(), "/api/auth/refresh", {"refresh_token": tokens["refresh_token"]})
    assert answer.status_code == 401


def test_an_app_never_has_a_persons_rights(browser: Client) -> None:
    tokens = exchanged(browser)
    User.objects.update(is_staff=True, is_superuser=True)
    assert browser.get("/api/admin/runs").status_code == 200
    assert as_app(tokens["access_token"]).get("/api/admin/runs").status_code == 403


def test_sessions_are_listed_and_ended_one_by_one(browser: Client) -> None:
    mine, other = exchanged(browser), exchanged(browser)
    app = as_app(mine["access_token"])
    listed = app.get("/api/auth/sessions").json()
    assert {each["id"]: each["is_this"] for each in listed} == {
        mine["session"]: True,
        other["session"]: False,
    }
    assert app.delete(f"/api/auth/sessions/{other['session']}").status_code == 204
    assert app.delete(f"/api/auth/sessions/{other['session']}").status_code == 404
    assert as_app(other["access_token"]).get("/api/me").status_code == 401
    assert app.post("/api/auth/sign-out").status_code == 204
    assert app.get("/api/me").status_code == 401


def test_nobody_ends_a_session_of_somebody_else(browser: Client) -> None:
    tokens = exchanged(browser)
    other = Client()
    other.force_login(User.objects.create_user("other"))
    assert other.delete(f"/api/auth/sessions/{tokens['session']}").status_code == 404
    other.post(f"/me/apps/{tokens['session']}/end")
    assert AppSession.objects.exists()
    browser.post(f"/me/apps/{tokens['session']}/end")
    assert not AppSession.objects.exists()


def test_cookies_keep_the_tokens_from_scripts_and_need_a_csrf_token(browser: Client) -> None:
    app = Client(enforce_csrf_checks=True, headers={"Origin": APP})
    said = {"code": code(browser), "code_verifier": VERIFIER, "redirect_uri": BACK, "cookies": True}
    answer = post(app, "/api/auth/token", said)
    assert "access_token" not in answer.json()
    for name, path in (("greenroom_access", "/"), ("greenroom_refresh", "/api/auth/")):
        cookie = answer.cookies[name]
        assert cookie["httponly"]
        assert (cookie["samesite"], cookie["path"]) == ("Strict", path)
    assert app.get("/api/me").json()["name"] == "Ada"
    refused = app.delete("/api/auth/sessions/x")
    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert post(app, "/api/auth/refresh", {}).json()["code"] == "csrf"
    token = app.get("/api/auth/csrf").json()["csrf_token"]
    assert post(app, "/api/auth/refresh", {}, **{"X-CSRFToken": token}).status_code == 200
    assert app.delete("/api/auth/sessions/x", headers={"X-CSRFToken": token}).status_code == 404
    assert app.post("/api/auth/sign-out", headers={"X-CSRFToken": token}).status_code == 204
    assert app.get("/api/me").status_code == 401


def test_the_page_of_an_app_next_door_cannot_use_the_persons_session(browser: Client) -> None:
    staff = User.objects.create_superuser("staff")
    here = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    here.force_login(staff)
    token = here.get("/api/auth/csrf").json()["csrf_token"]
    there = {"Origin": APP, "X-CSRFToken": token}
    assert here.get("/api/me").status_code == 200
    assert here.get("/api/me", headers=there).status_code == 401
    assert here.get("/api/admin/runs", headers={"Origin": APP}).status_code == 401
    said = {"confirm": "staff"}
    answer = here.post("/api/me/delete", said, "application/json", headers=there)
    assert answer.status_code == 401
    form = {"csrfmiddlewaretoken": token}
    assert here.post("/sign-out", form, headers={"Origin": APP}).status_code == 403
    assert here.post("/sign-out", form, headers={"Origin": "http://localhost"}).status_code == 302


def test_cookies_are_for_https_where_we_are(browser: Client, settings: LazySettings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    said = {"code": code(browser), "code_verifier": VERIFIER, "redirect_uri": BACK, "cookies": True}
    answer = post(Client(), "/api/auth/token", said)
    assert all(answer.cookies[name]["secure"] for name in ("greenroom_access", "greenroom_refresh"))


def test_pages_of_known_apps_may_call_and_no_others() -> None:
    ask = {"Access-Control-Request-Method": "POST"}
    known = Client().options("/api/auth/token", headers={"Origin": APP, **ask})
    assert known.status_code == 204
    assert known.headers["Access-Control-Allow-Origin"] == APP
    assert "Origin" in known.headers["Vary"]
    for origin in ("https://evil.test", "null", f"{APP}.evil.test"):
        other = Client().options("/api/auth/token", headers={"Origin": origin, **ask})
        assert "Access-Control-Allow-Origin" not in other.headers
    page = Client().get("/", headers={"Origin": APP})
    assert "Access-Control-Allow-Origin" not in page.headers


def test_what_is_over_is_swept(ada: User) -> None:
    now = timezone.now()
    begun(ada, now)
    apps.make_code(ada, BACK, CHALLENGE.decode(), now=now)
    assert apps.sweep(now=now + timedelta(days=29)) == 0
    assert apps.sweep(now=now + timedelta(days=31)) == 1
    assert not AppCode.objects.exists()
