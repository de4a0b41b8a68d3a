"""Kept files on their way out, each noted in the log: for the pages and the API alike."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.db.models import Model
from django.http import HttpResponse

from accounts.models import Organisation, User
from audit.services import record
from dispatch.models import Circular, LedgerSnapshot, Package, PackageFile
from ui.downloads import XLSX, download

TYPES = {
    "xlsx": XLSX,
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}


def ledger_response(found: LedgerSnapshot, *, actor: User) -> HttpResponse:
    """The workbook of a ledger, byte for byte as frozen."""
    content = LedgerSnapshot.objects.values_list("content", flat=True).get(pk=found.pk)
    _note(found, found.organisation, actor=actor, sha256=found.sha256)
    response = attachment(bytes(content), found.filename)
    response.headers["ETag"] = f'"{found.sha256}"'
    return response


def package_file_response(found: PackageFile, *, actor: User) -> HttpResponse:
    """One file of a package, byte for byte as made."""
    _note(found, found.package.organisation, actor=actor, sha256=found.sha256)
    return attachment(bytes(found.content), found.filename)


def package_response(found: Package, *, actor: User) -> HttpResponse:
    """All files of a package in one. The same files give the same bytes."""
    target = BytesIO()
    with ZipFile(target, "w", ZIP_STORED) as archive:
        for file in found.files.order_by("id"):
            archive.writestr(ZipInfo(file.filename, (2000, 1, 1, 0, 0, 0)), bytes(file.content))
    _note(found, found.organisation, actor=actor)
    return attachment(target.getvalue(), f"{found}.zip")


def circular_response(found: Circular, *, actor: User) -> HttpResponse:
    """The document of a circular as issued; the caller has seen that it was."""
    assert found.content is not None
    _note(found, found.organisation, actor=actor, sha256=found.sha256)
    return attachment(bytes(found.content), found.filename)


def attachment(content: bytes, filename: str) -> HttpResponse:
    """Bytes under a Chinese name, of the kind that its ending says."""
    return download(content, filename, content_type=TYPES[filename.rsplit(".", 1)[-1]])


def _note(subject: Model, unit: Organisation, *, actor: User, **facts: object) -> None:
    record(actor=actor, verb="file.downloaded", subject=subject, facts=facts, scope_path=unit.path)
