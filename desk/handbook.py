"""The manuals inside the product: Markdown files under docs/manual, read once and rendered.

A heading may name the pages that it explains, `## 报送清单 {projects:submissions}`; so does a link,
`[清单报送](page:projects:submissions)`. From both the “?” of a page finds its section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.token import Token

FOLDER = settings.BASE_DIR / "docs" / "manual"
WHATS_NEW = settings.BASE_DIR / "docs" / "whats-new.md"
PAGE = "page:"
PICTURES = "pictures/"

_NAMES = re.compile(r"\s*\{([^}]*)\}\s*$")


@dataclass(frozen=True, slots=True)
class Manual:
    """One manual: its file, what it is called, and whose pages it explains (a role; empty: anybody's)."""

    slug: str
    title: str
    summary: str
    role: str = ""


MANUALS = (
    Manual("county", "县级经办手册", "报清单、办步骤、报进度、申请指标", "COUNTY"),
    Manual("section", "科室经办手册", "审清单、办步骤、拟指标方案、核任务", "SECTION"),
    Manual("office", "调度办手册", "组织报送、盯期限、开会商、定台账、办年度结转", "DISPATCH"),
    Manual("department", "部门经办手册", "收推送、答意见、报清单、办任务", "DEPARTMENT"),
    Manual("leader", "领导手册", "看总览、看包联、作批示", "LEADER"),
    Manual("administrator", "管理员手册", "管单位和用户、看运行情况、发维护通知", "SYSADMIN"),
    Manual("deployment", "部署手册", "安装、升级、备份、恢复、离线安装"),
    Manual("api", "接口手册", "令牌、取数、分页、报错、维护状态"),
    Manual("glossary", "术语表", "页面上的词是什么意思"),
)
BY_SLUG: Mapping[str, Manual] = {manual.slug: manual for manual in MANUALS}


@dataclass(frozen=True, slots=True)
class Section:
    """A second-level heading of a manual, and the pages (URL names) that it explains."""

    anchor: str
    title: str
    pages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rendered:
    """A manual as a page shows it. `pictures`: names of the files it shows."""

    html: str
    sections: tuple[Section, ...]
    pictures: tuple[str, ...]


@cache
def rendered(slug: str) -> Rendered:
    """The manual of that name, rendered. The file is read once in a process."""
    return render((FOLDER / f"{slug}.md").read_text(encoding="utf-8"))


@cache
def whats_new() -> Rendered:
    """What came with each release, for the people who work with it."""
    return render(WHATS_NEW.read_text(encoding="utf-8"))


def render(text: str) -> Rendered:
    """Markdown to HTML. Raw HTML stays text, links to scripts stay text: the renderer lets neither through.

    Raises:
        NoReverseMatch: a link to a page that does not exist.
    """
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = markdown.parse(text)
    sections = tuple(_sections(tokens))
    pictures = tuple(_settle(tokens))
    return Rendered(markdown.renderer.render(_framed(tokens), markdown.options, {}), sections, pictures)


def _sections(tokens: Sequence[Token]) -> Iterator[Section]:
    """Take the page names off the headings, give each an anchor, and say which pages stand below."""
    anchor, title, pages = "", "", list[str]()
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h2":
            if anchor:
                yield Section(anchor, title, tuple(dict.fromkeys(pages)))
            inline = tokens[at + 1]
            named = _NAMES.search(inline.content)
            pages = named.group(1).split() if named else []
            title = _NAMES.sub("", inline.content)
            anchor = title
            token.attrSet("id", anchor)
            if inline.children:
                inline.children[-1].content = _NAMES.sub("", inline.children[-1].content)
        elif token.type == "inline":
            pages += [str(link.attrs["href"])[len(PAGE) :] for link in _links(token)]
    if anchor:
        yield Section(anchor, title, tuple(dict.fromkeys(pages)))


def _links(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        if child.type == "link_open" and str(child.attrs.get("href", "")).startswith(PAGE):
            yield child


def _settle(tokens: Sequence[Token]) -> Iterator[str]:
    """Addresses for links to pages and for pictures; yields the pictures' names."""
    for token in tokens:
        for link in _links(token):
            link.attrSet("href", address(str(link.attrs["href"])[len(PAGE) :]))
        for child in token.children or ():
            source = str(child.attrs.get("src", ""))
            if child.type == "image" and source.startswith(PICTURES):
                name = source[len(PICTURES) :]
                child.attrSet("src", static(f"manual/{name}"))
                child.attrSet("loading", "lazy")
                child.attrSet("class", "lg-shot")
                yield name


def address(name: str) -> str:
    """The address of a page by its URL name; `help/SLUG` is another manual."""
    if name.startswith("help/"):
        return reverse("desk:manual", args=[name[len("help/") :]])
    return reverse(name)


def _framed(tokens: Sequence[Token]) -> list[Token]:
    """Tables inside a frame that scrolls, so that none widens a phone's page."""
    framed: list[Token] = []
    for token in tokens:
        if token.type == "table_open":
            token.attrSet("class", "table lg-table mb-0")
            opening = Token("html_block", "", 0)
            opening.content = (
                '<div class="lg-tablewrap" tabindex="0" role="region" aria-label="表格，可滚动">'
            )
            framed.append(opening)
        framed.append(token)
        if token.type == "table_close":
            closing = Token("html_block", "", 0)
            closing.content = "</div>\n"
            framed.append(closing)
    return framed


@cache
def _help_of(role: str) -> Mapping[str, str]:
    """URL name → manual and section that explains it to a role: its own manual before the others."""
    found: dict[str, str] = {}
    own_first = sorted(MANUALS, key=lambda manual: manual.role != role)
    for manual in own_first:
        for section in rendered(manual.slug).sections:
            for name in section.pages:
                place = f"{reverse('desk:manual', args=[manual.slug])}#{section.anchor}"
                found.setdefault(name, place)
    return found


def help_for(name: str, *, role: str) -> str:
    """Where a page is explained to a role; the list of manuals where no section speaks of it."""
    return _help_of(role).get(name) or reverse("desk:help")


def manuals_for(role: str) -> list[Manual]:
    """All manuals, one's own first."""
    return sorted(MANUALS, key=lambda manual: manual.role != role)
