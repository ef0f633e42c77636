"""Takes sources as definitions cite them, gives references in words and as BibTeX: known works, unknown ones, signs that are obeyed."""

import pytest

from iop_outcomes.show.references import Reference, bibtex, references_of, shipped


def test_a_work_that_is_cited_twice_is_one():
    """By its DOI in any case and within any words; sorted by key."""
    found = references_of(
        [
            "Wilson EB (1927), doi:10.1080/01621459.1927.10502953",
            "see DOI 10.1080/01621459.1927.10502953.",
            "Hyndman RJ, Fan Y (1996), doi:10.1080/00031305.1996.10473566",
        ]
    )
    keys = [each.key for each in found]
    assert keys == sorted(set(keys)) and len(keys) == 2


@pytest.mark.parametrize(
    ("source", "field", "value"),
    [
        ("Ours, https://example.org/a", "url", "https://example.org/a"),
        ("Ours, doi:10.9999/x", "doi", "10.9999/x"),
        ("Ours, ISBN 978-3-16-148410-0", "isbn", "978-3-16-148410-0"),
        ("The program's manual, not checked", "title", "The program's manual"),
    ],
)
def test_a_source_in_no_list_stands_as_it_is(source, field, value):
    """With its DOI, number or address where it has one."""
    (reference,) = references_of([source])
    assert (getattr(reference, field), reference.type) == (value, "misc")


def test_long_words_have_keys_that_differ():
    """Though they begin alike; an explanation cites nobody."""
    one, other = references_of([f"The manual of the program of the county of {name}" for name in ("north", "south")])
    assert one.key != other.key and len(one.key) <= 50
    assert references_of(["By analogy with the PHQ-9", "Edge of the lowest band"]) == ()
    assert references_of([]) == ()


def test_methods_bring_their_works():
    """By a piece of what the column of methods says."""
    wilson = next(each for each in shipped() if each.doi == "10.1080/01621459.1927.10502953")
    assert wilson in references_of([], methods=("95% Wilson score",))


@pytest.mark.parametrize(("authors", "short"), [(("Wilson, E. B.",), "Wilson 1927"), (("A, B.", "C, D."), "A and C 1927"), (("A, B.", "C, D.", "E, F."), "A et al. 1927"), (("World Health Organization",), "World Health Organization 1927")])  # fmt: skip
def test_within_a_sentence(authors, short):
    """One, two, several, and a body of persons."""
    assert Reference("k", "article", authors, year="1927").short == short


def test_signs_of_bibtex_are_escaped_and_addresses_are_not():
    """Names of bodies are kept whole; pages are a range."""
    text = bibtex([Reference("k", "article", ("R&D_Group", "Wilson, E. B."), title="50% of {A}", pages="1-9", url="https://x.org/a_b%20c")])
    assert r"author = {{R\&D\_Group} and Wilson, E. B.}" in text
    assert r"title = {{50\% of \{A\}}}" in text
    assert "pages = {1--9}" in text and "url = {https://x.org/a_b%20c}" in text
    assert text.count("{") - text.count(r"\{") == text.count("}") - text.count(r"\}")
