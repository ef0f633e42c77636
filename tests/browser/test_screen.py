"""Takes reports opened in Chromium, gives proof that everyone can read them: axe, keyboard, narrow windows, large letters, no network."""

from __future__ import annotations

import re

import pytest

from tests.browser.conftest import FEW_METHODS, METHODS, NAMES

WIDE = ["synthetic", METHODS, "long"]  # with tables and names that leave little room
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
SPACING = "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-bottom:2em!important}"
SCROLLING = """() => [...document.querySelectorAll('body *')].map((e, i) => [e, i])
    .filter(([e]) => /auto|scroll/.test(getComputedStyle(e).overflowX) && e.scrollWidth > e.clientWidth).map(([e, i]) => i)"""
FOCUSED = """() => { const e = document.activeElement, style = getComputedStyle(e);
    return [[...document.querySelectorAll('body *')].indexOf(e), style.outlineStyle, parseFloat(style.outlineWidth)]; }"""
SIZE = "parseFloat(getComputedStyle(document.querySelector('.lead')).fontSize)"
COLUMNS = "getComputedStyle(document.querySelector('.cards')).gridTemplateColumns.split(' ').length"


@pytest.mark.parametrize(("name", "width"), [*((name, 360) for name in NAMES), ("synthetic", 1000), (FEW_METHODS, 1000)], indirect=["name"])
def test_axe_finds_no_violation(visit, html, width):
    """WCAG 2.1 A and AA and axe's best practices, on a phone and on a desk."""
    assert visit(html, width).axe() == {}


def test_the_keyboard_opens_a_folded_table(visit, pages):
    """Enter on its name shows it, and again hides it; opened, axe finds no fault."""
    found = visit(pages["synthetic"])
    page, table = found.page, found.page.locator("details .table").first
    assert not table.is_visible()
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    assert table.is_visible()
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    assert found.axe() == {}
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = false)")
    assert not table.is_visible()


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "long"], indirect=True)
def test_axe_leaves_nothing_undecided_when_all_is_in_sight(visit, html):
    """In a window so wide that no table is cut off, axe can judge every contrast."""
    found = visit(html, 2400)
    found.page.add_style_tag(content="body{max-width:none}")
    assert found.axe("incomplete", ["color-contrast"]) == {}


@pytest.mark.parametrize("name", ["synthetic", METHODS], indirect=True)
def test_nothing_is_asked_of_the_network(visit, html):
    """No request, nothing refused by the policy of the page; and none without that policy either."""
    found = visit(html)
    assert (found.requests, found.refused) == ([], [])
    bare, removed = POLICY.subn("", html, count=1)
    assert removed == 1
    found = visit(bare)
    assert (found.requests, found.refused) == ([], [])


@pytest.mark.parametrize("name", WIDE, indirect=True)
def test_the_page_never_scrolls_sideways(visit, html):
    """Wide tables and charts scroll in their own boxes; 320 is a window of 1280 at 400 %, 640 one at 200 %."""
    found = visit(html)
    for width in (320, 360, 640, 1000):
        found.page.set_viewport_size({"width": width, "height": 800})
        assert found.overflow() <= 0, width


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "long"], indirect=True)
@pytest.mark.parametrize("style", ["html{font-size:200%}", SPACING], ids=["letters", "spacing"])
def test_larger_letters_and_wider_spacing_fit(visit, html, style):
    """Letters at 200 % (1.4.4) and the spacing of 1.4.12 make the page longer, not wider; letters follow the reader's own size."""
    found = visit(html, 360)
    before, small = found.page.evaluate("document.documentElement.scrollHeight"), found.page.evaluate(SIZE)
    found.page.add_style_tag(content=style)
    assert found.overflow() <= 0
    assert found.page.evaluate("document.documentElement.scrollHeight") > 1.1 * before
    assert found.page.evaluate(SIZE) == (2 * small if "200%" in style else small)
    found.page.set_viewport_size({"width": 1000, "height": 800})
    assert found.overflow() <= 0


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "tiny"], indirect=True)
def test_one_heading_names_the_page_and_each_section_has_its_own(visit, html):
    """A single h1, which is the title; links in the contents lead to headings that are there."""
    page = visit(html).page
    assert page.locator("h1").count() == 1
    assert page.locator("h1").inner_text() == page.title()
    links = page.locator("nav a")
    assert links.count() == page.locator("main h2").count() >= 5
    assert page.locator("header a").count() == 1  # to the other file
    for link in links.all():
        assert page.locator(f"[id='{link.get_attribute('href')[1:]}'] > h2").inner_text() == link.inner_text()


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "tiny"], indirect=True)
def test_the_keyboard_reaches_all_that_scrolls_and_shows_where_it_is(visit, html):
    """Tab visits every box that scrolls, in the order of the page, each with an outline that is seen."""
    page = visit(html, 360).page
    scrolling = page.evaluate(SCROLLING)
    if "<table" in html:
        assert scrolling
    reached = []
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    for _ in range(page.locator("a, summary, [tabindex]").count()):
        page.keyboard.press("Tab")
        index, style, width = page.evaluate(FOCUSED)
        assert style == "solid" and width >= 2
        reached.append(index)
    assert reached == sorted(reached)
    assert set(scrolling) <= set(reached)


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "tiny"], indirect=True)
def test_the_arrow_keys_scroll_a_table(visit, html, name):
    """A table that is wider than a phone can be read to its last column without a mouse."""
    page = visit(html, 360).page
    page.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
    box = page.evaluate_handle("[...document.querySelectorAll('.table')].find(e => e.scrollWidth > e.clientWidth + 40)").as_element()
    if name == "tiny":  # of four episodes everything is said in sentences
        assert box is None
        return
    assert box is not None
    box.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => e.scrollLeft > 0", arg=box, timeout=10_000)


@pytest.mark.parametrize("name", ["synthetic", FEW_METHODS, "long"], indirect=True)
def test_names_of_rows_and_charts_are_legible_on_a_phone(visit, html):
    """Row names leave room for at least a number beside them; charts keep letters of 9 points or more at 360 pixels."""
    page = visit(html, 360).page
    assert page.evaluate("Math.max(...[...document.querySelectorAll('tbody th')].map(e => e.offsetWidth))") <= 200
    drawn = page.evaluate("[...document.querySelectorAll('figure img')].map(e => e.clientWidth / e.naturalWidth)")
    assert all(scale >= 0.75 for scale in drawn), drawn


# -- cards ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("width", "columns"), [(1000, 5), (640, 2), (360, 1)])
def test_cards_stand_side_by_side_as_the_window_allows(visit, cards, width, columns):
    """Five on a desk, two on a tablet, one on a phone; no card is wider than the page, and axe finds no fault."""
    found = visit(cards, width)
    assert found.page.evaluate(COLUMNS) == columns
    assert found.overflow() <= 0
    assert found.page.evaluate("[...document.querySelectorAll('.card *')].filter(e => e.scrollWidth > e.clientWidth).length") == 0
    assert found.axe() == {}


def test_cards_print_five_across(visit, cards):
    """Paper is narrower than a desk, and still holds five."""
    assert visit(cards, 680, media="print").page.evaluate(COLUMNS) == 5
