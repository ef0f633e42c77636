"""Takes fixed seeds, gives how often each interval of the package holds the truth; nothing of it is installed."""
