"""The contradictions that rows can be in, each as one statement that finds them all."""

from headgate.storage.contradictions.caps import COUNTERS, PLACES
from headgate.storage.contradictions.contradiction import Contradiction
from headgate.storage.contradictions.deliveries import DELIVERIES
from headgate.storage.contradictions.invoices import INVOICES
from headgate.storage.contradictions.leads import LEADS
from headgate.storage.contradictions.money import MONEY

ALL: tuple[Contradiction, ...] = (*COUNTERS, *PLACES, *MONEY, *INVOICES, *DELIVERIES, *LEADS)
