"""TEDS-D: records drawn from the official code frequencies give the official marginals back, under every layout."""

import re

import duckdb
import pandas as pd
import pytest

import iop_outcomes as iop
from iop_outcomes.columns import Column
from iop_outcomes.errors import DataError, UsageError
from iop_outcomes.intake.adapters.teds_d import book
from iop_outcomes.units import UNITS
from tests.adapters import teds
from tests.pages import both_files

TEDS = {"data": {"layout": "teds_d"}}
RECORDS = 20_000
# Of the official frequencies: completed of all with a known reason, the same without transfers (%), LOS quartile codes, share of
# intensive outpatient (%).
MARGINALS = {
    "2006-2014": (45.0464, 52.7934, (7, 31, 34), 12.407),
    "2015": (43.4279, 51.5052, (5, 31, 34), 13.323),
    "2016": (43.2118, 51.4645, (5, 31, 34), 13.412),
    "2017": (40.9251, 52.3924, (5, 29, 34), 14.124),
    "2018": (42.1407, 52.7849, (4, 27, 34), 13.264),
    "2019": (42.1438, 53.6533, (4, 26, 34), 13.688),
}
GROUPS = ("1_to_7", "8_to_30", "31_to_90", "91_to_180", "over_180")
QUARTILES = ("los_band_q1", "los_band_median", "los_band_q3")


def loaded(source, mapping=None):
    """A file of TEDS-D, loaded."""
    return iop.load(source, mapping=mapping or TEDS)


def values(answer, level="All"):
    """Values by the name of their estimand."""
    return {estimate.estimand: estimate.value for estimate in answer.results if estimate.level == level}


@pytest.fixture(scope="module")
def every_record(tmp_path_factory):
    """Every record of 2019, drawn once."""
    variables = ("DISYR", "SERVICES", "SERVICES_D", "REASON", "LOS")
    path = tmp_path_factory.mktemp("teds") / "tedsd_puf_2019.csv"
    with loaded(teds.write(teds.draw("2019", variables=variables), path)) as data:
        yield data


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    """The path of 20,000 records of a layout, drawn once each."""
    made = {}

    def path(layout):
        if layout not in made:
            file = tmp_path_factory.mktemp("teds") / f"tedsd_{layout}_puf.csv"
            made[layout] = teds.write(teds.draw(layout, RECORDS), file)
        return made[layout]

    return path


def small(**changes):
    """Forty records of 2019 with some columns replaced."""
    return teds.draw("2019", 40).assign(**changes)


# -- the official numbers ----------------------------------------------------------------------------------------


def test_the_marginals_of_2019_come_back(every_record):
    """1,722,503 records: the published shares to four decimals, deaths in the denominator as the national tables have them."""
    assert every_record.episodes == 1_722_503
    found = values(iop.completion(every_record, denominator="teds_all"))
    assert round(100 * found["completion_strict_teds_all"], 4) == 42.1438
    assert round(100 * found["completion_with_transfers_teds_all"], 4) == 63.5954
    assert round(100 * found["completion_excluding_transfers_teds_all"], 4) == 53.6533


def test_our_own_denominator_leaves_deaths_out(every_record):
    """Without the 3,576 deaths: 42.2315 % and 63.7277 %."""
    found = values(iop.completion(every_record))
    assert round(100 * found["completion_strict"], 4) == 42.2315
    assert round(100 * found["completion_with_transfers"], 4) == 63.7277


def test_the_quartiles_of_2019_are_codes(every_record):
    """LOS quartile codes 4, 26 and 34, each inside its interval."""
    found = {e.estimand: e for e in iop.length_of_stay(every_record).results}
    assert [found[name].value for name in QUARTILES] == [4, 26, 34]
    assert all(found[name].low <= found[name].value <= found[name].high for name in QUARTILES)


def test_every_reason_and_service_comes_back(every_record):
    """The counts of each code, to the last record."""
    official = teds.frequencies("2019")
    for column, variable in {"discharge_reason": "REASON", "track": "SERVICES_D", "admission_service": "SERVICES"}.items():
        found = {cell[0]: n for cell, n in every_record.count([Column(column)])}
        words = book().codes["track" if column == "admission_service" else column]
        assert found == {words[str(code)]: n for code, n in official[variable].items()}


@pytest.mark.parametrize("layout", teds.LAYOUTS)
def test_the_marginals_of_every_layout(layout, year):
    """20,000 records of each layout: completion, quartile codes and the share of intensive outpatient are the official ones."""
    completed, without_transfers, quartiles, intensive = MARGINALS[layout]
    with loaded(year(layout)) as data:
        found = values(iop.completion(data, denominator="teds_all"))
        stays = values(iop.length_of_stay(data))
        tracks = {cell[0]: n for cell, n in data.count([Column("track")])}
    assert 100 * found["completion_strict_teds_all"] == pytest.approx(completed, abs=0.01)
    assert 100 * found["completion_excluding_transfers_teds_all"] == pytest.approx(without_transfers, abs=0.01)
    assert tuple(stays[name] for name in QUARTILES) == quartiles
    assert 100 * tracks["intensive_outpatient"] / RECORDS == pytest.approx(intensive, abs=0.01)


@pytest.mark.parametrize("layout", teds.LAYOUTS)
def test_every_code_of_every_layout_has_a_word(layout):
    """No code of the official books is left as a number, and -9 is missing."""
    of = book(until_2014=layout == "2006-2014")
    candidates = {**of.columns, **of.covariates}
    seen = {variable: column for column, choices in candidates.items() for variable in choices}
    for variable, counts in teds.frequencies(layout).items():
        assert variable in seen
        if seen[variable] not in ("los_code", "period"):
            assert {str(code) for code in counts} - {"-9"} <= set(of.codes[seen[variable]]), variable


@pytest.mark.parametrize("layout", ["2006-2014", "2016", "2019"])
def test_ages_mean_the_same_under_every_layout(layout, year):
    """Adolescents are codes 2 and 3 until 2014 and 1 and 2 later."""
    codes = (2, 3) if layout == "2006-2014" else (1, 2)
    official = sum(teds.frequencies(layout)["AGE"][code] for code in codes) / teds.total(layout)
    with loaded(year(layout)) as data:
        found = {cell[0]: n for cell, n in data.count([Column("age_group")])}
    assert (found["12-14"] + found["15-17"]) / RECORDS == pytest.approx(official, abs=0.0002)


def test_hispanic_origin_is_read_under_each_spelling(year):
    """ETHNICITY in 2016; code 5 until 2014 is not Hispanic, later it is Hispanic of unspecified origin."""
    for layout, variable, code in (("2006-2014", "ETHNIC", 5), ("2015", "ETHNIC", 4), ("2016", "ETHNICITY", 4)):
        with loaded(year(layout)) as data:
            found = {cell[0]: n for cell, n in data.count([Column("ethnicity")])}
        official = teds.frequencies(layout)[variable][code] / teds.total(layout)
        assert found["not_hispanic"] / RECORDS == pytest.approx(official, abs=0.0002)


# -- stays as bands ----------------------------------------------------------------------------------------------


def stays_of(tmp_path, *codes, reasons=1):
    """The answer on stays for records with these codes."""
    frame = teds.draw("2019", len(codes)).assign(LOS=list(codes), REASON=reasons)
    with loaded(teds.write(frame, tmp_path / "small.csv")) as data:
        return iop.length_of_stay(data)


def test_no_mean_and_no_days_are_offered(tmp_path):
    """Quartiles as codes and shares of bands, nothing in days: an average of codes is no average of days."""
    found = stays_of(tmp_path, *range(1, 38))
    names = [e.estimand for e in found.results]
    assert names[:3] == ["los_band_median", "los_band_q1", "los_band_q3"]
    assert not any("mean" in name for name in names)
    assert {e.unit for e in found.results} == {"stay code", "share"}
    assert "no mean" in str(found.definition)


@pytest.mark.parametrize("definition", ["difference", "inclusive", "last_contact"])
def test_days_asked_of_codes_are_refused_with_the_reason(definition, year):
    """The message says that the stays are bands, and what to ask instead."""
    with loaded(year("2019")) as data, pytest.raises(UsageError, match=r'codes of TEDS-D.+bands.+"teds_codes"'):
        iop.length_of_stay(data, definition=definition)


def test_a_quantile_between_two_bands_is_the_lower_one(tmp_path):
    """Half of the records at 30 days and half in 31 to 45: the median is 30 days, never a half-way code."""
    assert values(stays_of(tmp_path, *[30] * 10, *[31] * 10))["los_band_median"] == 30


def test_limits_of_a_quantile_are_codes_that_occur(tmp_path):
    """Order statistics: of twenty records at 1 to 20 days the median 10 lies between the 6th and the 15th."""
    median = stays_of(tmp_path, *range(1, 21)).results.estimates[0]
    assert (median.value, median.low, median.high, median.method) == (10, 6, 15, "order statistics")


def test_shares_of_the_bands_are_of_the_same_episodes(tmp_path):
    """One record at each code: 7, 23, 3, 2 and 2 of 37, summing to 1."""
    found = values(stays_of(tmp_path, *range(1, 38)))
    assert [round(found[f"los_band_{name}"] * 37) for name in GROUPS] == [7, 23, 3, 2, 2]


def test_a_missing_stay_is_counted_and_not_a_code(tmp_path):
    """-9 is missing: 1 of 12 records, out of the quartiles and out of the shares; a death in care has its stay."""
    found = stays_of(tmp_path, *[5] * 11, -9, reasons=[6] * 6 + [1] * 6)
    assert {(e.n, e.n_missing) for e in found.results} == {(11, 1)}
    assert values(found)["los_band_1_to_7"] == 1


def test_a_band_is_said_as_one(tmp_path):
    """26 days, 91 to 120 days, more than a year: in tables and sentences too."""
    assert [UNITS["stay code"].text(code) for code in (1, 26, 34, 37)] == ["1 day", "26 days", "91\u2013120 days", "more than 365 days"]
    shown = stays_of(tmp_path, *[34] * 40)._repr_html_()
    assert "91\u2013120 days" in shown
    assert "34.0" not in shown


def test_stays_by_track_are_drawn(year):
    """A stacked bar of the bands by service, and a sentence."""
    with loaded(year("2019")) as data:
        answer = iop.length_of_stay(data, by="track")
        assert answer.plot() is not None
        assert re.search(r"stayed 1 to 7 days", answer.sentence())


def test_codes_are_not_subtracted(year):
    """Between groups shares of bands are compared, quartiles are not: 34 minus 31 is no number of days."""
    with loaded(year("2019")) as data:
        names = {e.estimand for e in iop.compare(data, measure="length_of_stay", by="sex").results if e.contrast}
        assert names == {f"los_band_{name}" for name in GROUPS}
        with pytest.raises(UsageError, match="not compared between groups"):
            iop.compare(data, measure="length_of_stay", estimand="los_band_median", by="sex")


def test_codes_of_a_site_are_bands_when_it_says_so():
    """los_code with los_convention = teds_codes is a stay; without that word days are wanted, and their lack is named."""
    frame = pd.DataFrame({"episode_id": ["a", "b", "c"], "track": "t", "discharge_reason": "completed", "los_code": [3, 31, 37]})
    with iop.load(frame, mapping={"data": {"class": "synthetic", "los_convention": "teds_codes"}}) as data:
        assert values(iop.length_of_stay(data))["los_band_median"] == 31
    with pytest.raises(DataError, match=r"los_days .+missing_column"):
        iop.load(frame, mapping={"data": {"class": "synthetic"}})


# -- what cannot be asked, and what comes along --------------------------------------------------------------------


@pytest.mark.parametrize(("measure", "definition"), [("readmission", None), ("readmission_from_day_0", None), ("relapse", "any_use")])
def test_nobody_is_followed(measure, definition, year):
    """A record number is a discharge's, not a person's: refused, with the reason."""
    with loaded(year("2019")) as data, pytest.raises(UsageError, match="counts discharges and not people"):
        iop.measure(data, measure, definition=definition)


def test_the_class_is_public_and_the_convention_said(year):
    """Public-use files: policy none is allowed, and the provenance names what the stays are."""
    with loaded(year("2019")) as data:
        assert data.data_class == "public"
        assert data.provenance.los_convention == "teds_codes"
        assert not iop.completion(data, by="track").release("none").withheld


def test_a_site_may_add_variables_and_choose_another_track(tmp_path):
    """[covariates] and [columns] of a mapping stand beside what the layout declares, and win."""
    frame = small(EDUC=[1, 2] * 20)
    mapping = {**TEDS, "columns": {"episodes": {"track": "DIVISION"}}, "covariates": {"EDUC": "category"}}
    with loaded(teds.write(frame, tmp_path / "t.csv"), mapping) as data:
        assert {cell[0] for cell, _ in data.count([Column("EDUC")])} == {"1", "2"}
        assert {cell[0] for cell, _ in data.count([Column("track")])} == {str(code) for code in set(frame.DIVISION)}


def test_the_mapping_of_a_folder_names_the_layout(tmp_path):
    """A folder with one file and a mapping.toml that says teds_d is enough."""
    teds.write(small(), tmp_path / "tedsd_puf_2019.csv")
    (tmp_path / "mapping.toml").write_text('[data]\nlayout = "teds_d"\n')
    with iop.load(tmp_path) as data:
        assert data.episodes == 40


# -- formats -----------------------------------------------------------------------------------------------------


def renderings(frame, folder):
    """One file in every format that TEDS-D comes in, and Parquet."""
    import pyreadstat

    plain = frame.astype("float64")
    yield teds.write(frame, folder / "a.csv")
    yield teds.write(frame, folder / "comma.tsv")  # bundles called tsv that are separated by commas
    yield teds.write(frame, folder / "tab.tsv", "\t")
    yield teds.write(frame.rename(columns=str.lower), folder / "lower.csv")
    pyreadstat.write_sav(plain, folder / "a.sav", missing_ranges={"GENDER": [-9]})
    yield folder / "a.sav"
    pyreadstat.write_dta(plain.rename(columns=str.lower), folder / "a.dta")
    yield folder / "a.dta"
    pyreadstat.write_xport(plain, folder / "a.xpt", file_format_version=8)
    yield folder / "a.xpt"
    duckdb.execute(f"COPY (SELECT * FROM read_csv('{folder / 'a.csv'}')) TO '{folder / 'a.parquet'}'")
    yield folder / "a.parquet"


def test_every_format_gives_the_same_episodes(tmp_path):
    """CSV with commas or tabs whatever its name, upper or lower case, SPSS, Stata, SAS transport, Parquet."""
    requests = [
        Column(name) for name in ("episode_id", "track", "discharge_reason", "los_code", "period", "site", "sex", "age_group", "region")
    ]
    tables = []
    for path in renderings(teds.draw("2019", 300), tmp_path):
        with loaded(path) as data:
            tables.append(sorted((str(cell), n) for cell, n in data.count(requests)))
    assert len(tables) == 8
    assert len(tables[0]) == 300
    assert all(table == tables[0] for table in tables)


# -- files that are none -----------------------------------------------------------------------------------------


def test_a_file_of_labels_is_refused(tmp_path):
    """The CSV of 2021 holds words, in latin-1: refused by name of the fault, not by a decoding error."""
    path = tmp_path / "tedsd_puf_2021.csv"
    frame = small(REASON="Treatment completed", RACE="Espa\u00f1ol")
    path.write_bytes(frame.to_csv(index=False).encode("latin-1"))
    with pytest.raises(DataError, match="labels_not_codes"):
        loaded(path)


def test_a_file_of_admissions_is_refused(tmp_path):
    """TEDS-A lacks the reason and the stay; the message names what is lacking."""
    with pytest.raises(DataError, match=r"not_teds_d.+REASON, LOS"):
        loaded(teds.write(small().drop(columns=["REASON", "LOS", "SERVICES_D"]), tmp_path / "tedsa_puf_2019.csv"))


@pytest.mark.parametrize("head", [b"", b"PK\x03\x04\x00\x00", b"\x1f\x8b\x08\x00\n", b"\x00\x00", b'"CASEID\n', b"CASEID,REASON\n"])
def test_what_is_no_table_is_refused(head, tmp_path):
    """Empty, packed, broken or cut off: an error of one line, no traceback."""
    path = tmp_path / "tedsd_puf_2019.csv"
    path.write_bytes(head)
    with pytest.raises(DataError, match="not_teds_d"):
        loaded(path)


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_line_ends_and_a_mark_are_read(end, tmp_path):
    """CR alone, CR LF, and the mark of UTF-8 at the start."""
    path = tmp_path / "t.csv"
    path.write_bytes(b"\xef\xbb\xbf" + small().to_csv(index=False, lineterminator=end).encode())
    with loaded(path) as data:
        assert data.episodes == 40


@pytest.mark.parametrize(("files", "words"), [((), "no file of TEDS-D"), (("a.csv", "b.csv"), "2 files stand")])
def test_a_folder_holds_one_file(tmp_path, files, words):
    """None or two: the message says to give the path of one."""
    for name in files:
        teds.write(small(), tmp_path / name)
    with pytest.raises(DataError, match=words):
        loaded(tmp_path)


@pytest.mark.parametrize(
    ("column", "code", "rule"), [("REASON", 8, "unknown_code"), ("LOS", 38, "out_of_range"), ("LOS", 0, "out_of_range")]
)
def test_a_code_outside_the_book_is_named_with_its_line(tmp_path, column, code, rule):
    """The finding says which rule, column and line; header is line 1."""
    frame = small()
    frame.loc[2, column] = code
    with pytest.raises(DataError, match=rf"t\.csv:4: {column}: {rule}"):
        loaded(teds.write(frame, tmp_path / "t.csv"))


def test_a_record_that_stands_twice_is_named(tmp_path):
    """CASEID is one discharge: the same record twice counts once, and another record under it is an error."""
    frame = small()
    with loaded(teds.write(pd.concat([frame, frame[:1]]), tmp_path / "t.csv")) as data:
        assert data.episodes == len(frame)
        assert next(finding.count for finding in data.findings if finding.rule == "exact_copy") == 1
    other = frame[:1].assign(LOS=frame.LOS.iloc[0] % 30 + 1)
    with pytest.raises(DataError, match="CASEID: duplicate_id"):
        loaded(teds.write(pd.concat([frame, other]), tmp_path / "u.csv"))


@pytest.mark.parametrize(("year_of_file", "said"), [(2019, False), (2022, True)])
def test_a_year_without_a_checked_codebook_is_said(tmp_path, year_of_file, said):
    """Files after 2019 load under the last layout, with a warning."""
    with loaded(teds.write(small(DISYR=year_of_file), tmp_path / "t.csv")) as data:
        assert ("year_not_checked" in {finding.rule for finding in data.findings}) is said


def test_what_a_transfer_means_is_said(year):
    """REASON 4 does not say whether care went up or down: a note says that all count as lateral."""
    with loaded(year("2015")) as data:
        note = next(finding for finding in data.findings if finding.rule == "teds_layout")
    assert "2015-2016" in note.message
    assert "lateral" in note.message


def test_the_table_of_2004_is_a_share_of_known_parts():
    """2004 report, Table 2.5, intensive outpatient: 43,119 + 20,441 + 26,561 + 16,025 + 8,294 = 114,440; 37.7 % completed."""
    parts = {"completed": 43_119, "transferred_lateral": 20_441, "dropped_out": 26_561, "terminated_by_program": 16_025, "other": 8_294}
    rows = pd.DataFrame({"discharge_reason": [reason for reason, n in parts.items() for _ in range(n)]})
    frame = rows.assign(episode_id=[f"e{i}" for i in range(len(rows))], track="intensive_outpatient", los_days=1)
    with iop.load(frame, mapping={"data": {"class": "public"}}) as data:
        found = {e.estimand: e for e in iop.completion(data, denominator="teds_all").results}
    assert found["completion_strict_teds_all"].n == 114_440
    assert round(100 * found["completion_strict_teds_all"].value, 1) == 37.7
    assert round(100 * found["completion_with_transfers_teds_all"].value, 1) == 55.5


def test_the_report_says_stays_in_bands(year):
    """A report of discharge records: stays as codes and shares of bands, no mean, no readmission, and what is not known is said."""
    with loaded(year("2019")) as data:
        page = both_files(iop.report(data, by="track"))
    assert "More than 180 days" in page
    assert "Mean stay" not in page
    assert "what happened after discharge is not recorded" in page
    assert "days up to 30, and bands beyond" in page
