"""Statements as files."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from ofrecord.access.types import Permission
from ofrecord.api.clients import client_of, needs
from ofrecord.documents.types import Form
from ofrecord.flows.hand_out_statement import hand_out

router = Router(tags=["statements"])


def _gives(form: Form) -> dict[str, Any]:
    """Keywords for an operation that answers with a file of the form."""
    content = {form.media_type: {"schema": {"type": "string", "format": "binary"}}}
    responses = {200: {"description": "The file.", "content": content}}
    return needs(Permission.STATEMENTS_READ, responses=responses)


@router.get("/{uuid:statement_id}/pdf", **_gives(Form.PDF))
def get_pdf(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """The statement as a PDF to file. One that is too long for it is refused."""
    return _file(request, statement_id, Form.PDF)


@router.get("/{uuid:statement_id}/xlsx", **_gives(Form.XLSX))
def get_xlsx(request: HttpRequest, statement_id: UUID) -> HttpResponse:
    """The statement as a workbook to check. One that is too long for it is refused."""
    return _file(request, statement_id, Form.XLSX)


def _file(request: HttpRequest, statement_id: UUID, form: Form) -> HttpResponse:
    made = hand_out(reader=client_of(request), statement_id=statement_id, form=form)
    response = HttpResponse(made.content, content_type=made.media_type)
    response["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return response
