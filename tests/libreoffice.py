"""Files opened by LibreOffice: the reader that the office itself has."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path


def opened(folder: Path, files: Mapping[str, bytes], *, to: str) -> dict[str, bytes]:
    """Each file as LibreOffice reads it and writes it again in another format, by its name without ending."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office is not None, "LibreOffice is not installed: run script/test, which installs it."
    given, made = folder / "given", folder / to.partition(":")[0]
    given.mkdir(exist_ok=True)
    for name, content in files.items():
        (given / name).write_bytes(content)

    subprocess.run(
        [
            *(office, "--headless", f"-env:UserInstallation=file://{folder}/profile"),
            *("--convert-to", to, "--outdir", str(made), *(str(given / name) for name in files)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )

    return {path.stem: path.read_bytes() for path in made.iterdir()}
