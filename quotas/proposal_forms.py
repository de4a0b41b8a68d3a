"""Forms of a scheme: its reason, its confirmations, the government's answer, agreement, money, hook-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from papers.forms import FileFieldsMixin
from papers.services import Upload
from quotas.selectors.proposing import Payee
from quotas.services.proposals import Decision, Voucher
from ui.forms import OfficeForm


class DraftForm(OfficeForm):
    reason = forms.CharField(label="调剂理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))


class CommitForm(OfficeForm):
    """What a person has to confirm before a scheme goes up."""

    accepts_shortfall = forms.BooleanField(label="确认部分满足", required=False)
    accepts_fallback = forms.BooleanField(label="确认采用最近一次公示价", required=False)


class _PaperForm(OfficeForm, FileFieldsMixin):
    """A statement with its document; the document's day is the statement's own."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["occurred_on"]

    def upload(self) -> Upload:
        file = self.cleaned_data["file"]
        return Upload(name=file.name, content=file.read())


class ApproveForm(_PaperForm):
    number = forms.CharField(label="批准文号", max_length=120)
    decided_on = forms.DateField(label="批准日期")
    use_by_on = forms.DateField(label="使用期限", required=False, help_text="不填按规则的缺省天数。")

    field_order = ("number", "decided_on", "use_by_on", "file")

    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(data["number"], data["decided_on"], self.upload(), data["use_by_on"])


class RefuseForm(_PaperForm):
    number = forms.CharField(label="答复文号", max_length=120)
    decided_on = forms.DateField(label="答复日期")
    reason = forms.CharField(label="理由", max_length=500, widget=forms.Textarea(attrs={"rows": 3}))

    field_order = ("number", "decided_on", "reason", "file")

    def decision(self) -> Decision:
        data = self.cleaned_data
        return Decision(data["number"], data["decided_on"], self.upload())


class AgreementForm(_PaperForm):
    number = forms.CharField(label="协议编号", max_length=80)
    agreed_on = forms.DateField(label="签订日期")

    field_order = ("number", "agreed_on", "file")


class PaymentForm(_PaperForm):
    payee = forms.TypedChoiceField(label="收款方", coerce=int, choices=())
    number = forms.CharField(label="缴款凭证号", max_length=80)
    yuan = forms.DecimalField(label="金额（元）", min_value=0, max_digits=16, decimal_places=2)
    paid_on = forms.DateField(label="缴款日期")

    field_order = ("payee", "number", "yuan", "paid_on", "file")

    def __init__(self, *args: Any, payees: Sequence[Payee], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["payee"]
        assert isinstance(field, forms.TypedChoiceField)
        field.choices = [
            (row.organisation.pk, f"{row.organisation.short_name}（尚欠 {row.lacking} 元）")
            for row in payees
            if row.lacking
        ]

    def voucher(self) -> Voucher:
        data = self.cleaned_data
        return Voucher(data["payee"], data["number"], data["yuan"], data["paid_on"], self.upload())


class HookUpForm(OfficeForm):
    report_no = forms.CharField(label="用地报件编号", max_length=120)
