"""Packs the extension for both stores: `python3 extension/pack.py [folder]`.

The same source gives the same bytes, on any machine and on any day: entries in order, one date for all,
nothing compressed (how well something is compressed differs from one zlib to the next).
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).resolve().parent

SHIPPED = ("*.html", "*.css", "icons/*.png", "_locales/*/messages.json", "src/**/*.js")

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest date a ZIP archive can hold
_READABLE_FILE = 0o100644 << 16


def manifest_for(browser: str) -> dict[str, Any]:
    """The one manifest, without what only the other browser reads and this one's store warns of."""
    manifest: dict[str, Any] = json.loads((SOURCE / "manifest.json").read_text())
    if browser == "chromium":
        del manifest["browser_specific_settings"], manifest["background"]["scripts"]
    else:
        del manifest["minimum_chrome_version"], manifest["background"]["service_worker"]
    return manifest


def packed(browser: str) -> bytes:
    """The ZIP archive for the store of "chromium" or of "firefox"."""
    files = {path for pattern in SHIPPED for path in SOURCE.glob(pattern)}
    contents = {path.relative_to(SOURCE).as_posix(): path.read_bytes() for path in files}
    manifest = json.dumps(manifest_for(browser), indent=2, ensure_ascii=False)
    contents["manifest.json"] = f"{manifest}\n".encode()
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 3  # Unix, also where it is built on Windows
            entry.external_attr = _READABLE_FILE
            archive.writestr(entry, contents[name])
    return output.getvalue()


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    version = manifest_for("chromium")["version"]
    for browser in ("chromium", "firefox"):
        path = folder / f"newsbell-{version}-{browser}.zip"
        path.write_bytes(packed(browser))
        sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else SOURCE.parent / "dist")
