"""Icons are drawn as their package draws them, and their archive's directory is read once."""

from __future__ import annotations

import zipfile

import pytest
from lucide import IconDoesNotExist
from lucide.templatetags.lucide import lucide as theirs

from ui.templatetags import icons

ASKED = [
    {},
    {"size": None},
    {"size": 16, "class": "lg-icon", "aria_hidden": "true"},
    {"size": 20, "stroke_linecap": "butt", "stroke-width": 1.5, "data_x": '<"&'},
]


@pytest.mark.parametrize("asked", ASKED)
@pytest.mark.parametrize("name", ["a-arrow-down", "calendar", "house", "triangle-alert"])
def test_an_icon_is_drawn_as_its_package_draws_it(name, asked):
    ours = icons.lucide(name, **asked)

    assert ours == theirs(name, **dict(sorted(asked.items())))
    assert hasattr(ours, "__html__")


def test_the_archive_is_opened_once_for_all_icons(monkeypatch):
    opened = []
    read = zipfile.ZipFile._RealGetContents
    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", lambda file: opened.append(1) or read(file))
    icons._archive.cache_clear()
    icons._icon.cache_clear()

    for name in ("calendar", "house", "user"):
        icons.lucide(name)

    assert len(opened) == 1


def test_an_unknown_icon_is_told():
    with pytest.raises(IconDoesNotExist, match="no-such-icon"):
        icons.lucide("no-such-icon")
