from __future__ import annotations

from django.template import Context, Template

from core.errors import DomainError
from ui.gallery import SampleForm, refused_form
from ui.htmx import status_for


def field_html(form: SampleForm, name: str) -> str:
    return Template("{% load landguard %}{% field bound %}").render(Context({"bound": form[name]}))


def test_a_field_has_label_class_and_help_that_it_names():
    html = field_html(SampleForm(), "name")

    assert '<label for="id_name"' in html
    assert 'class="form-control"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert 'id="id_name_helptext"' in html


def test_a_refused_field_names_its_error():
    html = field_html(refused_form(), "area")

    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_refused-area_error"' in html
    assert 'id="id_refused-area_error"' in html


def test_a_refusal_keeps_what_was_typed():
    assert 'value="独山县城北污水处理厂"' in field_html(refused_form(), "name")


def test_a_group_of_radios_is_a_fieldset_that_the_summary_can_reach():
    html = field_html(refused_form(), "track")

    assert '<fieldset class="lg-field" id="id_refused-track"' in html
    assert html.count('class="form-check-input"') == 2


def test_dates_use_the_browsers_picker():
    assert 'type="date"' in field_html(SampleForm(), "received_on")


def test_the_summary_lists_every_error_with_a_link_to_its_field():
    html = Template("{% load landguard %}{% form_errors form %}").render(Context({"form": refused_form()}))

    assert "该步骤已办结" in html
    assert 'href="#id_refused-area"' in html
    assert 'href="#id_refused-track"' in html
    assert 'role="alert"' in html


def test_an_untouched_form_has_no_summary():
    html = Template("{% load landguard %}{% form_errors form %}").render(Context({"form": SampleForm()}))

    assert "lg-errors" not in html


def test_a_services_refusal_makes_the_answer_a_422():
    form = SampleForm(
        data={"name": "x", "area": "1", "county": "522726", "received_on": "2026-11-22", "track": "batch"}
    )
    assert form.is_valid()

    form.refuse(DomainError("已办结，不能再登记暂停。"))

    assert status_for(form) == 422
    assert form.non_field_errors() == ["已办结，不能再登记暂停。"]


def test_an_accepted_form_is_a_200():
    assert status_for(SampleForm()) == 200
