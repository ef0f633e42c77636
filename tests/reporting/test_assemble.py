"""Takes programs and parts, gives proof of the page: each ask answered once, one release over everything, forms that say the same."""

from __future__ import annotations

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import cli
from iop_outcomes.evaluate import answering
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting import assemble
from iop_outcomes.reporting.blocks import Bullets, Cards, Figure, Note, TableBlock, Terms, Text, section
from iop_outcomes.reporting.parts import PROGRAM_QUALITY, Part
from iop_outcomes.reporting.render import FORMS
from iop_outcomes.reporting.render.text import text_of_block
from tests.pages import page_of
from tests.reporting.test_edges_of_pages import episodes


@pytest.fixture
def counted(monkeypatch):
    """How often the page evaluates and releases, and what."""
    calls = {"evaluate": [], "release_set": []}

    def spy(module, name):
        real = getattr(module, name)

        def call(*given, **options):
            calls[name].append((given, options))
            return real(*given, **options)

        monkeypatch.setattr(module, name, call)

    spy(answering, "evaluate")
    spy(assemble, "release_set")
    return calls


def test_every_different_ask_is_evaluated_once_and_the_page_released_once(synthetic, counted):
    """Several parts ask the same: it is answered once; nothing is released but together."""
    report = iop.report(synthetic, by="track", policy="none")
    program = page_of(synthetic, policy="none").program
    asked = [ask for part in PROGRAM_QUALITY for ask in part.asks(program)]
    different = set(asked)
    assert len(different) < len(asked) / 2
    assert {ask.scale for ask in different if ask.scale} == {"phq9", "gad7"}  # nothing is asked of scales without a score
    assert all(each.id.endswith("_change") for each in report.without)  # of scales without a score, for who asks for one by name
    assert len(counted["evaluate"]) == len(different) == len(report.released)
    (((results, policy), _),) = [call for call in counted["release_set"] if call[0][0]]
    assert (len(results), policy) == (len(report.released), "none")


def test_an_ask_is_what_it_says(synthetic):
    """Equal asks are one; any difference makes another."""
    asks = [
        Ask("completion", by="track"),
        Ask("completion", by="track"),
        Ask("completion", by="modality"),
        Ask("completion"),
        Ask("completion", by="track", estimands=("completion_strict",)),
    ]
    results, unanswered = answering.answer_all(asks, synthetic)
    assert len(results) == 4 and unanswered == {}
    assert {estimate.estimand for estimate in results[asks[-1]]} == {"completion_strict"}
    assert results[asks[0]].levels == results[asks[-1]].levels
    whole = {(e.level, e.key): e for e in results[asks[0]]}
    assert all(whole[e.level, e.key] == e for e in results[asks[-1]])


def test_only_the_wanted_estimands_in_every_coarser_form(synthetic):
    """A coarser form, in which more can be shown, brings back nothing that was not wanted."""
    wanted = ("reliable_improvement", "reliable_deterioration")
    ask = Ask("reliable_change", scale="phq9", by="track", estimands=wanted)
    results, _ = answering.answer_all([ask], synthetic)
    forms = list(results[ask].coarser())
    assert len(forms) == 2
    assert all({estimate.estimand for estimate in form} == set(wanted) for form in forms)
    assert all({key.estimand for _, key in form.populations} == set(wanted) for form in forms)


def test_what_cannot_be_answered_says_why_and_takes_nothing_with_it():
    """A program without scores and events: the page stands, and each missing section gives its reason."""
    rows = pd.DataFrame(episodes(a=(40, 40), b=(30, 50)))
    with iop.load({"episodes": rows}, mapping={"data": {"class": "limited_data_set"}}) as data:
        report = iop.report(data, policy="cms11")
    reasons = {each.id: each.blocks[0].words for each in report.without}
    assert {"phq9_change", "readmission", "relapse"} <= set(reasons)
    assert all("is not assessable" in words for words in reasons.values())
    assert "completion" in {each.id for each in report.sections}


def test_a_part_is_one_declaration(synthetic):
    """A part of somebody's own stands on the page by being named; it asks and says."""
    ask = Ask("discharge_reasons", "each", by="modality")
    mine = Part(
        lambda program: [ask],
        lambda page: [section("mine", "Mine", [Text(f"{page[ask].estimate('reason_completed').value:.3f}")])],
    )
    report = assemble.build_report(synthetic, policy="none", parts=(*PROGRAM_QUALITY, mine))
    counts = iop.measure(synthetic, "discharge_reasons", definition="each").release("none").estimate("reason_completed")
    assert report.section("mine").blocks == (Text(f"{counts.value:.3f}"),)


# -- forms ----------------------------------------------------------------------------------------------------------


def test_the_text_form_says_what_the_page_says(synthetic, tmp_path):
    """Every heading, sentence, cell and description of the page stands in the text."""
    report = iop.report(synthetic, policy="none")
    (path,) = report.save(tmp_path, formats=["txt"])
    text = path.read_text(encoding="utf-8")
    flat = " ".join(text.split())

    def stands(words):
        assert " ".join(words.split()) in flat, words

    for part in report.every_section:
        stands(part.title)
        for block in part.blocks:
            if isinstance(block, (Text, Note)):
                stands(block.words)
                assert max(map(len, text_of_block(block).splitlines())) <= 100
            elif isinstance(block, Bullets):
                for sentence in block.sentences:
                    stands(sentence)
            elif isinstance(block, Figure):
                for words in (block.headline, block.subtitle, block.alt):
                    stands(words)
            elif isinstance(block, TableBlock):
                stands(block.table.caption)
                for row in block.table.rows:
                    for cell in row:
                        stands(cell)
            elif isinstance(block, Cards):
                for card in block.cards:
                    stands(f"{card.name}: {card.value}")
            elif isinstance(block, Terms):
                for term, lines in block.entries:
                    for words in (term, *lines):
                        stands(words)


def test_forms_are_named_and_refused_by_name(synthetic, tmp_path):
    """A form that does not exist writes nothing."""
    report = iop.report(synthetic, policy="none")
    texts = [form for form, each in FORMS.items() if each.is_text]  # the others have tests of their own, and take long
    written = [path.name for path in report.save(tmp_path / "all", formats=texts)]
    assert written == [name for form in texts for name in report.files(form)]
    assert written[:2] == ["program_quality.html", "program_quality_methods.html"]
    with pytest.raises(iop.UsageError, match="has no form"):
        report.save(tmp_path / "none", formats=("html", "odt"))
    assert not (tmp_path / "none").exists()


def test_the_help_names_every_form():
    """The command line cannot import the renderers before it knows that a report is wanted, so it repeats their words."""
    option = next(each for each in cli.get_command(None, "report").params if each.name == "formats")
    assert option.help == f"Files to write: {', '.join(f'{form} ({each.words})' for form, each in FORMS.items())}."


def test_the_file_of_a_form_is_its_text(synthetic):
    """The first file of a form is named after the page; a form that is no one text has none."""
    report = iop.report(synthetic, policy="none")
    for form in (form for form, each in FORMS.items() if each.is_text):
        name, content = next(iter(report.files(form).items()))
        assert name == f"program_quality.{form}"
        assert content.decode("utf-8") == report.to(form)
    for form in ("pdf", "figures"):
        with pytest.raises(iop.UsageError, match=f'no text "{form}"'):
            report.to(form)


def test_an_unknown_block_is_no_silence():
    """A renderer that does not know a block says so rather than leaving it out."""
    with pytest.raises(TypeError, match="no text for a block"):
        text_of_block(3)


def test_a_drawing_is_kept_and_becomes_svg_or_png(synthetic, tmp_path):
    """A figure of a page is no image yet."""
    report = iop.report(synthetic, policy="none")
    figure = next(block for part in report.sections for block in part.blocks if isinstance(block, Figure))
    for form, start in (("png", b"\x89PNG"), ("svg", b"<?xml")):
        figure.drawing.savefig(tmp_path / f"f.{form}", format=form)
        assert (tmp_path / f"f.{form}").read_bytes().startswith(start)
