"""Takes published benchmarks, gives every parameter of the synthetic program.

Sources, by the short name used in the comments:

    TEDS 2004     SAMHSA, Treatment Episode Data Set, discharges from intensive outpatient treatment in 2004, n = 114,440: completed 37.7 %,
                  transferred 17.9 %, dropped out 23.2 %, terminated 14.0 %, other 7.2 %; median stay of adults 41 days (completed 50,
                  transferred 42, dropped out 26, terminated 36)
    Samplin 2022  Samplin, Grzenda & Burns, Psychiatr Res Clin Pract, doi 10.1176/appi.prcp.20210030: psychosis program, 71 of 92 completed
                  (77.2 %), stay 52 days (SD 30) over all enrolled, small to moderate effects
    Cleveland     Cleveland Clinic intensive outpatient program 2021, n = 164: median 6 weeks, mean drop above 5 points on PHQ-9 and GAD-7
    NHS           NHS Talking Therapies 2022-23, people at caseness: PHQ-9 15.4 (SD 5.5) to 9.4 (6.4), GAD-7 14.0 (4.5) to 8.4 (5.7)
    Medicaid      Youth with mood disorder in four states' Medicaid, PMC7561034, n = 6,797: readmitted within 6 months once 13.8 %,
                  more often 6.9 %

A parameter without a source in its comment is an assumption made for this program; it describes no real one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

ADMISSIONS_FROM = "2022-07-01"
ADMISSIONS_TO = "2025-06-30"
CUTOFF = "2025-09-30"

# Discharge reasons from the best course of care to the worst: a normal score of how care went is cut into them at the track's shares.
COURSE_OF_REASON: Mapping[str, str] = {
    "completed": "completed",
    "transferred_step_down": "transferred",
    "transferred_lateral": "transferred",
    "authorization_ended": "ended",
    "other": "ended",
    "unknown": "ended",
    "transferred_step_up": "transferred",
    "terminated_by_program": "ended",
    "dropped_out": "dropped_out",
    "incarcerated": "ended",
    "died": "ended",
    "not_started": "dropped_out",
}
REASONS = tuple(COURSE_OF_REASON)
COURSES = ("completed", "transferred", "dropped_out", "ended")

# Spread of stays: SD of the log of days, by course. Together with the medians: Samplin 2022, mean 52 (SD 30).
STAY_LOG_SD = {"completed": 0.45, "transferred": 0.6, "dropped_out": 0.85, "ended": 0.7}
LONGEST_STAY = 300  # days
EARLY_LEAVERS = 0.12  # of the drop-outs, gone on days 0 to 6
PLANNED_STEPS = {-14: 0.20, 0: 0.60, 14: 0.17, 56: 0.03}  # days around the track's plan, and how often

# Who fills in the discharge form, by reason; worse scores answer less often (correlation of staying away with the true score).
DISCHARGE_FORM = {
    "completed": 0.92,
    "transferred_step_down": 0.85,
    "transferred_lateral": 0.75,
    "authorization_ended": 0.65,
    "other": 0.50,
    "unknown": 0.30,
    "transferred_step_up": 0.55,
    "terminated_by_program": 0.45,
    "dropped_out": 0.30,
    "incarcerated": 0.15,
    "died": 0.0,
    "not_started": 0.0,
}
SEVERE_STAY_AWAY = 0.35
SHORT_STAY = 10  # days; nobody who left by then fills in a discharge form
ADMISSION_FORM_LATE, ADMISSION_FORM_NEVER, SCALE_SKIPPED = 0.01, 0.01, 0.01

# Scores: spread of the underlying normal scores before rounding and cutting to the range of the scale (NHS).
PHQ9_TOP, GAD7_TOP = 27, 21
PHQ9_SD, GAD7_SD = (5.6, 7.3), (4.8, 6.5)  # points, at admission and at discharge
SEVERITY_LOADING = {"phq9": 0.9, "gad7": 0.8}  # correlation with the severity that both scales share
ADMISSION_LOADING = 0.45  # of the discharge score on the admission score
COURSE_LOADING = 0.25  # of the discharge score on the course of care: who completes improves more

# Patients: what two episodes of one patient share (correlations), and how many return.
PATIENT_SEVERITY, PATIENT_COURSE, SEVERITY_COURSE = 0.5, 0.35, 0.25
PAIR_SHARE, TRIPLE_SHARE = 0.09, 0.03  # of episodes: of patients with two, with three
RETURN_GAP = (20, 120, 200)  # days from discharge to the next admission: shortest, mean beyond that, longest

# After discharge: Weibull shapes (below 1: the risk is highest soon after discharge) and how much the course of care changes the hazards.
SHAPE = {"readmission": 0.75, "other_readmission": 0.9, "emergency": 0.8, "relapse": 0.6, "planned": 1.0, "death": 1.0}
COURSE_LOG_HAZARD = -0.4
RETURN_AT_ONCE, RETURN_AT_ONCE_STEP_UP = 0.012, 0.25  # psychiatric readmission on days 0 to 2
READMITTED_AGAIN = 0.33  # of those readmitted (Medicaid: 6.9 of 20.7)
CRITERIA_AFTER_USE = 0.5  # return to criteria after any use
CONTACT, NEXT_LEVEL = 0.7, 0.6
LOST, LOST_WITHIN = 0.12, 365
FOLLOW_UP_UNKNOWN, REASON_MISSING = 0.05, 0.005

SITES = {"north": 0.58, "south": 0.42}
SEXES = {"female": 0.56, "male": 0.42, "other": 0.02}
AGE_GROUPS = ("12-14", "15-17", "18-25", "26-39", "40-64", "65+")
# Virtual care goes to milder scores and to younger adults and by itself changes nothing: given score band and age its true effect is 0.
VIRTUAL_BY_BAND = (0.60, 0.55, 0.50, 0.40, 0.30)  # PHQ-9 at admission 0-4, 5-9, 10-14, 15-19, 20-27
VIRTUAL_BY_AGE = (-0.15, -0.10, 0.10, 0.10, 0.0, -0.15)  # added, by age group

_ADULTS = {"18-25": 0.22, "26-39": 0.36, "40-64": 0.36, "65+": 0.06}
_PAYERS = {"commercial": 0.48, "medicaid": 0.31, "medicare": 0.10, "self_pay": 0.06, "other": 0.05}
_REFERRERS = {"inpatient_step_down": 0.26, "emergency_department": 0.14, "outpatient_provider": 0.34, "self": 0.20, "crisis_service": 0.06}


@dataclass(frozen=True)
class Track:
    """What is drawn for one track.

    Parameters
    ----------
    name : str
        Track.
    share : float
        Share of the program's episodes.
    reasons : Mapping of str to float
        Share of each discharge reason, of all episodes, in the order of `REASONS`; the shares sum to 1.
    stay : Mapping of str to float
        Median stay (days) by course of care.
    planned_days : int
        Usual planned length (days).
    phq9, gad7 : tuple of float
        Mean of the underlying normal score at admission and at discharge (points).
    readmission_180, other_readmission_180, emergency_180, relapse_180 : float
        Probability of a first event by day 180 after discharge, for care that went as it does on average.
    planned_365, death_365 : float
        The same by day 365, for a planned readmission and for death.
    relapse_in_care : float
        Probability of a relapse during care.
    ages, dx, referrers, payers : Mapping of str to float
        Shares of age groups, broad primary diagnoses, referral sources and payers.
    """

    name: str
    share: float
    reasons: Mapping[str, float]
    stay: Mapping[str, float]
    planned_days: int
    phq9: tuple[float, float]
    gad7: tuple[float, float]
    readmission_180: float
    other_readmission_180: float
    emergency_180: float
    relapse_180: float
    planned_365: float
    death_365: float
    relapse_in_care: float
    ages: Mapping[str, float]
    dx: Mapping[str, float]
    referrers: Mapping[str, float]
    payers: Mapping[str, float]


def _reasons(*percent: float) -> dict[str, float]:
    return {reason: round(part / 100, 6) for reason, part in zip(REASONS, percent, strict=True)}


def _stay(*days: float) -> dict[str, float]:
    return dict(zip(COURSES, days, strict=True))


TRACKS = (
    Track(
        name="mental_health",
        share=0.35,
        # completed, step down, lateral, authorization, other, unknown, step up, terminated, dropped out, incarcerated, died, not started
        reasons=_reasons(62.0, 8.0, 3.0, 3.0, 1.5, 1.2, 5.0, 2.0, 12.0, 0.3, 0.2, 1.8),  # between TEDS 2004 and Samplin 2022
        stay=_stay(45, 38, 22, 30),  # Cleveland: 6 weeks
        planned_days=42,
        phq9=(16.8, 10.3),  # NHS
        gad7=(15.4, 8.9),  # NHS
        readmission_180=0.15,  # Medicaid
        other_readmission_180=0.04,
        emergency_180=0.20,
        relapse_180=0.02,
        planned_365=0.02,
        death_365=0.006,
        relapse_in_care=0.0,
        ages=_ADULTS,
        dx={"depressive": 0.46, "anxiety": 0.24, "bipolar": 0.14, "trauma": 0.12, "personality": 0.04},
        referrers=_REFERRERS,
        payers=_PAYERS,
    ),
    Track(
        name="substance_use",
        share=0.25,
        reasons=_reasons(39.0, 10.0, 5.0, 2.0, 1.2, 0.8, 3.0, 12.5, 23.0, 1.8, 0.2, 1.5),  # TEDS 2004
        stay=_stay(50, 42, 26, 36),  # TEDS 2004
        planned_days=56,
        phq9=(14.6, 10.2),  # below NHS
        gad7=(13.2, 8.3),  # below NHS
        readmission_180=0.15,  # Medicaid, once
        other_readmission_180=0.06,
        emergency_180=0.24,
        relapse_180=0.45,
        planned_365=0.02,
        death_365=0.014,
        relapse_in_care=0.14,
        ages=_ADULTS,
        dx={"alcohol": 0.48, "opioid": 0.27, "stimulant": 0.16, "cannabis": 0.09},
        referrers={"self": 0.28, "court": 0.24, "inpatient_step_down": 0.26, "outpatient_provider": 0.16, "emergency_department": 0.06},
        payers=_PAYERS,
    ),
    Track(
        name="dual_diagnosis",
        share=0.18,
        reasons=_reasons(48.0, 9.0, 3.5, 2.5, 1.3, 1.0, 5.5, 7.0, 19.0, 1.2, 0.2, 1.8),  # between TEDS 2004 and mental health
        stay=_stay(50, 42, 26, 36),  # TEDS 2004
        planned_days=56,
        phq9=(17.3, 11.9),  # above NHS
        gad7=(15.5, 9.7),  # above NHS
        readmission_180=0.19,  # Medicaid
        other_readmission_180=0.06,
        emergency_180=0.28,
        relapse_180=0.40,
        planned_365=0.03,
        death_365=0.013,
        relapse_in_care=0.12,
        ages=_ADULTS,
        dx={"alcohol": 0.34, "opioid": 0.20, "stimulant": 0.12, "depressive": 0.20, "bipolar": 0.14},
        referrers=_REFERRERS,
        payers=_PAYERS,
    ),
    Track(
        name="adolescent",
        share=0.14,
        reasons=_reasons(68.0, 7.0, 2.5, 3.5, 1.3, 0.8, 5.0, 1.5, 8.5, 0.2, 0.1, 1.6),  # between TEDS 2004 and Samplin 2022
        stay=_stay(45, 38, 21, 30),  # Cleveland: 6 weeks
        planned_days=42,
        phq9=(16.5, 10.1),  # NHS
        gad7=(14.9, 8.6),  # NHS
        readmission_180=0.17,  # Medicaid
        other_readmission_180=0.02,
        emergency_180=0.20,
        relapse_180=0.03,
        planned_365=0.015,
        death_365=0.002,
        relapse_in_care=0.0,
        ages={"12-14": 0.36, "15-17": 0.64},
        dx={"depressive": 0.50, "anxiety": 0.28, "trauma": 0.12, "bipolar": 0.06, "other": 0.04},
        referrers={
            "emergency_department": 0.22,
            "inpatient_step_down": 0.28,
            "outpatient_provider": 0.26,
            "school": 0.16,
            "crisis_service": 0.08,
        },
        payers={"commercial": 0.56, "medicaid": 0.38, "self_pay": 0.03, "other": 0.03},
    ),
    Track(
        name="psychosis",
        share=0.08,
        reasons=_reasons(76.0, 3.0, 1.5, 2.0, 1.0, 1.0, 4.0, 1.5, 8.0, 0.3, 0.2, 1.5),  # Samplin 2022
        stay=_stay(50, 40, 26, 34),  # Samplin 2022
        planned_days=56,
        phq9=(14.0, 11.4),  # Samplin 2022: small to moderate effects
        gad7=(12.9, 9.8),  # Samplin 2022: small to moderate effects
        readmission_180=0.20,  # Medicaid
        other_readmission_180=0.03,
        emergency_180=0.22,
        relapse_180=0.05,
        planned_365=0.03,
        death_365=0.010,
        relapse_in_care=0.0,
        ages={"18-25": 0.44, "26-39": 0.36, "40-64": 0.18, "65+": 0.02},
        dx={"schizophrenia_spectrum": 0.62, "bipolar": 0.24, "depressive": 0.14},
        referrers=_REFERRERS,
        payers=_PAYERS,
    ),
)
