"""Takes studies that print much and little, gives what must be known before a program is compared with them."""

from iop_outcomes.published.caveats import caveats_of
from iop_outcomes.published.study import SCOPES
from tests.published.printed_studies import a_figure, a_study


def of(figure=None, **facts):
    """What must be known of a figure of a study."""
    return caveats_of(a_study(**facts), figure or a_figure())


def test_one_program_alike_says_its_scope_and_year():
    """Nothing that is not printed is guessed."""
    assert of() == ("one program, never a national figure", "of 2020")
    assert of(year=None) == ("one program, never a national figure",)
    assert len({of(scope=scope)[0] for scope in SCOPES}) == len(SCOPES)


def test_other_care_is_named_and_its_lack_too():
    """An IOP among several is one."""
    assert "of PHP, day hospital, not of an IOP" in of(level=("PHP", "day_hospital"))
    assert "its level of care is not printed" in of(level=())
    assert not any("not of an IOP" in words for words in of(level=("PHP", "IOP")))


def test_whom_it_is_of():
    """Others than the pairs, groups that were compared, people who are missing, and what nobody has checked."""
    assert "those who completed" in of(a_figure(people="completers"))
    assert not any("not printed" in words for words in of(a_figure(people="not_printed")))
    assert "groups drawn by lot" in of(design="randomized_trial")
    assert "1,000 of 1,200 admitted" in of(n_admitted=1200, n_analysed=1000)
    assert not any("admitted" in words for words in of(n_admitted=1200, n_analysed=1200))
    assert "quoted from memory, not checked" in of(verified=("recalled",))
    assert "quoted from memory, not checked" not in of(verified=("seen", "recalled"))
