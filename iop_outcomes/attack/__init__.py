"""Takes the files of one report, gives the counts it withholds that its printed numbers give back: an adversary who knows how reports are made.

facts.py        groups, sets of episodes, and facts about their sums
identities.py   what holds in every report, written down by hand a second time
read_*.py       one reader for each format of files; read_tables.py for the words in tables, read_words.py for sentences and for what stands
                for charts, read_charts.py for their points and bars
read_share.py   the count tables of a share, all of the same episodes
readings.py     what a reader brings home
learning.py     printed numbers as facts, and everything that holds beside them
simplifying.py  fewer variables: nobody, and equals
solving.py      limits from one fact after another, equations solved in fractions
bounds.py       the least and most of each sum, by linear and whole-number programs
chains.py       the few facts that give a number back
attacking.py    all of it in turn, and the words

Nothing here imports release: it sees what everybody sees.
"""

from __future__ import annotations

from iop_outcomes.attack.attacking import Attack, Recovered, attack_known, attack_report, read_report
from iop_outcomes.attack.solving import ContradictionError

__all__ = ["Attack", "ContradictionError", "Recovered", "attack_known", "attack_report", "read_report"]
