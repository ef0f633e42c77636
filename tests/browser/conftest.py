"""Takes Debian's chromium and axe-core, gives pages opened without a network: what they asked for, and what axe says about them."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop

AXE = Path(sys.prefix) / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
FLAGS += ["--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND"]
LONG = "A track with a name of a length that sites do use, evenings, weekends"
UNBROKEN = "Erwachsenenpsychotherapieabendtagesklinikbehandlungsprogrammvorbereitung"


def lacking():
    """What the tests of this folder need and this machine has not, as words; empty when all is there."""
    needs = [] if shutil.which("chromium") else ["chromium (Debian: apt-get install chromium)"]
    needs += [] if AXE.is_file() else ["axe-core (make axe)"]
    return "; ".join(needs)


@dataclass
class Visit:
    """A page that was opened, and everything it tried to fetch or was refused."""

    page: object
    requests: list = field(default_factory=list)
    refused: list = field(default_factory=list)

    def axe(self, found="violations", rules=RULES):
        """Rules that the page breaks (or that axe could not decide), each with the elements it is about."""
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        results = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", rules)
        assert results["passes"]
        return {rule["id"]: [node["html"][:200] for node in rule["nodes"]] for rule in results[found]}

    def overflow(self):
        """By how many pixels the page itself is wider than the window."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.fixture(scope="session")
def all_is_there():
    """What is needed is there; otherwise skip and say what is missing, or fail where a browser is required."""
    needs = lacking()
    if needs and os.environ.get("IOP_REQUIRE_BROWSER") == "1":
        pytest.fail(f"browser tests need {needs}", pytrace=False)
    if needs:
        pytest.skip(f"no browser tests: they need {needs}")


@pytest.fixture(scope="module")
def browser(all_is_there):
    """Chromium with a user-data-dir of its own, which Playwright makes new at each launch and removes.

    For a module and no longer, because Playwright keeps an event loop running meanwhile, which other tests must not meet.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser, tmp_path):
    """A function that opens a text as a page of a file, in a window of some width, and gives the visit."""
    opened = []

    def open_page(html, width=1000, media=None):
        file = tmp_path / f"page{len(opened)}.html"
        file.write_text(html, encoding="utf-8")
        address = file.as_uri()
        context = browser.new_context(viewport={"width": width, "height": 800}, offline=True)
        context.set_default_timeout(300_000)  # a busy machine is no fault of a page
        opened.append(context)
        context.route("**/*", lambda route: route.continue_() if route.request.url == address else route.abort())
        found = Visit(context.new_page())
        context.on("request", lambda request: found.requests.append(request.url))
        found.page.on("console", lambda message: found.refused.append(message.text))
        found.page.on("pageerror", lambda error: found.refused.append(str(error)))
        if media:
            found.page.emulate_media(media=media)
        found.page.goto(address)
        found.requests.remove(address)
        found.requests = [url for url in found.requests if not url.startswith("data:")]
        return found

    yield open_page
    for context in opened:
        context.close()


# -- pages -------------------------------------------------------------------------------------------------------------


@contextmanager
def program(tracks):
    """Data of a program given as tracks with their discharge reasons and how many of each."""
    rows = [(track, reason) for track, reasons in tracks.items() for reason, n in reasons.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["track", "discharge_reason"])
    frame.insert(0, "episode_id", [f"E{i}" for i in range(len(frame))])
    frame["los_days"] = frame.groupby("track").cumcount() + 1
    with iop.load({"episodes": frame}, mapping={"data": {"class": "synthetic"}}) as data:
        yield data


PROGRAMS = {
    "withheld": {"a": {"completed": 60, "dropped_out": 40}, "b": {"completed": 30, "dropped_out": 30}, "c": {"completed": 9}},
    "long": {LONG: {"completed": 60, "dropped_out": 40}, f"{LONG}, two": {"completed": 50, "dropped_out": 50}, UNBROKEN: {"completed": 40}},
    "tiny": {"a": {"completed": 3, "dropped_out": 1}},
}
METHODS, FEW_METHODS = "synthetic, its methods", "withheld, its methods"  # every table open: hundreds of rows, and few
NAMES = ["synthetic", METHODS, *PROGRAMS]


class Pages(dict):
    """Reports as pages by name, each made when it is first asked for."""

    def __init__(self, usual):
        super().__init__()
        self.usual = usual

    def __missing__(self, name):
        """Build the report of a program."""
        if name in ("synthetic", METHODS):
            files = self.usual.files("html").values()
            self["synthetic"], self[METHODS] = (file.decode("utf-8") for file in files)
        else:
            name_of_program = name.removesuffix(", its methods")
            with program(PROGRAMS[name_of_program]) as data:
                files = iop.report(data, by="track").files("html").values()
            self[name_of_program], self[f"{name_of_program}, its methods"] = (file.decode("utf-8") for file in files)
        return self[name]


@pytest.fixture(scope="session")
def pages(all_is_there, usual_report):
    """The synthetic program and the file of its methods, withheld numbers, long names of tracks, a program of four episodes."""
    return Pages(usual_report)


@pytest.fixture(params=NAMES)
def name(request):
    """Each of these programs in turn."""
    return request.param


@pytest.fixture
def html(pages, name):
    """The page of the program that a test is about."""
    return pages[name]


CARDS = [
    ("Finished", "55%", "range 52% to 58%", "of 1,168 discharged episodes", "Target at least 55%: no clear difference"),
    (
        "Reliably better, PHQ-9",
        "50%",
        "range 47% to 54%",
        "of 817 episodes with both scores",
        "Latest year 50%, year before 50%: no clear difference",
    ),
    ("Reliably worse, PHQ-9", "3.1%", "range 2.1% to 4.5%", "of 817 episodes with both scores", "Measurement error alone gives 3.9%"),
    (
        "Back in hospital by day 90",
        "not shown",
        "fewer than 11, or a number that would give one back",
        "of 1,123 followed episodes",
        "The year before: not shown",
    ),
    ("Both scores, PHQ-9", "70%", "range 67% to 72%", "of 1,174 discharged episodes", "Target at least 80%: below target"),
]


@pytest.fixture
def cards(pages):
    """A report with five more cards on its first page, in the markup that the style sheet knows."""
    parts = ("name", "value", "range", "base", "beside")
    items = "".join(
        "<li class='card'>" + "".join(f"<p class='card-{part}'>{text}</p>" for part, text in zip(parts, card, strict=True)) + "</li>"
        for card in CARDS
    )
    head, close, rest = pages["withheld"].partition("</section>")
    return f"{head}<ul class='cards' role='list'>{items}</ul>{close}{rest}"
