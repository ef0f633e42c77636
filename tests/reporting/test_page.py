"""Takes the built report, gives proof that its page is whole, safe, readable by machines that read aloud, and says nothing it may not."""

from __future__ import annotations

import ast
import base64
import csv
import io
import json
import math
import re
import xml.etree.ElementTree as ET
from decimal import ROUND_HALF_UP, Decimal
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.evaluate import evaluate
from iop_outcomes.measures import find, known
from iop_outcomes.release import release
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.results import COLUMNS
from iop_outcomes.scales import load_scales
from iop_outcomes.show import theme, words
from iop_outcomes.show.chart_rows import alt_text
from iop_outcomes.show.dots import dot_range
from iop_outcomes.show.stacked_bars import stacked_shares
from iop_outcomes.show.stays import stay_range, stay_sentence
from iop_outcomes.units import percent
from tests.pages import both_files

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "iop_outcomes"
SECTIONS = ["key_points", "who", "completion", "discharge_reasons", "trend", "length_of_stay"]
SECTIONS += ["phq9_change", "gad7_change", "phq9_missing_scores", "readmission", "relapse", "at_risk", "limits"]
IN_FULL = [
    "completion",
    "trend",
    "length_of_stay",
    "phq9_change",
    "gad7_change",
    "readmission",
    "relapse",
    "at_risk",
]
APPENDIX = [*(f"{name}_in_full" for name in IN_FULL), "comparison", "flow", "data_quality", "methods"]
FILES = ("program_quality.html", "program_quality_methods.html")
AUDIT = (
    "Audited: no withheld count of 1 to 10 follows, nor must lie between 1 and 10, from the counts, numbers followed and rounded values "
    "that are shown here together. Not checked: sentences, coordinates of charts and limits of intervals."
)
BANNER = "Synthetic data: no real person is described here."
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Elements of a page in order: tag, attributes, the text inside, and the tags around it."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self._open = [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        """Open an element."""
        element = {"tag": tag, "attrs": dict(attrs), "text": "", "within": [e["tag"] for e in self._open]}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        """Close the element that is open: pages are well nested."""
        assert self._open.pop()["tag"] == tag

    def handle_data(self, data):
        """Text belongs to every element that is open."""
        for element in self._open:
            element["text"] += data

    def all(self, *tags):
        """Elements with these tags."""
        return [element for element in self.elements if element["tag"] in tags]

    def one(self, tag):
        """The only element with this tag."""
        (element,) = self.all(tag)
        return element


def frame_of(tracks):
    """Episodes given as reasons and their counts by track; stays run 1, 2, 3, ... in each."""
    rows = [(track, reason) for track, reasons in tracks.items() for reason, n in reasons.items() for _ in range(n)]
    frame = pd.DataFrame(rows, columns=["track", "discharge_reason"])
    frame.insert(0, "episode_id", [f"E{i}" for i in range(len(frame))])
    frame["los_days"] = frame.groupby("track").cumcount() + 1
    frame.loc[frame.discharge_reason == "active", "los_days"] = None
    return frame.astype({"los_days": "Int64"})


def load(tracks, data_class="synthetic"):
    """Load such episodes."""
    return iop.load({"episodes": frame_of(tracks)}, mapping={"data": {"class": data_class}})


@pytest.fixture(scope="module")
def report(usual_report):
    """The report of the synthetic program."""
    return usual_report


@pytest.fixture(scope="module", params=FILES)
def html(report, request):
    """Its page as text, and the file of its methods."""
    return report.files("html")[request.param].decode("utf-8")


@pytest.fixture(scope="module")
def page(html):
    """Its page as elements."""
    return Page(html)


# -- nothing runs, nothing is fetched ----------------------------------------------------------------------------------


def test_nothing_is_fetched(page, html):
    """Images are in the page, links lead inside it, styles name no address."""
    ids = {element["attrs"].get("id") for element in page.elements}
    assert all(element["attrs"]["src"].startswith("data:image/svg+xml;base64,") for element in page.elements if "src" in element["attrs"])
    links = [element["attrs"]["href"] for element in page.elements if "href" in element["attrs"]]
    inside = [link for link in links if link.startswith("#")]
    assert inside and all(link[1:] in ids for link in inside)
    assert len(set(links) - set(inside)) == 1 and set(links) - set(inside) < set(FILES)  # to the other of the two files
    styles = " ".join(element["text"] for element in page.all("style")) + " ".join(e["attrs"].get("style") or "" for e in page.elements)
    assert not re.search(r"url\(|@import|http", styles)
    assert not re.search(r"(src|href|srcset|action|poster|data)\s*=\s*[\"']?\s*(https?:)?//", html)


def test_nothing_runs(page, html):
    """No script, no frame, no handler, and a policy that forbids them."""
    assert page.all("script", "iframe", "object", "embed", "link", "base", "form", "svg") == []
    assert [name for element in page.elements for name in element["attrs"] if name.startswith("on")] == []
    assert "javascript:" not in html
    policies = [element["attrs"].get("content", "") for element in page.all("meta") if "http-equiv" in element["attrs"]]
    assert len(policies) == 1 and "default-src 'none'" in policies[0] and "script" not in policies[0]


def test_images_are_drawings_that_fetch_and_run_nothing(page):
    """Each is well-formed SVG whose references stay inside it."""
    images = [base64.b64decode(element["attrs"]["src"].partition(",")[2]) for element in page.all("img")]
    assert len(images) >= 3 or page.one("h1")["text"].endswith(": methods")
    for image in images:
        for element in ET.fromstring(image).iter():
            assert element.tag.rpartition("}")[2] not in ("script", "image", "foreignObject", "text")
            for name, value in element.attrib.items():
                assert not name.rpartition("}")[2].startswith("on")
                assert not name.endswith("href") or value.startswith("#")


def test_the_page_is_small(html):
    """It can be mailed: under a megabyte."""
    assert len(html.encode()) < 1_000_000


# -- structure ---------------------------------------------------------------------------------------------------------


def test_the_page_has_one_heading_a_language_and_a_title(page, report):
    """One h1, which is the title; English; then h2 alone, one for each section."""
    assert page.one("html")["attrs"]["lang"] == "en"
    assert page.one("h1")["text"] == page.one("title")["text"]
    parts = report.sections if page.one("h1")["text"] == report.title else report.appendix
    assert page.one("h1")["text"] == (report.title if parts is report.sections else f"{report.title}: methods")
    assert [element["text"] for element in page.all("h2")] == [part.heading for part in parts]
    assert page.all("h3", "h4", "h5", "h6") == []
    assert len(page.all("main")) == len(page.all("header")) == len(page.all("footer")) == len(page.all("nav")) == 1


def test_sections_are_numbered_and_words_refer_to_them_by_their_numbers(report):
    """From 1 on, on the page alone; what refers to a section names the number that stands over it, and leads there."""
    assert [part.heading for part in report.sections] == [f"{n}. {part.title}" for n, part in enumerate(report.sections, 1)]
    assert [part.heading for part in report.appendix] == [part.title for part in report.appendix]
    numbers = {part.id: str(part.number) for part in report.sections}
    links = [element for element in Page(report.to_html()).all("a") if element["attrs"].get("class") == "see"]
    assert len(links) > 3 and all(numbers[each["attrs"]["href"][1:]] == each["text"] for each in links)


@pytest.mark.parametrize(("file", "names"), [(FILES[0], SECTIONS), (FILES[1], APPENDIX)])
def test_sections_have_stable_names(report, file, names):
    """Notebooks ask for these names and people link to them; each file links to the other."""
    text = report.files("html")[file].decode("utf-8")
    page = Page(text)
    assert [part.id for part in report.sections] == SECTIONS and [part.id for part in report.appendix] == APPENDIX
    assert [element["attrs"]["id"] for element in page.all("section")] == names
    other = next(name for name in FILES if name != file)
    links = [element["attrs"] for element in page.all("a")]
    assert [each["href"] for each in links if "class" not in each] == [other, *(f"#{name}" for name in names)]
    ids = [element["attrs"]["id"] for element in page.elements if "id" in element["attrs"]]
    assert len(ids) == len(set(ids))
    assert all(element["attrs"]["aria-labelledby"] in ids for element in page.all("section"))
    for name in names:
        assert report.section(name)._repr_html_() in text
    with pytest.raises(iop.UsageError, match="Did you mean"):
        report.section("complet")


def test_tables_are_captioned_and_their_heads_are_scoped(page, html):
    """A reader aloud says the caption, and with each cell its column and its row."""
    tables = re.findall(r"<table[^>]*>(.*?)</table>", html, flags=re.DOTALL)
    assert len(tables) == len(page.all("table")) >= 6
    for table in tables:
        assert re.match(r"<caption>[^<]{5,}</caption><thead><tr>", table)
        heads = re.findall(r'<th scope="col">([^<]+)</th>', table)
        assert heads
        rows = re.findall(r"<tr>(.*?)</tr>", table.partition("<tbody>")[2], flags=re.DOTALL)
        assert rows
        for row in rows:
            assert len(re.findall(r'<th scope="row">', row)) == 1
            assert len(re.findall(r"<td[ >]", row)) == len(heads) - 1
    assert all(element["attrs"].get("scope") in ("col", "row") for element in page.all("th"))


def test_images_are_described_in_words(page):
    """Type, title and numbers; every image stands in a figure with a headline."""
    images = page.all("img")
    assert images or page.one("h1")["text"].endswith(": methods")
    for element in images:
        alt = element["attrs"]["alt"]
        assert len(alt) > 20
        assert re.search(r"\d", alt)
        assert "figure" in element["within"]
    captions = page.all("figcaption")
    assert len(captions) == len(images)
    assert all(element["text"].strip() for element in captions)


def test_no_cell_holds_what_a_program_says_for_nothing(page):
    """No NaN, None or inf, and no cell that is blank or a lone dash where a number is expected."""
    for element in page.all("td", "th", "li", "p", "dd", "figcaption", "caption"):
        assert not re.search(r"\b(nan|NaN|None|inf|NaT|<NA>)\b", element["text"]), element["text"]
        assert "Withheld." not in element["text"] and "SUPPRESSED" not in element["text"]
    assert all(element["text"].strip() for element in page.all("th"))
    assert not any(re.search(r"\b(nan|None|inf)\b", element["attrs"]["alt"]) for element in page.all("img"))


def test_no_formula_language_is_left_in_the_words(page):
    """No dollar signs of TeX, no braces of a template that was not filled."""
    text = page.one("body")["text"] + " ".join(element["attrs"]["alt"] for element in page.all("img"))
    assert not re.search(r"\$|\{|\}", text)


# -- marks -------------------------------------------------------------------------------------------------------------


def test_the_audit_and_the_banner_are_there(report):
    """The methods and the file of provenance say how far the page was audited, not the first line; synthetic data say that they are, in both files."""
    page, methods = (Page(report.files("html")[name].decode("utf-8")) for name in FILES)
    assert AUDIT in methods.one("main")["text"] and AUDIT not in page.one("body")["text"]
    assert all(BANNER in each.one("header")["text"] for each in (page, methods))
    facts = json.loads(report.to_json())
    assert (facts["audit"], facts["mark"]) == (AUDIT, "")


def test_the_banner_stands_over_synthetic_data_alone():
    """Public data describe people."""
    with load({"a": {"completed": 40, "dropped_out": 40}}, data_class="public") as data:
        html = both_files(iop.report(data))
    assert BANNER not in html
    assert AUDIT in html


def test_the_parts_that_a_notebook_shows_are_those_of_the_page(report):
    """A section looks the same in a notebook and in the file."""
    assert report.title in report._repr_html_()
    assert all(part._repr_html_() in report.to_html() for part in report.sections)


# -- what is never said ------------------------------------------------------------------------------------------------

NEVER = (
    r"because of",
    r"due to",
    r"led to",
    r"effects? of",
    r"impact",
    r"works? better",
    r"more effective",
    r"reduc(es?|ed|ing)",
    r"improves? outcomes",
    r"prevents?",
    r"benefits?",
    r"significant(ly)?",
    r"proves?",
    r"ranks?|ranked|ranking",
    r"best|worst",
    r"(success|failure) rates?",
    r"relapse-free",
    r"recovered",
    r"no difference",
    r"% of patients",
    r"above average|below average",
)
SIGNED_RANKS = re.compile(r"rank sum|signed rank|rank-biserial|ranks of the improved")  # a test and its numbers, which rank nobody's track
BANNED = re.compile(r"(?<![\w-])(" + "|".join(NEVER) + r")(?![\w-])", re.IGNORECASE)


def literals(path):
    """Strings of a module that are no docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body and isinstance(node.body[0], ast.Expr)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings
    ]


def test_the_page_says_nothing_that_is_never_said(page):
    """No cause, no praise, no rank in any sentence, cell or description of the page."""
    text = page.one("body")["text"] + " ".join(element["attrs"]["alt"] for element in page.all("img"))
    assert [match.group() for match in BANNED.finditer(text)] == []


@pytest.mark.parametrize("room", ["measures", "show", "reporting"])
def test_no_template_of_a_sentence_says_what_is_never_said(room):
    """Also in sentences that the synthetic program does not bring out."""
    found = {
        f"{path.name}: {match.group()}"
        for path in (PACKAGE / room).rglob("*.py")
        for text in literals(path)
        if " " in text  # a sentence, not a name
        and not SIGNED_RANKS.search(text)
        for match in BANNED.finditer(text)
    }
    found |= {match.group() for path in (PACKAGE / room).rglob("*.j2") for match in BANNED.finditer(path.read_text(encoding="utf-8"))}
    assert found == set()


def test_the_list_of_what_is_never_said_finds_it():
    """The search itself, on sentences made by hand; a worst case that is a name of an estimand is allowed."""
    assert BANNED.search("Completion was higher because of the new schedule.")
    assert BANNED.search("The best track")
    assert not BANNED.search("completion_strict_worst_case, because too few; recorded; unaffected")


# -- every number comes from a frame -------------------------------------------------------------------------------------

NUMBER = re.compile(r"(?<![\w.,-])\d+(?:,\d{3})*(?:\.\d+)?%?(?![\w-])")


def rounded(value, digits):
    """Half up, as people round."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


SCALES = tuple(f"{name}_" for name in load_scales() if name not in ("phq9", "gad7"))
DECLARED = ("planned_hours", "certified", "recertified", "condition_code_92", "scores_in_plan", "paired_yes_no")
RARE = tuple(
    f"{scale}_{name}" for scale in ("phq9", "gad7") for name in ("occasions", "sudden_gains", "depression_follow_up")
)  # scores after discharge, or every week
LACKING = (*SCALES, *DECLARED, *RARE, "phq9_self_harm_item", "no_show_rate", "attended_days")  # what the data do not bring
MEASURES = [name for name in known() if not name.startswith(LACKING)]


def asked(name):
    """A measure under its first definition."""
    return find(name, *known()[name].definitions[:1])


def said_as(row):
    """Every way in which the numbers of a row may be said: counts, its day, and values at the rounding of the report."""
    ways = {f"{row[name]:,}" for name in ("n", "k", "n_missing", "excluded") if row[name] is not None}
    ways |= {f"{row['time']:g}"} if row["time"] is not None else set()
    ways |= {"11"}  # fewer than 11, the policy
    if row["value"] is None:
        return ways
    ends = [row[name] for name in ("value", "low", "high") if row[name] is not None]
    if row["unit"] == "share":
        digits = 1 if 0 < row["value"] < 0.0995 else 0
        lacking = {f"{rounded(100 * (1 - row['value']), 0)}%"}  # the share without, which key points name
        finer = {f"{rounded(100 * end, 1)}%" for end in ends if 0 < end < 1 and rounded(100 * end, digits) in (0, 100)} | {"0.1%", "99.9%"}
        return ways | lacking | finer | {f"{rounded(end * 100, digits)}%" for end in ends} | {f"{rounded(100 * row['value'], 0)}%"}
    if row["unit"] == "share difference":
        return ways | {f"{abs(rounded(end * 100, 0))}" for end in ends}
    if row["unit"] != "days":
        digits = {"points": 1, "SD": 2, "chi-squared": 2, "p": 3, "ratio": 2, "rank sum": 0}[row["unit"]]
        return ways | {f"{abs(rounded(end, digits))}" for end in ends} | {"0.001"}  # a p below it
    return ways | {f"{rounded(end, 0):,}" for end in ends}


def numbers_in(text, released):
    """Numbers of a text, without those that are part of a label."""
    for definition in released.definition.estimands:
        for name in (definition.label, definition.label.lower()):
            text = text.replace(name, "")
    return NUMBER.findall(text)


@pytest.mark.parametrize("policy", ["cms11", "none"])
@pytest.mark.parametrize("name", MEASURES)
def test_every_number_of_a_sentence_is_in_its_row(synthetic, name, policy):
    """Each measure, estimand and level: no number that its row does not hold, at the stated rounding."""
    released = release(evaluate(asked(name), synthetic, by="track"), policy)
    told = 0
    for row in released.to_records():
        text = words.sentence(released, row["estimand"], row["level"], time=row["time"])
        found = numbers_in(text, released)
        definition = released.definition.estimand(row["estimand"])
        allowed = said_as(row) | set(NUMBER.findall(definition.counted))
        if not row["n"]:  # a number of nobody says of whom it would be
            allowed |= set(NUMBER.findall(definition.among))
        for name in definition.beside:  # numbers that stand beside this one in every sentence
            (other,) = [r for r in released.to_records() if (r["estimand"], r["level"]) == (name, row["level"])]
            allowed |= said_as(other) | set(NUMBER.findall(released.definition.estimand(name).counted))
        assert set(found) <= allowed, text
        told += bool(found)
    assert told > 0


@pytest.mark.parametrize("policy", ["cms11", "none"])
def test_every_number_of_a_stay_sentence_is_in_its_rows(synthetic, policy):
    """The median and the quartiles."""
    released = release(evaluate(find("length_of_stay"), synthetic, by="track"), policy)
    for level in released.levels:
        allowed = set().union(*(said_as(row) for row in released.to_records() if row["level"] == level))
        found = numbers_in(stay_sentence(released, level), released)
        assert len(found) == 3
        assert set(found) <= allowed


@pytest.mark.parametrize("policy", ["cms11", "none"])
@pytest.mark.parametrize("name", MEASURES)
def test_every_number_of_a_description_is_in_its_frame(synthetic, name, policy):
    """The words for those who do not see the chart, level by level."""
    released = release(evaluate(asked(name), synthetic, by="track"), policy)
    names = released.definition.shown
    text = alt_text(released, names, "Chart.")
    records = released.to_records()
    for level in released.levels:
        part = re.search(rf"{re.escape(words.label(level))}: ([^.]*(?:\.\d[^.]*)*)\.", text)
        assert part, text
        allowed = set().union(*(said_as(row) for row in records if row["level"] == level))
        assert set(numbers_in(part.group(1), released)) <= allowed


def test_every_number_of_the_key_points_and_headlines_is_in_a_frame(page, report):
    """What people read first comes from the numbers that are saved with it."""
    allowed = set().union(*(said_as(row) for released in report.released for row in released.to_records()))
    rules = [definition.counted for released in report.released for definition in released.definition.estimands]
    allowed |= {number for rule in rules for number in NUMBER.findall(rule)}
    ends = [(curve.days[-1], curve.incidence[-1]) for released in report.released for curve in released.curves.values() if curve.days]
    allowed |= {said for day, share in ends for said in (str(day), percent(share))}
    allowed |= {"10"}  # periods that a verdict over time takes
    texts = [element["text"] for element in page.all("li") if "nav" not in element["within"] and element["attrs"].get("class") != "card"]
    texts += [element["text"] for element in page.all("p") if (element["attrs"].get("class") or "").startswith("card-")]
    texts += [element["text"] for element in page.all("strong") if "figcaption" in element["within"]]
    texts += [element["attrs"]["alt"] for element in page.all("img")]
    assert len(texts) >= 8 or page.one("h1")["text"].endswith(": methods")
    for text in texts:
        assert set(NUMBER.findall(re.sub(r"\b(20\d\d[ -]Q[1-4]|[A-Z][a-z]+ 20\d\d)\b", "", text))) <= allowed, text


def test_the_csv_holds_the_released_numbers(report):
    """Every row of every measure, exactly, withheld ones blank with their flag."""
    rows = list(csv.DictReader(io.StringIO(report.to_csv())))
    records = [record for released in report.released for record in released.to_records()]
    assert list(rows[0]) == list(COLUMNS)
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        for name in COLUMNS:
            said = f"{record[name]:.12g}" if isinstance(record[name], float) else str(record[name])
            assert (
                row[name] == ""
                if record[name] is None
                else row[name] in (said, str(float(said)) if isinstance(record[name], float) else said)
            )
            assert not isinstance(record[name], float) or math.isfinite(record[name])
    empty = {row["flag"].partition(";")[0] for row in rows if not row["value"]}
    assert empty <= {
        "suppressed",
        "not_reached",
        "no_episodes",
        "no_pairs",
        "no_reference",
        "no_overlap",
        "not_assessable",
        "patients_repeat",
    }


# -- what is withheld ----------------------------------------------------------------------------------------------------


def visible(html):
    """Words and numbers of a page without images, styles and fingerprints."""
    page = Page(html)
    text = page.one("body")["text"] + " ".join(element["attrs"]["alt"] for element in page.all("img"))
    return re.sub(r"[0-9a-f]{64}", "", text)


def test_rows_in_that_are_withheld_are_not_printed_in_another_place():
    """Of 103 episodes three are still in care: 100 are counted, and 103 would give the three back, wherever it stands."""
    with load({"a": {"completed": 60, "dropped_out": 40, "active": 3}}) as data:
        report = iop.report(data)
    assert report.released[0].estimate("completion_strict").n == 100
    assert "103" not in NUMBER.findall("".join(visible(text.decode("utf-8")) for text in report.files("html").values()))


def test_rows_in_that_are_withheld_are_not_saved_with_the_provenance():
    """The same in the file that says where numbers come from."""
    with load({"a": {"completed": 60, "dropped_out": 40, "active": 3}}) as data:
        report = iop.report(data)
    assert "103" not in NUMBER.findall(report.to_json())


def test_a_group_that_is_withheld_is_named_and_none_of_its_numbers_is_shown():
    """Nine episodes: the row stays, its cells say so, and the csv has no number for it."""
    with load({"a": {"completed": 60, "dropped_out": 40}, "b": {"completed": 30, "dropped_out": 30}, "c": {"completed": 9}}) as data:
        report = iop.report(data)
    rows = re.findall(r'<tr><th scope="row">C</th>(.*?)</tr>', both_files(report))
    assert rows
    assert all(
        set(re.findall(r"<td>([^<]*)</td>", row)) <= {"not shown", words.NOT_SHOWN, "not assessable", "no data", "0"} for row in rows
    )
    small = [row for row in csv.DictReader(io.StringIO(report.to_csv())) if row["level"] == "c" and row["n"] != "0"]
    assert small
    assert all(row["value"] == row["n"] == row["k"] == "" for row in small)


# -- names that are not tame ---------------------------------------------------------------------------------------------

WILD = ["<script>alert(1)</script>", "$\\badcmd$", "_hidden", "=1+1", '"quoted" & <b>bold</b>', "a_b", "ab c", "{{ 7*7 }}", "Ünïcode ≥ 1"]


@pytest.fixture(scope="module")
def wild():
    """A program whose tracks have names that other languages would read as their own."""
    tracks = {name: {"completed": 40 + 5 * i, "dropped_out": 30} for i, name in enumerate(WILD)}
    with load(tracks) as data:
        yield data


def test_wild_names_stay_text_in_the_page(wild):
    """Nothing is executed, evaluated or lost: each track has a row of its own under its own name."""
    report = iop.report(wild)
    pages = [Page(text.decode("utf-8")) for text in report.files("html").values()]
    assert all(page.all("script", "b") == [] for page in pages)
    page = pages[0]
    assert "49" not in NUMBER.findall(" ".join(element["text"] for element in page.all("th")))
    heads = [element["text"] for element in page.all("th") if element["attrs"]["scope"] == "row"]
    for name in WILD:
        assert words.label(name) in heads
    assert "<script>alert(1)</script>" in heads and "$\\badcmd$" in heads and "=1+1" in heads
    alts = " ".join(element["attrs"]["alt"] for element in page.all("img"))
    assert "<script>alert(1)</script>" in alts and "$\\badcmd$" in alts


def test_names_that_differ_have_labels_that_differ():
    """Two tracks are never shown under one name, and none is shown as something else than it is called."""
    assert len({words.label(name) for name in WILD}) == len(WILD)
    assert words.label("_hidden").strip() == words.label("_hidden")


@pytest.mark.parametrize("chart", [dot_range, stay_range, stacked_shares])
def test_wild_names_stay_text_in_a_chart(wild, chart):
    """Each is a tick label as it stands: no mathematics, no name that is left out because it starts with an underscore."""
    name = {dot_range: "completion", stay_range: "length_of_stay", stacked_shares: "discharge_reasons"}[chart]
    released = release(evaluate(find(name), wild, by="track"))
    estimands = [definition.name for definition in released.definition.estimands]
    given = {dot_range: (estimands[0],), stay_range: (), stacked_shares: (estimands,)}[chart]
    axes = chart(released, *given)
    image = theme.svg(axes.get_figure(root=True))
    ET.fromstring(image)
    labels = axes.get_yticklabels()
    assert sorted(text.get_text() for text in labels) == sorted(words.label(level) for level in released.levels)
    assert not any(text.get_parse_math() for text in labels)


def test_wild_names_stay_text_in_the_csv(wild):
    """A spreadsheet takes none for a formula, and a reader of CSV gets each back, the quotation mark of text before it."""
    report = iop.report(wild)
    rows = list(csv.DictReader(io.StringIO(report.to_csv())))
    levels = {row["level"] for row in rows if row["group"] == "track"}
    assert levels == {"All", *(f"'{name}" if name[0] in "=+-@" else name for name in WILD)}
    assert not any(value[:1] in ("=", "+", "@", "\t", "\r") for row in rows for value in row.values())


# -- charts ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("long", [False, True])
def test_no_text_of_a_chart_is_cut_off(synthetic, long):
    """Everything drawn lies inside the canvas, with the names of the synthetic program and with long ones."""
    named = ["A track with a name of a length that sites do use in practice", "Another one", "Third"]
    with load({name: {"completed": 60, "dropped_out": 40, "other": 20} for name in named}) as data:
        asked = data if long else synthetic
        found = {name: release(evaluate(find(name), asked, by="track")) for name in ("completion", "length_of_stay", "discharge_reasons")}
    drawn = [
        dot_range(found["completion"], "completion_strict"),
        stay_range(found["length_of_stay"]),
        stacked_shares(found["discharge_reasons"], [d.name for d in found["discharge_reasons"].definition.estimands]),
    ]
    for axes in drawn:
        figure = axes.get_figure(root=True)
        theme.svg(figure)
        box = figure.get_tightbbox()
        width, height = figure.get_size_inches()
        assert box.x0 >= -0.02 and box.y0 >= -0.02
        assert box.x1 <= width + 0.02 and box.y1 <= height + 0.02


def test_the_title_is_escaped_wherever_it_stands():
    """A title is given by a person."""
    with load({"a": {"completed": 40, "dropped_out": 40}}) as data:
        report = build_report(data, title="<b>Q1</b> & more")
    page = Page(report.to_html())
    assert page.all("b") == []
    assert page.one("h1")["text"] == page.one("title")["text"] == "<b>Q1</b> & more"
    assert "<b>" not in report._repr_html_()
