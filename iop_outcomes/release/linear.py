"""Takes a linear program, gives its solutions again and again while costs and limits change: each search begins where the last one ended.

The functions of scipy begin every search anew, which takes ten times as long. HiGHS, the solver behind them, keeps its place when it is
asked for directly; scipy does not promise that this door stays where it is, so where it is not found `milp` does the same work, more slowly.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np

from iop_outcomes.release.algebra import Floats, Ints, Mask
from iop_outcomes.stats.compiled import compiled

NO_LIMIT = np.inf
_IMPOSSIBLE, _UNBOUNDED = 2, 3  # statuses of scipy.optimize.milp
_MOST_STEPS = 20_000  # of one search; then it is begun anew, the usual way
_PRIMAL = 4  # the name that HiGHS has for it
_MOST_BRANCHES = 200  # of one search for whole numbers: nodes and not seconds, so that the same page ends alike on every machine


class UnsolvedError(Exception):
    """A linear program was not solved."""


class ImpossibleError(UnsolvedError):
    """Nothing is within all limits."""


class _Solver(Protocol):
    """What looks for the least cost within the limits of a program."""

    def __call__(self, program: BoundedProgram, costs: Floats) -> Floats | None: ...


class BoundedProgram:
    """Sums of unknowns, each between limits, as are the unknowns.

    Parameters
    ----------
    starts, columns, factors : int array, int array, float array
        The sums, in compressed rows: where each begins, which unknowns it has, with which factors.
    low, high : float array, shape (sums,)
        Limits of the sums; they may be changed in place between searches.
    least, most : float array, shape (unknowns,)
        Limits of the unknowns; they too.
    """

    def __init__(self, starts: Ints, columns: Ints, factors: Floats, low: Floats, high: Floats, least: Floats, most: Floats) -> None:
        self.starts, self.columns, self.factors = starts, columns, factors
        self.low, self.high, self.least, self.most = low, high, least, most
        self._search: _Solver | None = None

    def solve_whole(self, costs: Floats, whole: Mask) -> Floats:
        """The unknowns at which their cost is least where some of them are whole numbers, or after many branches the best that was found.

        Parameters
        ----------
        costs : float array, shape (unknowns,)
        whole : bool array, shape (unknowns,)
            Those that are whole numbers.

        Returns
        -------
        float array, shape (unknowns,)

        Raises
        ------
        ImpossibleError
            When nothing is within the limits.
        UnsolvedError
            When the solver ends without any.

        Examples
        --------
        >>> halves = BoundedProgram(
        ...     np.array([0, 2]), np.array([0, 1]), np.array([2.0, 1.0]), np.array([3.0]), np.array([3.0]), np.zeros(2), np.full(2, 9.0)
        ... )
        >>> halves.solve(np.array([0.0, 1.0])).tolist(), halves.solve_whole(np.array([0.0, 1.0]), np.full(2, True)).tolist()
        ([1.5, 0.0], [1.0, 1.0])
        """
        core = _core()
        return _whole(core, self, costs, whole) if hasattr(core, "_Highs") else _whole_anew(self, costs, whole)

    def begin_where_ended(self, smaller: BoundedProgram) -> None:
        """Begin the first search where the last one of a program ended that has the first of these unknowns and of these sums alone."""
        self._search = search()
        if isinstance(self._search, _Continued) and isinstance(smaller._search, _Continued):
            self._search.begin_where_ended(smaller._search)

    def change_costs_alone(self) -> None:
        """Search on from corner to corner, where from now on hardly any limits change: a third of the time."""
        if isinstance(self._search, _Continued):
            self._search.change_costs_alone()

    def solve(self, costs: Floats) -> Floats | None:
        """The unknowns at which their cost is least; `None` where there is no least.

        Raises
        ------
        ImpossibleError
            When nothing is within the limits.
        UnsolvedError
            When the solver ends without an answer.

        Examples
        --------
        >>> at_least_two = BoundedProgram(
        ...     np.array([0, 2]), np.array([0, 1]), np.ones(2), np.array([2.0]), np.array([np.inf]), np.zeros(2), np.full(2, 9.0)
        ... )
        >>> at_least_two.solve(np.array([1.0, 3.0])).tolist()
        [2.0, 0.0]
        >>> at_least_two.most[0] = 1.5
        >>> at_least_two.solve(np.array([1.0, 3.0])).tolist()
        [1.5, 0.5]
        """
        if self._search is None:
            self._search = search()
        return self._search(self, costs)


def search() -> _Solver:
    """HiGHS by its own door where scipy has it, else by `milp`."""
    core = _core()
    return _Continued(core) if hasattr(core, "_Highs") else anew


def _core() -> Any:
    """The module of HiGHS."""
    try:
        return compiled("optimize", "_highspy", "_core")
    except ImportError:
        return None


def anew(program: BoundedProgram, costs: Floats) -> Floats | None:
    """Search from the beginning."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    solution = milp(
        costs,
        constraints=LinearConstraint(_matrix(program, len(costs)), program.low, program.high),
        bounds=Bounds(program.least, program.most),
    )
    if solution.status == _UNBOUNDED:
        return None
    if solution.status == _IMPOSSIBLE:
        raise ImpossibleError
    if solution.x is None or solution.status != 0:
        raise UnsolvedError
    return np.asarray(solution.x, dtype=np.float64)


def _whole_anew(program: BoundedProgram, costs: Floats, whole: Mask) -> Floats:
    """Search for whole numbers by `milp`."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    solution = milp(
        costs,
        integrality=whole.astype(np.int64),
        constraints=LinearConstraint(_matrix(program, len(costs)), program.low, program.high),
        bounds=Bounds(program.least, program.most),
        options={"node_limit": _MOST_BRANCHES, "presolve": False},
    )
    if solution.status == _IMPOSSIBLE:
        raise ImpossibleError
    if solution.x is None:
        raise UnsolvedError
    return np.asarray(solution.x, dtype=np.float64)


def _whole(core: Any, program: BoundedProgram, costs: Floats, whole: Mask) -> Floats:
    """Search for whole numbers by the door of HiGHS; to simplify a program first takes longer than the rest."""
    solver = core._Highs()  # noqa: SLF001 (scipy has no other)
    for name, value in {"output_flag": False, "presolve": "off", "mip_max_nodes": _MOST_BRANCHES}.items():
        solver.setOptionValue(name, value)
    model = _model(core, program, costs)
    kinds = [core.HighsVarType.kInteger if each else core.HighsVarType.kContinuous for each in whole.tolist()]
    setattr(model, "integrality_", kinds)  # noqa: B010 (as the other fields are set)
    solver.passModel(model)
    solver.run()
    if solver.getModelStatus() == core.HighsModelStatus.kInfeasible:
        raise ImpossibleError
    if solver.getInfo().primal_solution_status != core.SolutionStatus.kSolutionStatusFeasible:
        raise UnsolvedError
    return np.array(solver.getSolution().col_value)


def _matrix(program: BoundedProgram, unknowns: int) -> Any:
    """The sums of a program as scipy takes them."""
    from scipy.sparse import csr_array

    return csr_array((program.factors, program.columns, program.starts), shape=(len(program.low), unknowns)).tocsc()


class _Continued:
    """Search from where the last search ended: what changed meanwhile is told to the solver, nothing else."""

    def __init__(self, core: Any) -> None:
        self._core, self._solver = core, core._Highs()  # noqa: SLF001 (scipy has no other)
        # Costs are mostly 0 and nothing else, so that numbers added against ties cost more steps than ties do.
        options = {"output_flag": False, "dual_simplex_cost_perturbation_multiplier": 0.0, "simplex_iteration_limit": _MOST_STEPS}
        for name, value in options.items():
            self._solver.setOptionValue(name, value)
        self._given: tuple[Floats, ...] = ()
        self._basis: Any = None

    def change_costs_alone(self) -> None:
        """Take the primal simplex, for which the last corner stays one."""
        self._solver.setOptionValue("simplex_strategy", _PRIMAL)

    def begin_where_ended(self, smaller: _Continued) -> None:
        """Take the place where another search ended for the first unknowns and sums; of the others, sums are open and unknowns at their least."""
        self._basis = smaller._solver.getBasis() if smaller._given else None

    def __call__(self, program: BoundedProgram, costs: Floats) -> Floats | None:
        self._tell(program, costs)
        status = self._core.HighsModelStatus
        self._solver.run()
        ended = self._solver.getModelStatus()
        if ended == status.kInfeasible:
            raise ImpossibleError
        if ended == status.kUnbounded:
            return None
        if ended != status.kOptimal:
            self._given = ()
            return anew(program, costs)
        return np.array(self._solver.getSolution().col_value)

    def _tell(self, program: BoundedProgram, costs: Floats) -> None:
        now = program.low, program.high, program.least, program.most, costs
        if self._given:
            low, high, least, most, before = self._given
            for row in np.flatnonzero((low != program.low) | (high != program.high)).tolist():
                self._solver.changeRowBounds(row, program.low[row], program.high[row])
            changed = np.flatnonzero((least != program.least) | (most != program.most)).astype(np.int32)
            if len(changed):
                self._solver.changeColsBounds(len(changed), changed, program.least[changed], program.most[changed])
            changed = np.flatnonzero(before != costs).astype(np.int32)
            if len(changed):
                self._solver.changeColsCost(len(changed), changed, costs[changed])
        else:
            self._solver.passModel(_model(self._core, program, costs))
            if self._basis is not None and self._basis.valid:
                self._solver.setBasis(self._extended(len(costs), len(program.low)))
                self._basis = None
        self._given = tuple(each.copy() for each in now)

    def _extended(self, unknowns: int, sums: int) -> Any:
        status, basis = self._core.HighsBasisStatus, self._core.HighsBasis()
        columns, rows = self._basis.col_status, self._basis.row_status
        basis.col_status = [*columns, *[status.kLower] * (unknowns - len(columns))]
        basis.row_status = [*rows, *[status.kBasic] * (sums - len(rows))]
        basis.valid = True
        return basis


def _model(core: Any, program: BoundedProgram, costs: Floats) -> Any:
    """A program as HiGHS takes it."""
    model, rows, columns = core.HighsLp(), len(program.low), len(costs)
    matrix = {
        "num_row_": rows,
        "num_col_": columns,
        "format_": core.MatrixFormat.kRowwise,
        "start_": program.starts.astype(np.int32),
        "index_": program.columns.astype(np.int32),
        "value_": program.factors,
    }
    limits = {"row_lower_": program.low, "row_upper_": program.high, "col_lower_": program.least, "col_upper_": program.most}
    for name, value in matrix.items():
        setattr(model.a_matrix_, name, value)
    for name, value in {"num_row_": rows, "num_col_": columns, "col_cost_": costs, **limits}.items():
        setattr(model, name, value)
    return model
