"""Takes a machine, gives figures: speed lives here and nowhere in the tests; ratios within one run, medians."""
