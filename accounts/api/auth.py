"""How a client app gets its tokens, renews them, and gives them back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import Http404
from django.middleware.csrf import get_token
from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import APIException, AuthenticationFailed, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import cookies
from accounts.authentication import AppAuthentication, check_csrf
from accounts.limits import WINDOW, is_too_much
from accounts.models import AppSession
from accounts.permissions import IsSignedIn, person
from accounts.services import apps
from accounts.services.apps import ACCESS_LIFE, BadToken, Tokens
from rest.problems import Problem
from rest.queries import NoQuery

# So many exchanges a minute for one address, behind which may be many people.
MOST = 120

NOT_SIGNED_IN = OpenApiResponse(Problem, "Nobody is signed in (`not_signed_in`).")
TOO_MANY = OpenApiResponse(Problem, "Too many tries from this address (`throttled`).")


class BadCode(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "bad_code"
    default_detail = "This code is unknown, used, too old or another app's: begin anew."


class TokenSerializer(serializers.Serializer[Any]):
    """What comes back from the consent page, with what the app kept."""

    code = serializers.CharField(max_length=100)
    code_verifier = serializers.CharField(max_length=128, min_length=43, help_text="Of PKCE.")
    redirect_uri = serializers.CharField(max_length=500, help_text="The same as before.")
    cookies = serializers.BooleanField(
        default=False,
        help_text="Keep the tokens in cookies that no script can read, for pages on this site.",
    )


class RefreshSerializer(serializers.Serializer[Any]):
    """The newest refresh token; nothing where cookies hold it."""

    refresh_token = serializers.CharField(max_length=1000, required=False)


class TokensSerializer(serializers.Serializer[Tokens]):
    """Two tokens; both are left out where cookies hold them."""

    access_token = serializers.CharField(required=False, help_text="For calls, as a bearer token.")
    refresh_token = serializers.CharField(required=False, help_text="For the next pair, once.")
    expires_in = serializers.IntegerField(help_text="Seconds that the access token is good for.")
    session = serializers.CharField(help_text="What is signed out of to end all this.")


class AppSessionSerializer(serializers.ModelSerializer[AppSession]):
    """A client app in which the person is signed in."""

    is_this = serializers.SerializerMethodField(help_text="Whether this app asks.")

    class Meta:
        model = AppSession
        fields: ClassVar = ["id", "origin", "begun_at", "used_at", "expires_at", "is_this"]

    def get_is_this(self, session: AppSession) -> bool:
        auth = self.context["request"].auth
        return isinstance(auth, AppSession) and auth.pk == session.pk


class CsrfSerializer(serializers.Serializer[Any]):
    csrf_token = serializers.CharField(help_text="Goes into `X-CSRFToken`.")


SESSION = "apps_01K9ZQ0M3F5V7T2B8R6C4D1E0G"
TOKENS = OpenApiExample(
    "A pair",
    {
        "access_token": "eyJhbGciOiJIUzI1NiJ9.…",
        "refresh_token": "eyJhbGciOiJIUzI1NiJ9.…",
        "expires_in": 600,
        "session": SESSION,
    },
    response_only=True,
)
CODE = OpenApiExample(
    "A code",
    {
        "code": "vqTMpzJ2Ql4DjDQWt0sjwneAo9k-0a-e0bu5R4CnV6I",
        "code_verifier": "what-the-app-kept-when-it-sent-the-person-away",
        "redirect_uri": "https://app.example.org/signed-in",
    },
    request_only=True,
)
REFRESH = OpenApiExample(
    "The newest", {"refresh_token": "eyJhbGciOiJIUzI1NiJ9.…"}, request_only=True
)
APP = OpenApiExample(
    "An app",
    {
        "id": SESSION,
        "origin": "https://app.example.org",
        "begun_at": "2026-11-21T19:11:00Z",
        "used_at": "2026-11-21T19:41:00Z",
        "expires_at": "2026-12-21T19:41:00Z",
        "is_this": True,
    },
    response_only=True,
)
CSRF = OpenApiExample(
    "A token", {"csrf_token": "YKPCUrloOthfjesVt1coXfwv7xRzum1o"}, response_only=True
)


class TokenView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="auth_token",
        request=TokenSerializer,
        responses={
            200: TokensSerializer,
            400: OpenApiResponse(Problem, "The code is not good (`bad_code`), or a field is not."),
            429: TOO_MANY,
        },
        examples=[CODE, TOKENS],
    )
    def post(self, request: Request) -> Response:
        """Exchange the consent page's code for an app's first tokens."""
        NoQuery.read(request)
        _pace(request, "auth-token")
        body = TokenSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        said = body.validated_data
        try:
            tokens = apps.begin(
                said["code"], said["redirect_uri"], said["code_verifier"], now=timezone.now()
            )
        except BadToken as error:
            raise BadCode from error
        return _answer(tokens, by_cookies=said["cookies"])


class RefreshView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="auth_refresh",
        request=RefreshSerializer,
        responses={
            200: TokensSerializer,
            401: OpenApiResponse(
                Problem,
                "The token is over (`bad_token`). One that is used twice ends its session at once.",
            ),
            403: OpenApiResponse(Problem, "With cookies: the CSRF token is missing (`csrf`)."),
            429: TOO_MANY,
        },
        examples=[REFRESH, TOKENS],
    )
    def post(self, request: Request) -> Response:
        """Exchange a refresh token for the next pair. It works once: let one caller at a time."""
        NoQuery.read(request)
        _pace(request, "auth-refresh")
        body = RefreshSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        token = body.validated_data.get("refresh_token")
        by_cookies = token is None
        if by_cookies:
            token = request.COOKIES.get(cookies.REFRESH, "")
            check_csrf(request)
        try:
            tokens = apps.refresh(token, now=timezone.now())
        except BadToken as error:
            raise NotRefreshed from error
        return _answer(tokens, by_cookies=by_cookies)


class NotRefreshed(APIException):
    status_code = status.HTTP_401_UNAUTHORIZED
    default_code = "bad_token"
    default_detail = "This refresh token is over: the person has to sign in again."


class SignOutView(APIView):
    authentication_classes = [AppAuthentication]
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="auth_sign_out", request=None, responses={204: None, 401: NOT_SIGNED_IN}
    )
    def post(self, request: Request) -> Response:
        """End the session of the app that asks, with all its tokens."""
        NoQuery.read(request)
        if not isinstance(request.auth, AppSession):
            raise AuthenticationFailed
        apps.end(person(request), request.auth.pk)
        response = Response(status=status.HTTP_204_NO_CONTENT)
        cookies.clear(response)
        return response


class SessionsView(APIView):
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="auth_sessions",
        responses={200: AppSessionSerializer(many=True), 401: NOT_SIGNED_IN},
        examples=[APP],
    )
    def get(self, request: Request) -> Response:
        """The client apps in which the person is signed in."""
        NoQuery.read(request)
        found = apps.sessions(person(request))
        return Response(AppSessionSerializer(found, many=True, context={"request": request}).data)


class SessionView(APIView):
    permission_classes = [IsSignedIn]

    @extend_schema(
        operation_id="auth_session_end",
        responses={
            204: None,
            401: NOT_SIGNED_IN,
            404: OpenApiResponse(Problem, "The person has no such session (`not_found`)."),
        },
    )
    def delete(self, request: Request, session_id: str) -> Response:
        """Sign the person out of one app."""
        NoQuery.read(request)
        if not apps.end(person(request), session_id):
            raise Http404
        return Response(status=status.HTTP_204_NO_CONTENT)


class CsrfView(APIView):
    authentication_classes = []
    permission_classes = [AllowAny]

    @extend_schema(operation_id="auth_csrf", responses={200: CsrfSerializer}, examples=[CSRF])
    def get(self, request: Request) -> Response:
        """The token that unsafe calls by cookie need; it comes with its own cookie."""
        NoQuery.read(request)
        return Response({"csrf_token": get_token(request._request)})


def _pace(request: Request, what: str) -> None:
    if is_too_much(request._request, what, MOST):
        raise Throttled(WINDOW)


def _answer(tokens: Tokens, *, by_cookies: bool) -> Response:
    shown: dict[str, Any] = {
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "session": tokens.session.pk,
    }
    if not by_cookies:
        shown |= {"access_token": tokens.access, "refresh_token": tokens.refresh}
    response = Response(shown, headers={"Cache-Control": "no-store"})
    if by_cookies:
        cookies.set_tokens(response, tokens)
    return response
