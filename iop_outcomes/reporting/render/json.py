"""Takes a document, gives where its numbers come from and how they were made, as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from iop_outcomes.release import audit_words, compared_words
from iop_outcomes.reporting.document import Document


def json_of(document: Document) -> str:
    """Policy, parameters, provenance, and the outcomes of page one in short, from which a later report says what changed."""
    policy = document.policy
    withheld = sum(released.withheld for released in document.released)
    facts = {
        "mark": policy.mark,
        "audit": audit_words(policy, [released.audited for released in document.released]),
        "compared": compared_words(policy, document.parameters.ledger),
        **({} if document.figures is None else {"figures": document.figures.to_dict()}),
        "parameters": document.parameters.to_dict(),
        "policy": {"name": policy.name, "threshold": policy.threshold, "withheld": withheld},
        "provenance": asdict(document.provenance),
    }
    return json.dumps(facts, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
