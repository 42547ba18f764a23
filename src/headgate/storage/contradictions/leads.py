"""Leads and accounts that contradict what they lead to."""

from headgate.storage.contradictions.contradiction import Contradiction, on_both

_SELECTED = """
SELECT l.id, COALESCE(chosen.selected, 0), COALESCE(theirs.made, 0) FROM storage_lead l
LEFT JOIN ({selected}) AS chosen ON chosen.id = l.id
LEFT JOIN (SELECT lead_id, COUNT(*) AS made FROM storage_delivery GROUP BY lead_id) AS theirs
  ON theirs.lead_id = l.id
WHERE COALESCE(chosen.selected, 0) <> COALESCE(theirs.made, 0)
"""

LEADS = (
    Contradiction(
        "selection_without_delivery",
        "the rounds of lead {0} selected {1} times, but it has {2} deliveries",
        _SELECTED.format(
            selected="SELECT s.id, SUM(json_array_length(v.value, '$[5]')) AS selected"
            " FROM storage_lead s JOIN json_each(s.rounds) r JOIN json_each(r.value, '$[6]') v"
            " GROUP BY s.id"
        ),
        _SELECTED.format(
            selected="SELECT s.id, SUM(json_array_length(v.value->5)) AS selected"
            " FROM storage_lead s CROSS JOIN LATERAL json_array_elements(s.rounds::json) AS r"
            " CROSS JOIN LATERAL json_array_elements(r.value->6) AS v GROUP BY s.id"
        ),
    ),
    on_both(
        "key_bound_twice",
        "the idempotency key {1} of source {0} stands for {2} leads",
        """
        SELECT source_id, idempotency_key, COUNT(*) FROM storage_lead
        WHERE idempotency_key IS NOT NULL
        GROUP BY source_id, idempotency_key HAVING COUNT(*) > 1
        """,
    ),
    on_both(
        "wait_without_end",
        "lead {0} waits without an end",
        """
        SELECT id FROM storage_lead
        WHERE (look_at IS NULL) <> (wait_until IS NULL)
          OR (look_at IS NULL) <> (waiting_since IS NULL)
        """,
    ),
    on_both(
        "row_not_reached",
        "lead {0} is of row {2} of import {1}, which has come to row {3}",
        """
        SELECT l.id, l.import_id, l.import_row, i.cursor FROM storage_lead l
        LEFT JOIN storage_import i ON i.id = l.import_id
        WHERE l.import_id IS NOT NULL AND (i.id IS NULL OR l.import_row > i.cursor)
        """,
    ),
    on_both(
        "nothing_in_force",
        "account {0} is at configuration version {1}, which is not there",
        """
        SELECT a.slug, a.config_version FROM storage_account a
        LEFT JOIN storage_configversion v
          ON v.account_id = a.id AND v.version = a.config_version
        WHERE v.id IS NULL
        """,
    ),
)
