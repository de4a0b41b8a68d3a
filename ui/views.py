"""The component gallery: what a page builder looks at, and what the browser tests walk over."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from ui.gallery import gallery_context
from ui.pagination import CappedCount


@dataclass(frozen=True, slots=True)
class SamplePage:
    """A pager between its first and last page, without a database."""

    previous_cursor: str | None = "a"
    next_cursor: str | None = "b"

    def __len__(self) -> int:
        return 50


@require_GET
def gallery(request: HttpRequest) -> HttpResponse:
    messages.success(request, "已登记暂停，自 2026-11-23 起不计时。")
    messages.info(request, "台账正在生成，完成后可在后台任务中下载。")
    messages.warning(request, "2027 年放假安排尚未公布，跨年的到期日为暂定。")
    messages.error(request, "该步骤已办结，不能再登记暂停。")
    context = {
        **gallery_context(),
        "page": SamplePage(),
        "first_page": SamplePage(previous_cursor=None),
        "total": CappedCount(1000, is_capped=True),
    }
    return render(request, "ui/gallery.html", context)
