"""Takes the five training studies of Morris (2008), table 5, gives the effect sizes and variances printed there.

Morris SB (2008), Organizational Research Methods 11:364-386, doi:10.1177/1094428106291059, p. 382; changes by their own SD as in
metafor's test of the same data (SMCC).
"""

import pytest

import iop_outcomes as iop

R = [0.47, 0.64, 0.77, 0.89, 0.44]
TREATED = [
    (30.6, 15.0, 38.5, 11.6, 20),
    (23.5, 3.1, 26.8, 4.1, 50),
    (0.5, 0.1, 0.7, 0.1, 9),
    (53.4, 14.5, 75.9, 4.4, 10),
    (35.6, 4.7, 36.0, 4.6, 14),
]
CONTROL = [
    (23.1, 13.8, 19.7, 14.8, 20),
    (24.9, 4.1, 25.3, 3.3, 42),
    (0.6, 0.2, 0.6, 0.2, 9),
    (55.7, 17.3, 60.7, 17.9, 11),
    (34.8, 3.1, 33.4, 6.9, 14),
]
NAMES = ("mean_pre", "sd_pre", "mean_post", "sd_post", "n")


def arm(rows, estimand):
    """One effect size of the five arms, with the errors that take SDs as alike, as the table does."""
    return [
        iop.effects.pre_post(**dict(zip(NAMES, row, strict=True)), r=r, better="higher", variance="LS")[estimand]
        for row, r in zip(rows, R, strict=True)
    ]


@pytest.mark.parametrize(
    ("rows", "estimand", "values", "variances"),
    [
        (TREATED, "g_pre_sd", [0.5056, 1.0481, 1.8054, 1.4181, 0.0801], [0.0594, 0.0254, 0.2322, 0.1225, 0.0802]),
        (CONTROL, "g_pre_sd", [-0.2365, 0.0958, 0, 0.2667, -0.4250], [0.0544, 0.0173, 0.0511, 0.0232, 0.0864]),
        (TREATED, "g_z", [0.5417, 1.0198, 2.6619, 1.9088, 0.0765], [0.0573, 0.0304, 0.5048, 0.2822, 0.0716]),
        (CONTROL, "g_z", [-0.2213, 0.1219, 0, 0.5575, -0.2126], [0.0512, 0.0240, 0.1111, 0.1050, 0.0730]),
    ],
)
def test_each_arm(rows, estimand, values, variances):
    """Becker's g and the change by its own SD, with their variances, to the four digits printed (ES05, ES06)."""
    effects = arm(rows, estimand)
    assert [one.value for one in effects] == pytest.approx(values, abs=1e-4)
    assert [one.variance for one in effects] == pytest.approx(variances, abs=1e-4)


def test_the_difference_of_the_arms():
    """d_ppc1, d_ppc2 and the variance of d_ppc2, to the four digits printed (ES05)."""
    studies = []
    for one, other, r in zip(TREATED, CONTROL, R, strict=True):
        arms = {f"{name}_{place}": value for place, row in ((1, one), (2, other)) for name, value in zip(NAMES, row, strict=True)}
        studies.append(iop.effects.pre_post_control(**arms, r=r, better="higher"))
    assert [study["d_ppc1"].value for study in studies] == pytest.approx([0.7421, 0.9524, 1.8054, 1.1514, 0.5050], abs=1e-4)
    assert [study["d_ppc2"].value for study in studies] == pytest.approx([0.7684, 0.8010, 1.2045, 1.0476, 0.4389], abs=1e-4)
    assert [study["d_ppc2"].variance for study in studies] == pytest.approx([0.1134, 0.0350, 0.1425, 0.0681, 0.1634], abs=1e-4)


def test_the_same_studies_under_two_names_differ_by_0_86():
    """Study 3: 2.66 by the SD of the changes and 1.81 by the SD before; the name must travel with the number."""
    assert arm(TREATED, "g_z")[2].value - arm(TREATED, "g_pre_sd")[2].value == pytest.approx(0.8565, abs=1e-4)
