"""The API of a register: its records, and each deed by the same form as its page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework import mixins, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.rights import Right, require
from approvals.register_views import Register
from core import clock
from ui.forms import OfficeForm


def refuse_invalid(form: OfficeForm) -> None:
    """Answer what a form refuses as the API answers what a serializer refuses."""
    if not form.is_valid():
        raise serializers.ValidationError(
            {name: [str(error) for error in errors] for name, errors in form.errors.items()}
        )


class RegisterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Any]):
    """List and read the records of `register`; deeds by `deed`, of which each subclass says the fields."""

    register: ClassVar[Register]
    keyset_order = ("-id",)
    parser_classes = (JSONParser, MultiPartParser, FormParser)

    def get_queryset(self) -> QuerySet[Any]:
        return self.register.rows(actor=actor_of(self.request))

    def run(self, request: Request, verb: str) -> Response:
        """Record one thing, as the page of `verb` does."""
        row, actor, today = self.get_object(), actor_of(request), clock.today()
        require(actor, Right.RUN_STEPS)
        form = self.register.form(verb, row, request.data, request.FILES, today=today)
        refuse_invalid(form)
        self.register.deeds[verb].run(actor, row.pk, form, today)
        return Response(self.shown(row.pk))

    def shown(self, pk: int) -> Any:
        return self.get_serializer(self.get_queryset().get(pk=pk)).data


def deeds_of(register: Register) -> Any:
    """The action of a register's deeds: POST /<records>/<pk>/<verb>/."""
    verbs = "|".join(register.deeds)
    return action(detail=True, methods=["post"], url_path=f"(?P<verb>{verbs})", url_name="deed")
