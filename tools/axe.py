"""Takes a path, gives axe-core's script there: one pinned release from the npm registry, checked against its sha512.

npm fetches it when npm is installed, with whatever registry it is set up for; otherwise Python does, from the registry that
NPM_CONFIG_REGISTRY names or else the public one. Only accessibility tests read the script; nothing of it goes into a report.
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

VERSION = "4.14.1"
INTEGRITY = "sha512-FHfa+lmNjQZfJz1q8wKqIDwC6DExcHt/pkjNQb09a3NPjCKg2rhu5qb2S4r76ASyFNNtuFooJpZe37OgudVGtQ=="
MEMBER = "package/axe.min.js"
PUBLIC = "https://registry.npmjs.org"


def packed(folder: Path) -> Path:
    """The release as the registry holds it, in a folder."""
    archive = folder / f"axe-core-{VERSION}.tgz"
    npm = shutil.which("npm")
    if npm is not None:
        command = [npm, "pack", "--silent", f"axe-core@{VERSION}", "--pack-destination", str(folder)]
        subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL, timeout=300)
        return archive
    registry = os.environ.get("NPM_CONFIG_REGISTRY", PUBLIC).rstrip("/")
    with urllib.request.urlopen(f"{registry}/axe-core/-/{archive.name}", timeout=120) as answer:  # noqa: S310 - the registry's address
        archive.write_bytes(answer.read())
    return archive


def integrity(content: bytes) -> str:
    """The sha512 of some bytes, written as npm writes it."""
    return f"sha512-{base64.b64encode(hashlib.sha512(content).digest()).decode()}"


def main(target: str) -> str | None:
    """Fetch, check, unpack; the message says what went wrong."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            content = packed(Path(folder)).read_bytes()
        except (OSError, subprocess.SubprocessError, urllib.error.URLError) as error:
            return f"error: axe-core {VERSION} could not be fetched from the npm registry ({type(error).__name__}). Check the network, then run again."
        if integrity(content) != INTEGRITY:
            return f"error: axe-core {VERSION} from the npm registry is not the release that tools/axe.py names (sha512 differs). Nothing was written."
        archive = Path(folder) / "checked.tgz"
        archive.write_bytes(content)
        with tarfile.open(archive) as members:
            script = members.extractfile(MEMBER)
            assert script is not None  # noqa: S101 - the checked release holds it
            Path(target).write_bytes(script.read())
    return None


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python tools/axe.py FILE")
    sys.exit(main(sys.argv[1]))
