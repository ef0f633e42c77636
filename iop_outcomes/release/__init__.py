"""Takes results, gives `Released`: what may be shown, with small counts and everything that would give them back withheld."""

from iop_outcomes.release.curves import release_curve
from iop_outcomes.release.flows import release_flow, release_flows
from iop_outcomes.release.ledger import keep_ledger, kept_ledger, open_ledger
from iop_outcomes.release.policy import ALONE, DEFAULT_POLICY, NOT_AUDITED, POLICIES, Policy, audit_words, compared_words, policy_for
from iop_outcomes.release.released import (
    SUPPRESSED,
    Count,
    Number,
    Released,
    ReleasedCurve,
    ReleasedEstimate,
    ReleasedFlow,
    ReleasedLine,
    Withheld,
    require_released,
)
from iop_outcomes.release.releasing import release, release_set

__all__ = [
    "ALONE",
    "DEFAULT_POLICY",
    "NOT_AUDITED",
    "POLICIES",
    "SUPPRESSED",
    "Count",
    "Number",
    "Policy",
    "Released",
    "ReleasedCurve",
    "ReleasedEstimate",
    "ReleasedFlow",
    "ReleasedLine",
    "Withheld",
    "audit_words",
    "compared_words",
    "keep_ledger",
    "kept_ledger",
    "open_ledger",
    "policy_for",
    "release",
    "release_curve",
    "release_flow",
    "release_flows",
    "release_set",
    "require_released",
]
