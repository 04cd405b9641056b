"""Runs for operators' programs: look, filter, decide."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, TypeVar

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from rest.bodies import Body
from rest.problems import NotNow, Problem
from rest.queries import NoQuery, PageQuery, Pages
from sagas import services
from sagas.models import Action, Outcome, Run


class OutcomeSerializer(serializers.ModelSerializer[Outcome]):
    class Meta:
        model = Outcome
        fields: ClassVar = ["step", "result", "attempt", "error", "began_at", "at"]


class ActionSerializer(serializers.ModelSerializer[Action]):
    class Meta:
        model = Action
        fields: ClassVar = ["verb", "step", "note", "actor_name", "at"]


class RunSerializer(serializers.ModelSerializer[Run]):
    next_step = serializers.CharField(help_text="Empty behind the last step.")

    class Meta:
        model = Run
        fields: ClassVar = [
            "id",
            "saga",
            "subject_id",
            "status",
            "plan",
            "position",
            "next_step",
            "tries",
            "undo_left",
            "undo_failed",
            "code",
            "reason",
            "due_at",
            "context",
            "started_at",
            "finished_at",
        ]


class RunDetailSerializer(RunSerializer):
    outcomes = OutcomeSerializer(many=True)
    actions = ActionSerializer(many=True)

    class Meta(RunSerializer.Meta):
        fields: ClassVar = [*RunSerializer.Meta.fields, "outcomes", "actions"]


class RunQuery(PageQuery):
    status = serializers.ChoiceField(Run.Status.choices, required=False)
    saga = serializers.CharField(required=False, max_length=100)


class DecisionSerializer(Body):
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=1000)


class RunsView(ListAPIView[Run]):
    serializer_class = RunSerializer

    class pagination_class(Pages):  # noqa: N801 (DRF's name for it)
        ordering = "-id"

    def get_queryset(self) -> QuerySet[Run]:
        query = RunQuery.read(self.request)
        wanted = {name: query[name] for name in ("status", "saga") if name in query}
        return Run.objects.filter(**wanted)

    @extend_schema(
        operation_id="runs",
        parameters=[RunQuery],
        responses={
            200: RunSerializer(many=True),
            400: OpenApiResponse(Problem, "The query makes no sense."),
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Runs of sagas, newest first."""
        return super().get(request, *args, **kwargs)


class RunView(APIView):
    @extend_schema(operation_id="run", responses={200: RunDetailSerializer, 404: Problem})
    def get(self, request: Request, run_id: int) -> Response:
        """One run with what became of each try of each step, and what people decided."""
        NoQuery.read(request)
        return Response(_detail(run_id))


View = TypeVar("View", bound=Callable[..., Response])


def _decision(name: str, summary: str) -> Callable[[View], View]:
    return extend_schema(
        operation_id=f"run_{name}",
        summary=summary,
        request=DecisionSerializer,
        responses={
            200: RunDetailSerializer,
            400: Problem,
            404: Problem,
            409: OpenApiResponse(Problem, "The run has moved on (`not_allowed_now`)."),
        },
    )


class RetryView(APIView):
    @_decision("retry", "Try the step of a held-up run again, now.")
    def post(self, request: Request, run_id: int) -> Response:
        return _decide(request, run_id, services.retry)


class MarkDoneView(APIView):
    @_decision("mark_done", "Take the step of a stuck run as done by hand, and go on.")
    def post(self, request: Request, run_id: int) -> Response:
        return _decide(request, run_id, services.mark_done)


class CompensateView(APIView):
    @_decision("compensate", "Undo a held-up run now.")
    def post(self, request: Request, run_id: int) -> Response:
        return _decide(request, run_id, services.compensate)


class CloseView(APIView):
    @_decision("close", "End a stuck run as it is; a note is needed.")
    def post(self, request: Request, run_id: int) -> Response:
        return _decide(request, run_id, services.close)


def _decide(request: Request, run_id: int, decision: Callable[..., None]) -> Response:
    if not request.user.has_perm("sagas.change_run"):
        raise PermissionDenied
    body = DecisionSerializer.read(request)
    get_object_or_404(Run, pk=run_id)
    try:
        decision(
            run_id,
            actor=request.user if request.user.pk else None,
            actor_name=request.user.get_username(),
            note=body["note"],
        )
    except services.NotAllowedNow as error:
        raise NotNow(str(error), error.code) from error
    return Response(_detail(run_id))


def _detail(run_id: int) -> dict[str, Any]:
    runs = Run.objects.prefetch_related("outcomes", "actions")
    return dict(RunDetailSerializer(get_object_or_404(runs, pk=run_id)).data)
