"""The routes of money: what comes back, what partners paid ahead, and the ledger."""

from headgate.services import balances, return_lists, showing
from headgate.services.invoices import billing
from headgate.web.api import balancing, ledger, returning
from headgate.web.api.route_kinds import acting, reading

_DELIVERY, _PARTNER = "/deliveries/{delivery}", "/partners/{partner}"
MONEY_ROUTES = (
    acting(
        f"{_DELIVERY}/return",
        returning.return_delivery,
        "Take a delivered lead back at once: its charge is credited",
        showing.DeliveryShown,
        body=returning.Return,
    ),
    acting(
        f"{_DELIVERY}/request-return",
        returning.request_return,
        "Ask to give a lead back, for its partner; within the account's limits",
        return_lists.ReturnShown,
        body=returning.Wish,
    ),
    reading(
        "/returns",
        returning.list_returns,
        "List what partners asked to return, the newest first",
        return_lists.ReturnPage,
        query=returning.FILTERS,
    ),
    acting(
        "/returns/{return}/grant",
        returning.grant_return,
        "Grant a return: its charge is credited",
        return_lists.ReturnShown,
        body=returning.Ruling,
    ),
    acting(
        "/returns/{return}/refuse",
        returning.refuse_return,
        "Refuse a return: the lead and its charge stay",
        return_lists.ReturnShown,
        body=returning.Ruling,
    ),
    reading(
        f"{_PARTNER}/balance",
        balancing.show_balance,
        "Read what a partner's ledger comes to, and what is reserved of it",
        balances.BalanceShown,
    ),
    acting(
        f"{_PARTNER}/top-up",
        balancing.top_up,
        "Write down what a partner paid ahead",
        balances.BalanceShown,
        body=balancing.TopUp,
    ),
    acting(
        f"{_PARTNER}/adjust",
        balancing.adjust,
        "Correct what a partner owes, with a reason",
        balances.BalanceShown,
        body=balancing.Adjustment,
    ),
    reading(
        "/ledger",
        ledger.list_ledger,
        "List the entries of the ledger, the newest first",
        billing.LedgerPage,
        query=ledger.FILTERS,
    ),
)
