"""Which rule a request falls under: the clauses of a match, and what follows from them."""

from optipath_router.decide.match.asked import is_glob
from optipath_router.decide.match.clause import Clause, Verdict, prepared, together
from optipath_router.decide.match.clauses import clauses, exact_models

__all__ = ["Clause", "Verdict", "clauses", "exact_models", "is_glob", "prepared", "together"]
