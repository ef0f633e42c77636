"""Takes counts, gives drafts and intervals: numpy and scipy.special alone, nothing of episodes, tracks or scales.

The names below work on summaries as papers and manuals print them, for people who check a study or choose a threshold.
"""

from iop_outcomes.stats.between import d_between
from iop_outcomes.stats.pre_post_control import Arm, d_ppc2
from iop_outcomes.stats.thresholds import cutoffs, reliable_change_index

__all__ = ["Arm", "cutoffs", "d_between", "d_ppc2", "reliable_change_index"]
