"""Takes HTML of tables and cards, gives it with styles where no stylesheet is: words, structure and styles that were there are kept."""

import re

from iop_outcomes.show.inline import inlined

TABLE = '<table class="prose"><caption>A</caption><tr><th scope="row">x</th><td>no clear difference</td></tr></table>'


def test_without_its_styles_it_is_what_it_was():
    """Nothing but style= is added."""
    html = (
        TABLE + '<ul class="cards"><li class="card card-is-worse"><p class="card-name">B &lt;i&gt;</p></li></ul><img src="data:," alt="c">'
    )
    assert re.sub(r' style="[^"]*"', "", inlined(html)) == html


def test_words_stand_left_and_numbers_right():
    """In a table of words, and under the head of a row, left; a table of words does not make the next one so."""
    cells = re.findall(r"<t[dh][^>]*text-align:(\w+)", inlined(TABLE + "<table><tr><th scope='col'>n</th><td>5</td></tr></table>"))
    assert cells == ["left", "left", "right", "right"]


def test_a_card_that_is_worse_has_the_styles_of_both_names():
    """The later wins where they differ, as in a stylesheet."""
    (style,) = re.findall(r'<li [^>]*style="([^"]*)"', inlined('<ul><li class="card card-is-worse">x</li></ul>'))
    assert style.index("border-top:4px") < style.index("border-top-color:")


def test_an_element_that_has_a_style_keeps_it_and_a_paragraph_needs_none():
    """Once is enough: twice gives the same."""
    styled = '<td style="color:red">x</td>'
    assert inlined(styled) == styled
    assert inlined("<p>Words.</p>") == "<p>Words.</p>"
    assert inlined(inlined(TABLE)) == inlined(TABLE)
