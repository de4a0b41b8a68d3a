"""The icons' tag, written once: a page holds fifty, and each would be built from XML anew.

Stands in for the package's own library under its name (settings.TEMPLATES), and draws as that does. The
package reads the whole directory of its archive for every icon; here it is read once a process.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from io import BytesIO
from xml.etree import ElementTree
from zipfile import ZipFile

from django import template
from django.utils.safestring import SafeString
from lucide import IconDoesNotExist

register = template.Library()

_SPACE = "{http://www.w3.org/2000/svg}"
_OF_PATHS = ("stroke-linecap", "stroke-linejoin", "vector-effect")


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> str:
    """As lucide's own tag; every icon in its size and with its attributes is built once a process.

    Raises:
        IconDoesNotExist: the package has no icon of this name.
    """
    return _icon(str(name), size, tuple(sorted((key, str(value)) for key, value in attributes.items())))


@lru_cache(maxsize=512)
def _icon(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> SafeString:
    try:
        svg = ElementTree.fromstring(_archive().read(f"{name}.svg"))
    except KeyError as unknown:
        raise IconDoesNotExist(f"The icon {name!r} does not exist.") from unknown
    for node in svg.iter():
        node.tag = node.tag.removeprefix(_SPACE)
    if size is not None:
        svg.attrib["width"] = svg.attrib["height"] = str(size)
    for key, value in ((key.replace("_", "-"), value) for key, value in attributes):
        for node in svg.findall("path") if key in _OF_PATHS else [svg]:
            node.set(key, value)
    return SafeString(ElementTree.tostring(svg, encoding="unicode"))


@lru_cache(maxsize=1)
def _archive() -> ZipFile:
    return ZipFile(BytesIO((files("lucide") / "lucide.zip").read_bytes()))
