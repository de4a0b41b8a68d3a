"""提前对接: who is named, the letter to print, the receipt; the letter's words."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from accounts.http import actor_of, login_required
from accounts.rights import Right, allowed, require
from accounts.selectors import own_prefecture
from core import clock
from core.errors import DomainError
from deadlines.selectors import lamp_of
from officefiles.documents import DOCX
from projects.collecting_filters import ContactFilterSet
from projects.collecting_forms import AssignForm, LetterForm, LetterTemplateForm, ReceiptForm
from projects.letters import letter_document
from projects.models import LetterTemplate, PreContact, Project
from projects.selectors import contacts as selectors
from projects.services import contacts
from ui.downloads import download
from ui.filling import sent
from ui.forms import OfficeForm
from ui.htmx import render_page, status_for
from ui.pagination import capped_count, keyset_page
from ui.parts import Crumb

LIST = "projects/pre_contacts.html"
FORM = "projects/contact_form.html"
LETTER = "projects/contact_letter.html"
TEMPLATE = "projects/letter_template.html"
HOME = Crumb("提前对接", "/pre-contacts/")


@login_required
@require_GET
def contact_list(request: HttpRequest) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    filterset = ContactFilterSet(request.GET, queryset=selectors.contact_list(actor=actor), request=request)
    page = keyset_page(filterset.qs, order=("-id",), cursor=request.GET.get("cursor"))
    context = {
        "filterset": filterset,
        "page": page,
        "rows": [(row, lamp_of(row.deadline, today) if row.deadline else None) for row in page],
        "total": capped_count(filterset.qs),
        "may_contact": allowed(actor, Right.CONTACT_OWNER),
    }
    return render_page(request, LIST, context, partial="list")


@login_required
@require_http_methods(["GET", "POST"])
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the person who deals with the owner of a project."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.CONTACT_OWNER)
    project = get_object_or_404(Project.objects.visible_to(actor), pk=pk)
    form = AssignForm(
        request.POST or None,
        people=selectors.possible_people(actor=actor),
        initial={"assigned_on": today, "person": actor.pk},
    )

    def act() -> PreContact:
        return contacts.assign_contact(actor=actor, project_id=pk, today=today, **form.cleaned_data)

    return _submit(request, form, act, "指派对接人", project, "已指派对接人。")


@login_required
@require_http_methods(["GET", "POST"])
def write_letter(request: HttpRequest, pk: int) -> HttpResponse:
    """Record the letter; its words come from the template in force."""
    actor, today = actor_of(request), clock.today()
    require(actor, Right.CONTACT_OWNER)
    contact = _visible(request, pk)
    template = selectors.letter_template(today)
    form = LetterForm(
        request.POST or None,
        initial={
            "letter_on": today,
            "addressee": contact.project.owner_unit,
            "materials": template.materials if template else "",
        },
    )

    def act() -> PreContact:
        return contacts.send_letter(actor=actor, contact_id=pk, letter=form.letter(), today=today)

    return _submit(request, form, act, "登记函告", contact.project, "函告已登记，可打印。")


@login_required
@require_http_methods(["GET", "POST"])
def note_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    actor, today = actor_of(request), clock.today()
    require(actor, Right.CONTACT_OWNER)
    contact = _visible(request, pk)
    form = ReceiptForm(request.POST or None, initial={"received_on": today})

    def act() -> PreContact:
        return contacts.note_receipt(actor=actor, contact_id=pk, today=today, **form.cleaned_data)

    return _submit(request, form, act, "登记回执", contact.project, "回执已登记。")


def _submit(
    request: HttpRequest,
    form: OfficeForm,
    act: Callable[[], PreContact],
    title: str,
    project: Project,
    done: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            contact = act()
        except DomainError as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, done)
            if contact.state == PreContact.State.SENT:
                return redirect("projects:pre-contact-letter", pk=contact.pk)
            return redirect("projects:pre-contacts")
    context = {"form": form, "title": title, "project": project, "crumbs": [HOME, Crumb(title)]}
    return render(request, FORM, context, status=status_for(form))


@login_required
@require_GET
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as it was sent, to be printed, with its receipt slip."""
    contact = _visible(request, pk)
    context = {
        "contact": contact,
        "paragraphs": [line for line in contact.letter_body.splitlines() if line.strip()],
        "issuer": _issuer(contact),
        "crumbs": [HOME, Crumb("函告")],
    }
    return render(request, LETTER, context)


@login_required
@require_GET
def document(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter as a Word file; nothing before it was sent."""
    contact = _visible(request, pk)
    if contact.letter_on is None:
        raise Http404
    content = letter_document(contact, issuer=_issuer(contact))
    return download(content, f"函告_{contact.project.name}.docx", content_type=DOCX)


def _issuer(contact: PreContact) -> str:
    """Who signs: the bureau of the person who was named."""
    unit = contact.person.organisation
    return unit.name if unit is not None else contact.project.organisation.name


def _visible(request: HttpRequest, pk: int) -> PreContact:
    return get_object_or_404(selectors.contact_list(actor=actor_of(request)), pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def letter_template(request: HttpRequest) -> HttpResponse:
    """All wordings, and a form for the next."""
    actor, today = actor_of(request), clock.today()
    current = selectors.letter_template(today)
    form = LetterTemplateForm(request.POST or None, initial=LetterTemplateForm.initial_of(current, today))
    if request.method == "POST":
        require(actor, Right.EDIT_CRITERIA)

    def act() -> str:
        contacts.change_letter(actor=actor, new=form.new(), organisation=own_prefecture(actor), today=today)
        return "函告模板已保存，已发出的函不变。"

    if sent(request, form, act):
        return redirect("projects:letter-template")
    context = {
        "form": form,
        "rows": LetterTemplate.objects.all(),
        "may_edit": allowed(actor, Right.EDIT_CRITERIA),
        "crumbs": [HOME, Crumb("函告模板")],
    }
    return render(request, TEMPLATE, context, status=status_for(form))
