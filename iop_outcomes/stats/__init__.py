"""Takes counts, gives drafts and intervals: numpy and scipy.special alone, nothing of episodes, tracks or scales."""
