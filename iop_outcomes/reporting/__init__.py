"""Takes released results, gives a report: sections, one page template, files that are whole or not there."""
