"""Takes released forms of exchange, gives checks of their structure: what tests of them share."""

from __future__ import annotations

import json
import re

CODES = {"initial-population", "numerator", "denominator", "denominator-exclusion"}


def only(element, *names, needed=()):
    """An element has no other members, and those that it needs."""
    assert set(needed) <= set(element) <= set(names), set(element) - set(names)


def check_concept(concept):
    """A CodeableConcept: text or codings, each with a system."""
    only(concept, "coding", "text")
    assert concept
    for coding in concept.get("coding", ()):
        only(coding, "system", "code", "display", needed=("system", "code"))
        assert re.match(r"(https?|urn):", coding["system"])


def check_absent(element):
    """The extension of R4 for a value that is absent, with a code of its code system."""
    (extension,) = element["extension"]
    only(extension, "url", "valueCode", needed=("url", "valueCode"))
    assert extension["url"] == "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert extension["valueCode"] in {"masked", "not-applicable"}


def check_rate(element):
    """Populations with codes of R4, whole counts or why there is none; a score that is a quantity."""
    assert {each["code"]["coding"][0]["code"] for each in element["population"]} == CODES
    for population in element["population"]:
        only(population, "code", "count", "_count", needed=("code",))
        check_concept(population["code"])
        assert ("count" in population) != ("_count" in population)
        if "count" in population:
            assert type(population["count"]) is int and population["count"] >= 0
        else:
            check_absent(population["_count"])
    score = element["measureScore"]
    if "value" in score:
        only(score, "value", "unit", "system", "code", needed=("value", "system", "code"))
        assert 0 <= score["value"] <= 1
    else:
        check_absent(score)


def check_report(report):
    """The structure of MeasureReport in R4 (4.0.1), by hand: cardinalities, types, constraints mrp-1 and mrp-2."""
    report = json.loads(json.dumps(report, allow_nan=False))
    only(
        report,
        "resourceType",
        "meta",
        "status",
        "type",
        "measure",
        "period",
        "improvementNotation",
        "group",
        needed=("resourceType", "status", "type", "measure", "period"),
    )
    assert (report["resourceType"], report["status"], report["type"]) == ("MeasureReport", "complete", "summary")
    assert re.match(r"(https?|urn):\S+$", report["measure"])
    only(report["period"], "start", "end", needed=("start", "end"))
    assert (
        all(re.fullmatch(r"\d{4}-\d\d-\d\d", day) for day in report["period"].values())
        and report["period"]["start"] <= report["period"]["end"]
    )
    if "improvementNotation" in report:
        assert report["improvementNotation"]["coding"][0]["code"] in {"increase", "decrease"}
    for group in report["group"]:
        only(group, "code", "population", "measureScore", "stratifier", needed=("population", "measureScore"))
        check_concept(group["code"])
        check_rate(group)
        for stratifier in group.get("stratifier", ()):
            only(stratifier, "code", "stratum", needed=("stratum",))
            for stratum in stratifier["stratum"]:
                only(stratum, "value", "component", "population", "measureScore")
                assert ("value" in stratum) != ("component" in stratum)
                check_rate(stratum)
    return report
