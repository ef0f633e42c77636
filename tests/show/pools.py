"""Takes nothing, gives pooled studies for charts."""

import iop_outcomes as iop


def pool(k=4, **options):
    """So many studies, alike but for one."""
    values = [0.1 * (i % 5) for i in range(k)]
    table = {"study": [f"Study {i}" for i in range(k)], "g": values, "v": [0.02 + 0.01 * (i % 3) for i in range(k)]}
    return iop.pool_studies(table, value="g", variance="v", study="study", **options)
