"""Data are held to their class: identifiers and forbidden dates are refused, and nothing of a patient is repeated."""

import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.cli import run
from iop_outcomes.columns import Column
from iop_outcomes.errors import EXIT_DONE, EXIT_FINDINGS, EXIT_USAGE, DataError, PrivacyError
from tests.intake import sites


def _mapping(data_class=None, more=""):
    return (f'[data]\nclass = "{data_class}"\n' if data_class else "") + more


def _refused_everywhere(folder, capsys, value):
    """Each command ends with 2 and repeats no value; gives the error that Python raises."""
    for command in (
        ["summary"],
        ["report", "-o", str(folder / "out")],
        ["check"],
        ["check", "--format", "json"],
        ["summary", "--on-error", "exclude"],
    ):
        assert run([command[0], str(folder), *command[1:]]) == EXIT_USAGE
        shown = capsys.readouterr()
        assert value not in shown.out + shown.err and "Traceback" not in shown.err
        assert not (folder / "out").exists()
    return _refused(folder, value)


def _refused(folder, value):
    """The error that Python raises, which repeats no value either."""
    with pytest.raises(PrivacyError) as caught:
        iop.load(folder)
    assert value not in str(caught.value) + repr(caught.value) + repr(caught.value.findings)
    return str(caught.value)


def test_no_class_declared_is_safe_harbor(tmp_path):
    """The strictest class holds, and the data say so in a note."""
    with iop.load(sites.write(tmp_path, mapping=None)) as data:
        assert data.data_class == "safe_harbor"
        assert [(f.rule, f.severity) for f in data.findings] == [("class_not_declared", "note")]
        assert 'class = "safe_harbor"' in data.findings[0].hint
    with iop.load(tmp_path, mapping={"data": {"class": "safe_harbor"}}) as data:
        assert data.findings == ()


@pytest.mark.parametrize("declared", [None, "safe_harbor"])
def test_dates_are_refused_with_the_fix(tmp_path, capsys, declared):
    """Days may stand in their place, or the class be declared: the message says both, for each column."""
    folder = sites.write(tmp_path, episodes=sites.dated(), mapping=_mapping(declared))
    message = _refused_everywhere(folder, capsys, "2024-01-04")
    lines = message.splitlines()
    assert [line.split(":")[1].strip() for line in lines] == ["admit_date", "discharge_date"]
    for line in lines:
        assert "dates_not_allowed" in line and "(los_days)" in line and '[data] class = "limited_data_set"' in line
        assert ("none, so that safe_harbor holds" in line) == (declared is None)


@pytest.mark.parametrize("declared", ["limited_data_set", "synthetic", "public"])
def test_other_classes_may_hold_dates(tmp_path, capsys, declared):
    """A limited data set, synthetic and public data may hold dates."""
    folder = sites.write(tmp_path, episodes=sites.dated(), mapping=_mapping(declared))
    assert run(["summary", str(folder)]) == EXIT_DONE
    capsys.readouterr()
    with iop.load(folder) as data:
        assert data.data_class == declared and "period" in data.groups


def test_dates_that_are_not_mapped_are_not_read(tmp_path):
    """A date in another column is dropped like any column that is not asked for."""
    rows = [[*row, "birth" if i == 0 else "1980-02-03"] for i, row in enumerate(sites.episodes())]
    with iop.load(sites.write(tmp_path, episodes=rows, mapping=None)) as data:
        assert "birth" not in data.facts.columns


@pytest.mark.parametrize("column", ["episode_id", "track"])
def test_dates_hidden_in_labels(tmp_path, capsys, column):
    """Under safe_harbor a full date inside an id or a label is refused; other classes may have it."""
    value = "A-2024-01-04-3"
    rows = sites.planted(sites.episodes(), 4, column, value)
    folder = sites.write(tmp_path, episodes=rows, scores=None, events=None, mapping=None)
    assert f"episodes.csv:5: {column}: dates_not_allowed" in _refused_everywhere(folder, capsys, value)
    iop.load(folder, mapping={"data": {"class": "limited_data_set"}}).close()


VALUES = {
    "123-45-6789": "a social security number",
    "id 123-45-6789 b": "a social security number",
    "jane.roe@example.org": "an e-mail address",
    "(555) 123-4567": "a telephone number",
    "555-123-4567": "a telephone number",
    "1.555.123.4567": "a telephone number",
}


PLACES = ["id", "label", "covariate", "score's id", "rater"]


@pytest.mark.parametrize(
    ("value", "place"), [*((value, "label") for value in VALUES), *(("jane.roe@example.org", place) for place in PLACES)]
)
def test_values_that_identify(tmp_path, capsys, value, place):
    """Wherever text is read, it is refused by what it looks like; the line is named, the value is not."""
    tables = {"scores": None, "events": None}
    if place == "id":
        tables["episodes"] = sites.planted(sites.episodes(), 4, "episode_id", value)
    elif place == "label":
        tables["episodes"] = sites.planted(sites.episodes(), 4, "track", value)
    elif place == "covariate":
        tables["episodes"] = [[*row, "housing" if i == 0 else "own"] for i, row in enumerate(sites.episodes())]
        tables["episodes"][4][-1] = value
    elif place == "score's id":
        tables["episodes"] = sites.planted(sites.episodes(), 4, "episode_id", value)
        tables["scores"] = sites.planted(sites.scores(), 7, "episode_id", value)
    else:
        tables["scores"] = [[*row, "rater" if i == 0 else "self"] for i, row in enumerate(sites.scores())]
        tables["scores"][4][-1] = value
    more = '[covariates]\nhousing = "category"\n' if place == "covariate" else ""
    folder = sites.write(tmp_path, mapping=_mapping("synthetic", more), **tables)
    message = _refused_everywhere(folder, capsys, value)
    assert f"identifier_value: looks like {VALUES[value]} (line" in message
    assert ":5: " in message.splitlines()[0]


@pytest.mark.parametrize("name", ["SSN", "patient name", "Zip"])
def test_columns_named_like_identifiers(tmp_path, capsys, name):
    """Mapping such a column, or declaring it as a covariate, is refused, whatever it holds; left alone it is dropped and named."""
    rows = [[*row, name if i == 0 else "Zq7-secret"] for i, row in enumerate(sites.episodes())]
    folder = sites.write(tmp_path / "mapped", episodes=rows, mapping=_mapping("synthetic", f'[columns.episodes]\npayer = "{name}"\n'))
    assert _refused_everywhere(folder, capsys, "Zq7-secret").startswith(f"episodes.csv: {name}: identifier_column: named like a")
    folder = sites.write(tmp_path / "declared", episodes=rows, mapping=_mapping("synthetic", f'[covariates]\n"{name}" = "category"\n'))
    assert "identifier_column" in _refused(folder, "Zq7-secret")


@pytest.mark.parametrize(
    ("declared", "severity", "code"),
    [(None, "warning", EXIT_FINDINGS), ("limited_data_set", "warning", EXIT_FINDINGS), ("synthetic", "note", EXIT_DONE)],
)
def test_identifiers_that_are_dropped_are_said_to_be_there(tmp_path, capsys, declared, severity, code):
    """Nothing of such a column is read, so the data can be used; that the file holds it is said, and its values are not."""
    rows = [[*row, *(("SSN", "Clinician") if i == 0 else ("471-82-9963", "Okafor, Winifred"))] for i, row in enumerate(sites.episodes())]
    folder = sites.write(tmp_path, episodes=rows, mapping=_mapping(declared))
    with iop.load(folder) as data:
        assert [(f.column, f.severity) for f in data.findings if f.rule == "identifier_not_read"] == [("SSN", severity)]
        assert [f.message for f in data.findings if f.rule == "not_read"] == ["columns that are not read: SSN, Clinician"]
        assert not {"SSN", "Clinician"} & {*data.facts.columns}
    assert run(["check", str(folder)]) == code
    shown = capsys.readouterr()
    assert "471" not in shown.out + shown.err and "Okafor" not in shown.out + shown.err


AGES = {
    "89": True, "18-25": True, "65+": True, "90": True, "90+": True, "90 or older": True, ">=90": True, "aged 90 and over": True,
    "93": False, "90-94": False, "85-99": False, "65-120": False, "age 101": False, "91+": False, "> 95 years": False,
}  # fmt: skip


@pytest.mark.parametrize("column", ["age_group", "AgeAtAdmit", "housing"])
def test_ages_over_89_as_labels(tmp_path, capsys, column):
    """Under safe_harbor a label of ages names none over 89 but in the one group "90+"; other columns may hold such numbers."""
    rows = [[*row, column if i == 0 else "26-39"] for i, row in enumerate(sites.episodes())]
    for i, label in enumerate(AGES, start=1):
        rows[i][-1] = label
    more = "" if column == "age_group" else f'[covariates]\n{column} = "category"\n'
    folder = sites.write(tmp_path, episodes=rows, mapping=_mapping("safe_harbor", more))
    if column == "housing":
        iop.load(folder).close()
        return
    _refused_everywhere(folder, capsys, "age 101")
    with pytest.raises(PrivacyError, match=r"age_over_89: an age over 89 .*90\+") as caught:
        iop.load(folder)
    assert caught.value.findings[0].lines == tuple(i + 1 for i, good in enumerate(AGES.values(), start=1) if not good)
    iop.load(
        folder, mapping={"data": {"class": "limited_data_set"}, "covariates": {} if column == "age_group" else {column: "category"}}
    ).close()


def test_ages_over_89_as_numbers(tmp_path, capsys):
    """A column of whole numbers writes the group as 90: 90 may stand, 91 may not; a limited data set may hold any age."""
    for age, refused in (("90", False), ("91", True), ("104", True)):
        rows = [[*row, "age" if i == 0 else "44"] for i, row in enumerate(sites.episodes())]
        folder = sites.write(
            tmp_path / age, episodes=sites.planted(rows, 4, "age", age), mapping=_mapping("safe_harbor", '[covariates]\nage = "integer"\n')
        )
        if refused:
            assert "episodes.csv:5: age: age_over_89: an age over 89 (line 5). Safe Harbor" in _refused_everywhere(
                folder, capsys, f" {age}"
            )
        else:
            iop.load(folder).close()
        iop.load(folder, mapping={"data": {"class": "limited_data_set"}, "covariates": {"age": "integer"}}).close()


# Printed in the guidance of the Office for Civil Rights on 45 CFR 164.514(b)(2)(i)(B), from the census of 2000.
FEW_PEOPLE = "036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893".split()


@pytest.mark.parametrize("kind", ["category", "integer"])
def test_zip_codes(tmp_path, capsys, kind):
    """Three digits at most, and none of the 17 areas with few people, whether or not a zero in front was lost; 000 stands for them."""
    assert len(FEW_PEOPLE) == 17
    frame = pd.DataFrame({"episode_id": [f"e{i}" for i in range(23)], "track": "mood", "discharge_reason": "completed", "los_days": 30})
    few = [code.lstrip("0") if kind == "integer" else code for code in FEW_PEOPLE]
    frame["zip3"] = [*few, "97214", "9721", *("000", "972", "100", "894" if kind == "integer" else "972**")]
    mapping = _mapping("safe_harbor", f'[covariates]\nzip3 = "{kind}"\n')
    folder = sites.write(tmp_path, episodes=frame.to_csv(index=False), scores=None, events=None, mapping=mapping)
    _refused_everywhere(folder, capsys, "97214")
    with pytest.raises(PrivacyError) as caught:
        iop.load(folder)
    named = {line for finding in caught.value.findings if finding.rule == "zip_not_allowed" for line in finding.lines}
    assert named == {*range(2, 21)}
    good = frame.iloc[19:]
    iop.load(good, mapping={"data": {"class": "safe_harbor"}, "covariates": {"zip3": kind}}).close()


def test_innocent_names_and_values_are_not_refused(tmp_path):
    """Names that only sound alike, and labels of every usual shape, are read."""
    labels = ["F33.1", "2024-Q1", "18-25", "iop_3x_week", "Level 2.1", "site-12-3456", "00123", "1e5", "α-track", "O'Hara House"]
    rows = sites.episodes()
    for row, label in enumerate(labels, start=1):
        rows = sites.planted(rows, row, "track", label)
    rows = [[*row, *(("phoneme", "ssnx", "named") if i == 0 else ("a", "b", "c"))] for i, row in enumerate(rows)]
    covariates = "[covariates]\nphoneme = 'category'\nssnx = 'category'\nnamed = 'category'\n"
    with iop.load(sites.write(tmp_path, episodes=rows, mapping=_mapping("safe_harbor", covariates))) as data:
        assert set(labels) <= set(data.count([Column("track")]).levels("track"))


def test_free_text_is_refused(tmp_path, capsys):
    """A covariate of more than 50 texts is free text; 50 are categories; its texts are not repeated."""
    for size, refused in ((50, False), (51, True)):
        frame = pd.DataFrame(
            {"episode_id": [f"e{i}" for i in range(120)], "track": "mood", "discharge_reason": "completed", "los_days": 30}
        )
        frame["remark"] = [f"secret {i % size}" for i in range(120)]
        mapping = _mapping("synthetic", '[covariates]\nremark = "category"\n')
        folder = sites.write(tmp_path / str(size), episodes=frame.to_csv(index=False), scores=None, events=None, mapping=mapping)
        if not refused:
            iop.load(folder).close()
            continue
        with pytest.raises(DataError, match=r"^episodes\.csv: remark: free_text: a covariate with more than 50 different texts"):
            iop.load(folder)
        assert run(["summary", str(folder)]) == EXIT_USAGE
        assert "secret" not in capsys.readouterr().err


def test_what_is_not_mapped_is_dropped_and_named(tmp_path, capsys):
    """Only the names of such columns are told, and none of their values is ever in the engine's tables."""
    rows = [[*row, *(("remark", "Clinician") if i == 0 else ("Zq7-secret", "Dr. Roe"))] for i, row in enumerate(sites.episodes())]
    folder = sites.write(tmp_path, episodes=rows)
    with iop.load(folder) as data:
        note = next(f for f in data.findings if f.rule == "not_read")
        assert (note.severity, note.message) == ("note", "columns that are not read: remark, Clinician")
        assert not {"remark", "Clinician"} & {*data.facts.columns, *data.groups}
    assert run(["check", str(folder)]) == EXIT_DONE
    assert "columns that are not read: remark, Clinician" in capsys.readouterr().out


def test_an_identifier_is_refused_before_other_faults_are_forgiven(tmp_path, capsys):
    """With other faults in the file the error is still one of privacy, and every fault is told."""
    rows = sites.planted(sites.planted(sites.episodes(), 3, "phq9_admit", "99"), 5, "track", "jane@example.org")
    message = _refused_everywhere(sites.write(tmp_path, episodes=rows), capsys, "jane@example.org")
    assert "episodes.csv:4: phq9_admit: out_of_range" in message and "episodes.csv:6: track: identifier_value" in message


def test_patients_ids_stay_where_they_are(tmp_path):
    """Neither findings, flow, provenance nor the words of the data hold an id; statements hold no value of a row."""
    rows = sites.planted(sites.episodes(), 4, "episode_id", "Zq7-secret")
    with iop.load(sites.write(tmp_path, episodes=rows, scores=None, events=None), on_error="exclude") as data:
        words = repr(data) + repr(data.findings) + repr(data.flow) + repr(data.provenance)
        iop.completion(data, by="track")
        assert "Zq7" not in words + "".join(data.engine.connection.statements)
        assert str(tmp_path) not in words
