"""Takes nothing, gives the extract of an invented program as its record system writes it: local names, local codes, dates of the United States.

Four files: admissions in a workbook, one survey a row by patient and date with two scales side by side, a list of readmissions and one of
attendance by patient and date. A further file is one more function in `FILES`.
"""

import random
from datetime import date, timedelta

from tests.intake import books, sites

ADMISSIONS = 624
CUTOFF = date(2025, 6, 30)
BOOK, SHEET = "Harbor Census.xlsx", "Adm and DC"
TRACKS = ("Adult MH", "Dual Dx", "Trauma", "Young Adult")
# Local codes with how many of a hundred episodes end so; None where the usual words are known to everybody.
REASONS = {
    "Tx Complete": 52,
    "AMA": 18,
    "PHP ADM": 9,
    "OP STEP": 9,
    "Insurance Denial": 6,
    "ADMIN DC": 5,
    "": 1,
}
UNKNOWN = {"PHP ADM": "transferred_step_up", "OP STEP": "transferred_step_down", "ADMIN DC": "terminated_by_program"}
RARE = "XFER HOLD"  # of fewer than 11 episodes, and known to nobody: never shown, and its rows cannot be used
RARE_KNOWN = "Jail"  # of fewer than 11 episodes, and one of the usual words: never shown, and read as what it means
ATTENDANCE = 10_117
# Of a hundred rows, and what they mean; the last ones are of few rows in all.
STATUSES = {"Attended": 78, "No Show": 11, "Client Cancelled": 6, "Cancelled by Provider": 3, "Excused Absence": 2}
SESSION_KINDS = {"Process Group": 50, "Skills Group": 25, "Individual Therapy": 15, "Family Session": 6, "Med Mgmt": 4}
RARE_STATUS = "Left Without Being Seen"  # of fewer than 11 rows
EVENTS = ("Psych Admit", "ED Visit", "Medical Admit")


def us(day):
    """A date as the export writes it."""
    return f"{day.month:02}/{day.day:02}/{day.year}" if day else ""


def program(seed=5):
    """The admissions as dicts, of 560 patients."""
    rng = random.Random(seed)
    admissions = []
    for number in range(ADMISSIONS):
        admit = date(2024, 1, 2) + timedelta(days=rng.randrange(480)) if number < 560 else None
        patient = f"HB{number % 560:05}"
        if admit is None:  # a second stay, well after the first
            first = admissions[number % 560]
            admit = first["discharge"] + timedelta(days=40 + rng.randrange(30))
        stay = 5 + rng.randrange(60)
        rare = {17: RARE, 230: RARE, 411: RARE, 90: RARE_KNOWN, 333: RARE_KNOWN}
        reason = rare[number] if number in rare else rng.choices(list(REASONS), list(REASONS.values()))[0]
        admissions.append(
            {
                "id": f"{70000 + number}",
                "patient": patient,
                "track": TRACKS[rng.randrange(4)],
                "reason": reason,
                "admit": admit,
                "discharge": admit + timedelta(days=stay),
                "sex": rng.choice("FM"),
                "payer": rng.choice(("Commercial", "Medicaid", "Self Pay")),
                "site": rng.choice(("North", "Harbor")),
            }
        )
    return admissions


def admissions(folder, rows):
    """The workbook of admissions; the record number of the hospital stands beside, and is never to be read."""
    head = ["Enc", "MRN", "Pt Ref", "Prog", "Admit Dt", "DC Dt", "DC Dispo", "Sex", "Payor", "Clinic", "Remarks"]
    cells = [
        [each["id"], f"{900000 + place}", each["patient"], each["track"], us(each["admit"]), us(each["discharge"]), each["reason"],
         each["sex"], each["payer"], each["site"], "secret words"]
        for place, each in enumerate(rows)
    ]  # fmt: skip
    return books.write(folder / BOOK, {SHEET: [head, *cells]})


def surveys(folder, rows, seed=6):
    """One row for each survey: PHQ-9 and GAD-7 item by item, at admission, in the middle and at discharge."""
    rng = random.Random(seed)
    head = ["Pt Ref", "Survey Dt", *(f"PHQ9_{i}" for i in range(1, 10)), *(f"GAD7_{i}" for i in range(1, 8))]
    out = [head]
    for each in rows:
        for day, level in ((each["admit"], 2.1), (each["discharge"], 1.1)):
            answers = [min(3, max(0, round(rng.gauss(level, 0.8)))) for _ in range(16)]
            out.append([each["patient"], us(day), *map(str, answers)])
    path = folder / "outcome_surveys_2025.csv"
    path.write_text(sites.text(out), encoding="utf-8")
    return path


def readmissions(folder, rows, seed=7):
    """Whoever was in a hospital again, by patient and date."""
    rng = random.Random(seed)
    out = [["Pt Ref", "Readmit Dt", "Event Type"]]
    for each in rows:
        if rng.random() < 0.12:
            day = each["discharge"] + timedelta(days=5 + rng.randrange(30))
            out.append([each["patient"], us(day), rng.choices(EVENTS, (6, 4, 2))[0]])
    path = folder / "Readmit List.csv"
    path.write_text(sites.text(out), encoding="utf-8")
    return path


def sessions(rows, seed=8):
    """Who was to come when, to what, and whether they came: (patient, day, status, kind, hours), of days in care and a few beside them."""
    rng = random.Random(seed)
    out = []
    for number in range(ATTENDANCE):
        each = rows[number % len(rows)]
        stay = (each["discharge"] - each["admit"]).days
        day = each["admit"] + timedelta(days=rng.randrange(stay + 1) if number % 97 else stay + 3)
        status = RARE_STATUS if number in (40, 4_040, 8_080) else rng.choices(list(STATUSES), list(STATUSES.values()))[0]
        out.append(
            (each["patient"], day, status, rng.choices(list(SESSION_KINDS), list(SESSION_KINDS.values()))[0], rng.choice(("1", "1.5", "3")))
        )
    return out


def attendance(folder, rows):
    """The list of attendance, by patient and date."""
    out = [["Pt Ref", "Session Dt", "Appt Status", "Session Type", "Duration Hours", "Group Name", "Facilitator Notes"]]
    out += [[patient, us(day), status, kind, hours, "G1", "secret words"] for patient, day, status, kind, hours in sessions(rows)]
    path = folder / "Attendance Export.csv"
    path.write_text(sites.text(out), encoding="utf-8")
    return path


FILES = (admissions, surveys, readmissions, attendance)


def write(folder, files=FILES):
    """Write the extract."""
    folder.mkdir(parents=True, exist_ok=True)
    rows = program()
    return [make(folder, rows) for make in files]
