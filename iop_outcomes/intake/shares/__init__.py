"""Takes folders of count tables that programs share, gives one program of them all.

wire.py      requests and levels, to and from what a file holds
manifest.py  what a share says of itself, and whether shares go together
tables.py    the tables of counts and of patients, to and from files
pooled.py    several shares as `Data`
"""
