"""Takes seeds, gives how much of what a report withholds its printed numbers give back; nothing of it is installed."""
