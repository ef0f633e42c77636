"""Takes nothing, gives small pages: of two groups in two parts with their methods, and of words alone."""

from functools import cache

from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.reporting.assemble import build_report
from iop_outcomes.reporting.blocks import section
from iop_outcomes.reporting.parts import Part
from iop_outcomes.reporting.parts.completion import COMPLETION
from iop_outcomes.reporting.parts.flow import FLOW
from tests.reporting.parts.small import people, small


@cache
def small_page(policy="none"):
    """Completion and who is counted, of twenty and twenty."""
    with small(people(14, 6) + people(8, 12, track="b"), program={"name": "Riverside <IOP>"}) as data:
        return build_report(data, policy=policy, parts=(COMPLETION, FLOW))


@cache
def page_of_words(*blocks):
    """A page of these blocks, without an appendix."""
    with small(people(3, 3)) as data:
        return build_report(
            data,
            policy="none",
            parts=(Part(lambda program: [Ask("completion", by=program.by)], lambda _page: [section("words", "Words", blocks)]),),
        )
