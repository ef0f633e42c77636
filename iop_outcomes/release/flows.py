"""Takes the flows of tables of data, gives what of them may be shown beside a page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iop_outcomes.columns import COUNTED, KINDS
from iop_outcomes.release.policy import Policy
from iop_outcomes.release.protect import is_safe
from iop_outcomes.release.released import (
    SUPPRESSED,
    Count,
    Released,
    ReleasedFlow,
    Withheld,
)
from iop_outcomes.release.rounding import Rounding
from iop_outcomes.results import Flow


def release_flow(flow: Flow, policy: Policy) -> ReleasedFlow:
    """Release the flow of a table, whose used rows are printed elsewhere too: if a reason is small, the rows in go with it.

    Of rows of which a person has many, no number is shown where counts are withheld: it would not say how few people they are of.
    """
    if policy.threshold and flow.what in KINDS and KINDS[flow.what].many:
        return ReleasedFlow(flow.what, SUPPRESSED, SUPPRESSED, {reason: SUPPRESSED if n else 0 for reason, n in flow.excluded.items()})
    if policy.base:
        rounding = Rounding(policy)
        counts = {reason: rounding.printed(n) for reason, n in flow.excluded.items()}
        return ReleasedFlow(flow.what, rounding.printed(flow.rows_in), rounding.printed(flow.used), counts)
    excluded: dict[str, Count] = {reason: n if is_safe(n, policy.threshold) else SUPPRESSED for reason, n in flow.excluded.items()}
    hidden = [n for reason, n in flow.excluded.items() if excluded[reason] is SUPPRESSED]
    recoverable = bool(hidden) and (len(hidden) == 1 or not is_safe(sum(hidden), policy.threshold))
    return ReleasedFlow(flow.what, SUPPRESSED if recoverable else flow.rows_in, flow.used, excluded)


def release_flows(flows: Sequence[Flow], page: Sequence[Released]) -> tuple[ReleasedFlow, ...]:
    """Release the flows of the tables of data beside a page: episodes used are those that every total of the page counts.

    Parameters
    ----------
    flows : sequence of Flow
        Of the tables, as the data bring them.
    page : sequence of Released
        Everything that is shown with them, released together.

    Returns
    -------
    tuple of ReleasedFlow
        In the order given. Where the page withholds how many episodes there are in all, or leaves out those without a group,
        neither the rows in of the episodes nor those used are shown.
    """
    if not page:
        return ()
    policy = page[0].policy
    hidden = any(isinstance(flow.rows_in, Withheld) or released.only_grouped for released in page for flow in released.flow)
    released = [release_flow(flow, policy) for flow in flows]
    return tuple(
        replace(flow, rows_in=SUPPRESSED, used=SUPPRESSED) if hidden and policy.threshold and flow.what == COUNTED else flow
        for flow in released
    )
