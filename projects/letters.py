"""The letter to a project's owner as an official document (Word, GB/T 9704)."""

from __future__ import annotations

from officefiles.documents import OfficialDocument
from projects.models import PreContact


def letter_document(contact: PreContact, *, issuer: str) -> bytes:
    """The letter as it was sent, with its receipt slip; reads `project`."""
    lines = [line.strip() for line in contact.letter_body.splitlines() if line.strip()]
    addressee = contact.addressee
    # The template's first line addresses the owner; the document has a place of its own for it.
    if lines and lines[0].rstrip("：:") in (addressee, contact.project.owner_unit, "项目建设单位"):
        lines = lines[1:]
    document = OfficialDocument(title=contact.letter_title, number=contact.letter_no, addressee=addressee)
    for line in lines:
        document.paragraph(line)
    if contact.letter_on is not None:
        document.sign(issuer, contact.letter_on)
    document.heading("回执")
    document.paragraph(f"“{contact.project.name}”的函已收悉。")
    received = contact.received_on.isoformat() if contact.received_on else "＿＿＿＿＿＿"
    document.paragraph(f"收函人：{contact.received_by or '＿＿＿＿＿＿'}　日期：{received}")
    return document.content()
