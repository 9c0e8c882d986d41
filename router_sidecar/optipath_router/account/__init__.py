"""What was asked, decided, tried and answered: one record a request, written once at its end."""

from optipath_router.account.account import Account
from optipath_router.account.counts import count
from optipath_router.account.decisions import Decisions
from optipath_router.account.record import Record
from optipath_router.account.spending import Spending

__all__ = ["Account", "Decisions", "Record", "Spending", "count"]
