"""What the administrator types about units and accounts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.validators import RegexValidator

from accounts.models import Organisation, SignInRule, User
from accounts.services import Person
from accounts.sign_in_rules import SignInTerms
from ui.forms import DateInput, OfficeForm

if TYPE_CHECKING:
    _UnitField = forms.ModelChoiceField[Organisation]
else:
    _UnitField = forms.ModelChoiceField  # not generic at run time

_CODE = RegexValidator(r"^[0-9A-Za-z-]+$", "代码只能由字母、数字和连字符组成。")
_USERNAME = RegexValidator(r"^[0-9A-Za-z_.@+-]+$", "用户名只能由字母、数字和 _ . @ + - 组成。")
ROLES = [choice for choice in User.Role.choices if choice[0] != User.Role.NONE]
_SEPARATORS = re.compile(r"[\s,，、;；]+")


class OrganisationChoice(_UnitField):
    """Units in use, with the unit above in brackets: every county has its 自然资源局."""

    def __init__(self, **kwargs: Any) -> None:
        units = Organisation.objects.filter(is_active=True).select_related("parent").order_by("path")
        super().__init__(queryset=units, empty_label="请选择", **kwargs)

    def label_from_instance(self, obj: Organisation) -> str:
        return f"{obj.name}（{obj.parent.short_name}）" if obj.parent else obj.name


class UserForm(OfficeForm):
    title = forms.CharField(label="职务", max_length=60, help_text="按岗位填写，如：用途管制科经办")
    organisation = OrganisationChoice(label="单位")
    role = forms.ChoiceField(label="申请岗位", choices=ROLES, help_text="由安全管理员授予后生效")
    email = forms.EmailField(label="电子邮箱", required=False, help_text="提醒邮件发往此地址")

    def person(self, *, username: str) -> Person:
        """The account as stated; call it on a valid form."""
        entered = self.cleaned_data
        return Person(
            username=username,
            title=entered["title"],
            email=entered["email"],
            role=User.Role(entered["role"]),
            organisation=entered["organisation"],
        )


class GrantForm(OfficeForm):
    role = forms.ChoiceField(
        label="岗位", choices=[*ROLES, (User.Role.NONE.value, "收回岗位")], help_text="一个账号只有一个岗位"
    )


class FirstPasswordForm(OfficeForm):
    password1 = forms.CharField(
        label="新密码", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )
    password2 = forms.CharField(
        label="再输一次", widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}), strip=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["password1"].help_text = "".join(password_validators_help_texts()[-1:])

    def clean(self) -> dict[str, Any] | None:
        entered = super().clean() or {}
        first, second = entered.get("password1"), entered.get("password2")
        if first and second and first != second:
            self.add_error("password2", "两次输入的密码不一致。")
        elif first:
            try:
                validate_password(first, self.user)
            except forms.ValidationError as refusal:
                self.add_error("password1", refusal)
        return entered


NUMBERS = {
    "min_length": (8, 64),
    "least_kinds": (3, 4),
    "history": (0, 24),
    "expires_days": (0, 3_650),
    "tries": (1, 10),
    "lock_minutes": (10, 1_440),
    "idle_minutes": (1, 30),
    "admin_idle_minutes": (1, 30),
    "invitation_days": (1, 30),
}


def rule_label(name: str) -> str:
    """What a number of the rules of signing in is called."""
    return str(SignInRule._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


class SignInRuleForm(OfficeForm):
    effective_from = forms.DateField(label="生效日期", widget=DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (least, most) in NUMBERS.items():
            self.fields[name] = forms.IntegerField(label=rule_label(name), min_value=least, max_value=most)
        self.fields["factor_roles"] = forms.MultipleChoiceField(
            label=rule_label("factor_roles"),
            choices=ROLES,
            required=False,
            widget=forms.CheckboxSelectMultiple,
        )
        self.fields["note"] = forms.CharField(label="依据或原因", max_length=300)

    def terms(self) -> SignInTerms:
        """The rules as stated; call it on a valid form."""
        entered = self.cleaned_data
        numbers = {name: entered[name] for name in NUMBERS}
        return SignInTerms(**numbers, factor_roles=entered["factor_roles"])


class NewUserForm(UserForm):
    username = forms.CharField(
        label="用户名", max_length=150, validators=[_USERNAME], help_text="登录用，建立后不能修改"
    )

    field_order = ("username", "title", "organisation", "role", "email")


class OrganisationForm(OfficeForm):
    name = forms.CharField(label="名称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=50, help_text="表格和图中使用")
    aliases = forms.CharField(
        label="别名",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="各县表格里的其他写法，用逗号或换行分隔",
    )
    is_active = forms.BooleanField(label="在用", required=False)

    def clean_aliases(self) -> list[str]:
        found = list(dict.fromkeys(filter(None, _SEPARATORS.split(self.cleaned_data["aliases"]))))
        if any(len(alias) > 60 for alias in found):
            raise forms.ValidationError("别名不能超过 60 个字。")
        return found


class NewOrganisationForm(OfficeForm):
    code = forms.CharField(
        label="代码",
        max_length=30,
        validators=[_CODE],
        help_text="行政区划用国标代码，其他单位自编，不能修改",
    )
    name = forms.CharField(label="名称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=50)
    kind = forms.ChoiceField(label="类型", choices=Organisation.Kind.choices)
    parent = OrganisationChoice(label="上级单位")
