"""Takes the synthetic program, gives docs/images/page_one.png: the first page of its report, as a browser shows it (make picture).

Needs Debian's chromium and playwright, as the tests in a browser do. The words of the picture stand in the file too (its text "Description"), so that
tests/test_readme.py can tell that it is older than the page; pixels are compared by nobody, because fonts differ between machines.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "page_one.png"
WIDTH = 1000  # of the window
COLORS = 64  # a page of text and few colours: a third of the size, and nothing that an eye would miss


def main() -> None:
    """Make the report, open it, and write what stands down to the table of the groups."""
    from PIL import Image, PngImagePlugin
    from playwright.sync_api import sync_playwright

    import iop_outcomes as iop

    browser_path = shutil.which("chromium")
    if browser_path is None:
        sys.exit("error: chromium was not found. Install it (Debian: apt-get install chromium), then run make picture again.")
    with tempfile.TemporaryDirectory() as folder, iop.load(ROOT / "data" / "synthetic") as data:
        iop.report(data, by="track").save(folder, formats=("html",))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
            page.goto((Path(folder) / "program_quality.html").as_uri())
            section = page.locator("#key_points")
            shown = [*section.locator("li").all_inner_texts()[:3], *section.locator(".card-value").all_inner_texts()]
            table = section.locator("table").first.bounding_box()
            height = table["y"] + table["height"] + 16
            pixels = page.screenshot(clip={"x": 0, "y": 0, "width": WIDTH, "height": height}, full_page=True)
            browser.close()
    words = PngImagePlugin.PngInfo()
    words.add_text("Description", "\n".join(" ".join(line.split()) for line in shown), zip=False)
    Image.open(io.BytesIO(pixels)).convert("RGB").quantize(COLORS).save(PICTURE, optimize=True, pnginfo=words)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
