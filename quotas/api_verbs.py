"""A verb of the pool over the API, declared: what it takes, whose right, what it does and answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.http import actor_of
from accounts.models import User
from accounts.rights import Right, require
from core import clock
from papers.services import Upload

Shape = type[serializers.BaseSerializer[Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: who asks, about which row (None beside a list), with what, on which day.

    `data` is the valid serializer; None where the verb takes nothing.
    """

    actor: User
    row: Any
    data: Any
    today: date

    @property
    def values(self) -> dict[str, Any]:
        return dict(self.data.validated_data)


def upload_of(call: Call) -> Upload:
    """The file that came with the request."""
    file = call.data.validated_data["file"]
    return Upload(name=file.name, content=file.read())


def verb(
    name: str,
    words: str,
    act: Callable[[Call], object],
    *,
    answers: Shape,
    takes: Shape | None = None,
    right: Right | None = None,
    status: int = 200,
    path: str = "",
    with_file: bool = False,
) -> Any:
    """A POST about one row of the viewset, `name` being also its attribute there.

    Order of the answers: 404 for a row that is not visible, 403 without the right, 400 for what is not
    well-formed, 409 for what the service refuses. Without `right` the service alone asks for it.

    Args:
        act: does it and gives what is answered; None answers the row, read anew.
        path: the address's word, where it is not the name.
    """
    return _declared(name, words, act, answers, takes, right, status, path or name, with_file, detail=True)


def list_verb(
    name: str,
    words: str,
    act: Callable[[Call], object],
    *,
    answers: Shape,
    takes: Shape,
    right: Right | None = None,
    status: int = 201,
    path: str = "",
    with_file: bool = False,
) -> Any:
    """As `verb`, beside the list: it makes something new."""
    return _declared(name, words, act, answers, takes, right, status, path or name, with_file, detail=False)


def _declared(
    name: str,
    words: str,
    act: Callable[[Call], object],
    answers: Shape,
    takes: Shape | None,
    right: Right | None,
    status: int,
    path: str,
    with_file: bool,
    *,
    detail: bool,
) -> Any:
    def handle(view: Any, request: Request, **_address: str) -> Response:
        call = read_call(view, request, takes=takes, right=right, detail=detail)
        done = act(call)
        if done is None:
            done = view.get_queryset().get(pk=call.row.pk)
        return Response(answers(done).data, status=status)

    handle.__name__, handle.__doc__ = name, words
    shape: Any = {"multipart/form-data": takes} if with_file else takes
    described = extend_schema(request=shape, responses={status: answers}, filters=False)(handle)
    return action(detail=detail, methods=["post"], url_path=path, url_name=path)(described)


def read_call(
    view: Any, request: Request, *, takes: Shape | None, right: Right | None, detail: bool = False
) -> Call:
    """The request as `Call`; refusals in the order that `verb` names."""
    row = view.get_object() if detail else None
    actor = actor_of(request)
    if right is not None:
        require(actor, right)
    data = None
    if takes is not None:
        data = takes(data=request.data, context={"actor": actor})
        data.is_valid(raise_exception=True)
    return Call(actor, row, data, clock.today())
