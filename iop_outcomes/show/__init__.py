"""Takes released results, gives charts, tables and sentences: nothing unreleased passes here."""
