"""Takes nothing, gives hostile inputs beyond the first 82: identifiers written otherwise, lines that swell, ends and encodings, words of commands."""

from iop_outcomes.intake.files import MAX_LINE_BYTES
from tests.intake import sites
from tests.intake.hostile import BODY, HEAD, SECRET, TEXT, Hostile, cell, line, many, site, whole

PLAIN = ""  # the strictest class holds


def identifier(name, value, says="identifier_value", *, column="track", mapping=sites.SYNTHETIC):
    """A cell that holds what identifies a person."""
    return cell(83, name, column, value, says, secret=value, mapping=mapping)


def asked(number, name, says, *words):
    """A command that asks for what cannot be."""
    return Hostile(number, name, site(), says, command=lambda data, out: [word.format(data=data, out=out) for word in words])


def report(number, name, says, *words):
    """A report that is asked for otherwise."""
    return asked(number, name, says, "report", "{data}", "-o", "{out}", *words)


def _extra(n, text="x"):
    return line(4, lambda row: row + f",{text}" * n)


LINES = TEXT.splitlines()
CROWD = [sites.episodes()[0], *([f"e{i:04}", f"t{i:04}", "completed", "20", "28", "200", "12", "5"] for i in range(600))]
CODES = "".join(f'"c{i:05}" = "t{i % 3}"\n' for i in range(30_000))

MORE = [
    identifier("a social security number with underscores", "471_82_9963"),
    identifier("with slashes", "471/82/9963"),
    identifier("with spaces of HTML", "471\u00a082\u00a09963"),
    identifier("with narrow spaces", "471\u202f82\u202f9963"),
    identifier("with minus signs", "471\u221282\u22129963"),
    identifier("in full width", "\uff14\uff17\uff11-\uff18\uff12-\uff19\uff19\uff16\uff13"),
    identifier("in Arabic digits", "\u0664\u0667\u0661-\u0668\u0662-\u0669\u0669\u0666\u0663"),
    identifier("in Persian digits", "\u06f4\u06f7\u06f1\u06f8\u06f2\u06f9\u06f9\u06f6\u06f3"),
    identifier("with two digits of another script", "471-82-\u096f\u096f63"),
    identifier("the last four", "SSN xxx-xx-9963"),
    identifier("a telephone number run together", "(212)5550123"),
    identifier("from abroad", "0044 20 7946 0958"),
    identifier("with underscores between", "212_555_0123"),
    identifier("behind its word", "cell 212 5550123"),
    identifier("a Medicare number", "1EG4-TE5-MK73"),
    identifier("a Medicare number as an id", "1eg4te5mk73", column="episode_id"),
    identifier("a vehicle", "1M8GDM9AXKP042788"),
    identifier("a street", "418 Larkspur St"),
    identifier("a box", "P O Box 77"),
    identifier("a numbered street", "350 5th Ave"),
    identifier("a name with a title", "Dr. Jane Roe"),
    identifier("a name as a label", "Jane Roe"),
    identifier("a name in small letters", "jane roe"),
    identifier("a name with an underscore", "jane_roe"),
    identifier("a ZIP code behind its word", "ZIP 10027", "zip_not_allowed"),
    identifier("a ZIP code behind its state", "New York, NY 10027", "zip_not_allowed"),
    identifier("a date with points", "2024.03.02", "dates_not_allowed", mapping=PLAIN),
    identifier("a date with a month", "2-Mar-24", "dates_not_allowed", mapping=PLAIN),
    identifier("a date run together", "14MAR71", "dates_not_allowed", mapping=PLAIN),
    identifier("a date of another script", "2024\u5e743\u67082\u65e5", "dates_not_allowed", mapping=PLAIN),
    identifier("a week", "2024-W11", "dates_not_allowed", mapping=PLAIN),
    identifier("a week in words", "week 11 of 2024", "dates_not_allowed", mapping=PLAIN),
    identifier("a UUID of a clock", "c232ab00-9414-11ec-b3c8-9f6bdeced846", mapping=PLAIN),
    identifier("a telephone number without separators", "00442079460958", mapping=PLAIN),
    whole(84, "80,000 fields too many", _extra(80_000, SECRET), "too_many_columns", line=5),
    whole(84, "80,000 blank fields too many", _extra(80_000, ""), "too_many_columns", line=5),
    whole(84, "so many in the second megabyte", many(40_000).replace("m035000,", "m035000," + "x," * 3_000), "too_many_columns", line=35_002),
    whole(84, "so many across two blocks", HEAD + "\n" + '"' + "y" * (1 << 19) + '"' + ",x" * (MAX_LINE_BYTES // 3) + "\n", "too_many_columns", line=2),
    whole(84, "so many with carriage returns", _extra(3_000).replace("\n", "\r"), "too_many_columns", line=5),
    whole(84, "blank fields beyond the header", _extra(2, ""), note="blank_fields"),
    whole(84, "blank fields on every line", "\n".join([LINES[0], *(f"{row},," for row in LINES[1:])]) + "\n", note="blank_fields"),
    whole(84, "commas in quotes are no fields", HEAD + ",remark\n" + "".join(f'{row},"{"a," * 3_000}"\n' for row in BODY.splitlines())),
    whole(85, "two kinds of line end", "\r\n".join(LINES[:9]) + "\r\n" + "\n".join(LINES[9:]) + "\n", "mixed_line_ends"),
    whole(85, "carriage returns after line feeds", "\n".join(LINES[:9]) + "\n" + "\r".join(LINES[9:]) + "\r", "mixed_line_ends"),
    whole(85, "Windows line ends", TEXT.replace("\n", "\r\n")),
    whole(86, "UTF-32", TEXT.encode("utf-32"), "UTF-32", line=1),
    whole(86, "UTF-32, the other order", TEXT.encode("utf-32-be"), "UTF-32", line=1),
    whole(86, "UTF-32 without its mark", TEXT.encode("utf-32-le"), "UTF-32", line=1),
    Hostile(87, "600 tracks", site(episodes=CROWD), "at most 500 groups"),
    Hostile(87, "600 tracks compared", site(episodes=CROWD), "at most 500 groups", command=lambda data, _: ["compare", str(data)]),
    Hostile(
        87,
        "30,000 codes",
        site(
            episodes=[[row[0], f"c{i:05}" if i else row[1], *row[2:]] for i, row in enumerate(sites.episodes())],
            mapping=sites.SYNTHETIC + "[codes.track]\n" + CODES,
        ),
        holds=lambda data: data.where(track=["t0", "t1", "t2"]).episodes == 24,
    ),
    report(88, "a title that turns the line", "title: holds a control character", "--title", "a\u202eb"),
    report(88, "a title with a line end", "title: holds a control character", "--title", "a\nb"),
    report(88, "a title with an escape", "title: holds a control character", "--title", "\x1b[31mred"),
    report(88, "a title without width", "title: holds a control character", "--title", "a\u200bb"),
    report(88, "a blank title", "title: is blank", "--title", "  "),
    report(89, "an amount of memory without a unit", "is no amount of memory", "--memory", "4"),
    report(89, "too little memory", "is too little", "--memory", "1MB"),
    report(89, "memory below nothing", "is no amount of memory", "--memory=-4GB"),
    asked(90, "an output that is empty", "it is empty", "report", "{data}", "-o", ""),
    asked(90, "a table that is empty", "it is empty", "table", "{data}", "-o", ""),
    asked(90, "findings that are empty", "it is empty", "check", "{data}", "-o", ""),
    asked(90, "a mapping that is empty", "it is empty", "map", "{data}", "-o", ""),
    asked(90, "a program that is empty", "it is empty", "synth", "-o", ""),
    asked(90, "copies that are empty", "it is empty", "notebook", "copy", "-o", ""),
    asked(90, "data that are empty", "it is empty", "summary", ""),
    asked(90, "a mapping given that is empty", "it is empty", "summary", "{data}", "--mapping", ""),
]  # fmt: skip
