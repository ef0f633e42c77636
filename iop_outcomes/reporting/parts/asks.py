"""Takes a program, gives the asks that several parts of a page share: equal ones are answered once."""

from __future__ import annotations

from iop_outcomes.evaluate import Against
from iop_outcomes.evaluate.ask import Ask
from iop_outcomes.evaluate.lookup import declaration
from iop_outcomes.measures.after_discharge import AT
from iop_outcomes.measures.self_harm_item import SELF_HARM_ITEM
from iop_outcomes.release import Released
from iop_outcomes.reporting.parts.part import MOST_USED, Page, Program
from iop_outcomes.scales import Scale

MIDDLE_DAY = 90 if 90 in AT else AT[0]
LEFT = "dropped_out"
COVARIATES = ("age_group", "sex", "referral_source", "modality")


def completion(program: Program) -> Ask:
    """Completion by group, its main rate compared."""
    return Ask("completion", by=program.by, against=Against(("completion_strict",)))


def stay(program: Program) -> Ask:
    """Length of stay by group."""
    return Ask("length_of_stay", by=program.by)


def stay_by_reason(program: Program) -> Ask | None:
    """The quartiles of stays by discharge reason: when people leave who do not finish; none where no stay is known in days.

    By the reasons themselves, as who is missing a score: of some taken together, release would not know whom they have in common with others.
    """
    every = stay(program)
    if not program.can_answer(every) or not (stays := declaration(every, program.data)).definition.has_role("mean"):
        return None
    return Ask("length_of_stay", by="discharge_reason", estimands=stays.shown)


def reasons(program: Program) -> Ask:
    """Discharge reasons by group."""
    return Ask("discharge_reasons", by=program.by)


def recorded(program: Program) -> Ask:
    """How often each thing is known that a report rests on."""
    return Ask("recorded", by=program.by)


def changes(program: Program) -> dict[str, Ask]:
    """Change on each scale that has scores, the mean compared, of the first also who gave both; and on the most used, which is missed where it has none."""
    scales = list(dict.fromkeys((*program.scored, MOST_USED)))
    compared = {name: ("mean_change", "paired_rate") if name in program.scored[:1] else ("mean_change",) for name in scales}
    return {name: Ask("symptom_change", scale=name, by=program.by, against=Against(compared[name])) for name in scales}


def reliable(program: Program) -> dict[str, Ask]:
    """Reliable change on each scale that has scores and names a rule for it, by its usual one; of the first, better and worse compared."""
    profiled = [name for name in program.scored if program.data.scales[name].profiles]
    against = Against(("reliable_improvement", "reliable_deterioration"))
    return {name: Ask("reliable_change", scale=name, by=program.by, against=against if name == profiled[0] else None) for name in profiled}


def by_reason(scale: str) -> Ask:
    """Change by discharge reason, for the rate of those with both scores."""
    return Ask("symptom_change", scale=scale, by="discharge_reason")


def safety_items(program: Program) -> dict[str, Ask]:
    """How often the safety item is positive, on each scale of which it was answered."""
    answered = [name for name, scale in program.data.scales.items() if name in program.data.facts.safety_items and has_safety_item(scale)]
    return {name: Ask("self_harm_item", scale=name, by=program.by) for name in answered}


def has_safety_item(scale: Scale) -> bool:
    """Whether items of a scale, where they are given, tell of thoughts of self-harm."""
    return scale.item_scoring and SELF_HARM_ITEM.declare(scale) is not None


def after_discharge(program: Program) -> list[Ask]:
    """What may happen after discharge, compared by the middle day."""
    against = Against(("cumulative_incidence", "transfer_0_2"), times=(MIDDLE_DAY,))
    return [Ask("readmission", by=program.by, against=against), Ask("relapse", "any_use", by=program.by, against=against)]


def attendance(program: Program) -> tuple[Ask, Ask]:
    """How many sessions were missed, and on how many days people attended."""
    return Ask("no_show_rate", by=program.by), Ask("attended_days", by=program.by)


def mixes(program: Program) -> list[Ask]:
    """The mix of each characteristic that the data bring, without the column that divides the groups."""
    return [
        Ask("participants", column=column, by=program.by) for column in COVARIATES if column != program.by and program.has_values(column)
    ]


def severity(program: Program) -> Ask | None:
    """How ill people are at admission, on the first scale that has scores."""
    return Ask("participants", scale=program.scored[0], by=program.by) if program.scored else None


def people(program: Program) -> list[Ask]:
    """Who is in each group."""
    ill = severity(program)
    return [*mixes(program), *([] if ill is None else [ill])]


# -- what the first page is made of --------------------------------------------------------------------------------------


def first_change(page: Page) -> Released | None:
    """Change on the first scale that has scores."""
    return next(iter(page.answered(changes(page.program).values())), None)


def first_after_discharge(page: Page) -> Released | None:
    """The first of what may happen after discharge that the data tell of."""
    return next(iter(page.answered(after_discharge(page.program))), None)


def judged(page: Page) -> list[Released]:
    """Everything that groups are compared in."""
    program = page.program
    asks = (completion(program), *changes(program).values(), *reliable(program).values(), *after_discharge(program))
    return page.answered(asks)
