"""What an answer means: every row of the contract's table, and the assignment's own rules."""

import pytest

from headgate.channels.webhook import answers
from headgate.channels.webhook.answers import Answer
from headgate.domain.deliveries import Outcome
from headgate.domain.delivery_settings import AnswerRule, AnswerRules

DELIVERED, REFUSED, NOT_SENT, AMBIGUOUS = Outcome
NO_RULES = AnswerRules()
NOT_ABOUT_THE_LEAD = (401, 403, 407, 408, 425, 429)


def whole(status: int, body: str = "", content_type: str = "") -> Answer:
    return Answer(status, body.encode(), is_complete=True, content_type=content_type)


def accept(**parts: object) -> AnswerRules:
    return AnswerRules(accept=AnswerRule(**parts))  # type: ignore[arg-type]


def refuse(**parts: object) -> AnswerRules:
    return AnswerRules(refuse=AnswerRule(**parts))  # type: ignore[arg-type]


ACCEPTED = accept(status=("2xx",), path="$.status", equals="accepted")


class TestTheTable:
    @pytest.mark.parametrize("status", [200, 201, 202, 204, 206, 299])
    def test_takes_2xx_for_delivered(self, status: int) -> None:
        assert answers.meaning(NO_RULES, whole(status)).outcome is DELIVERED

    @pytest.mark.parametrize("status", [400, 402, 406, 409, 410, 411, 413, 415, 418, 422, 451, 499])
    def test_takes_a_4xx_for_refused(self, status: int) -> None:
        assert answers.meaning(NO_RULES, whole(status)).outcome is REFUSED

    @pytest.mark.parametrize(
        "status", [300, 301, 302, 304, 307, 308, *NOT_ABOUT_THE_LEAD, 404, 405]
    )
    def test_takes_what_does_not_speak_of_the_lead_for_not_sent(self, status: int) -> None:
        assert answers.meaning(NO_RULES, whole(status)).outcome is NOT_SENT

    @pytest.mark.parametrize("status", [101, 500, 501, 502, 503, 504, 520, 599, 600, 999])
    def test_takes_everything_else_for_ambiguous(self, status: int) -> None:
        assert answers.meaning(NO_RULES, whole(status)).outcome is AMBIGUOUS

    def test_never_speaks_of_an_own_rule(self) -> None:
        assert not any(answers.by_table(status).by_own_rule for status in range(100, 1000))


class TestOwnRules:
    @pytest.mark.parametrize(
        ("rules", "status", "body", "outcome"),
        [
            (ACCEPTED, 200, '{"status": "accepted"}', DELIVERED),
            (ACCEPTED, 200, '{"status": "no"}', REFUSED),
            (ACCEPTED, 200, "{}", REFUSED),
            (ACCEPTED, 200, "", AMBIGUOUS),
            (ACCEPTED, 200, "<html>", AMBIGUOUS),
            (ACCEPTED, 422, '{"status": "accepted"}', REFUSED),
            (ACCEPTED, 404, "<html>", NOT_SENT),
            (ACCEPTED, 500, "<html>", AMBIGUOUS),
            (ACCEPTED, 302, "", NOT_SENT),
            (accept(status=("201",)), 200, "", REFUSED),
            (accept(status=("201",)), 201, "", DELIVERED),
            (accept(status=("200", "409")), 409, "", DELIVERED),
            (accept(status=("2xx", "409")), 401, "", NOT_SENT),
            (accept(path="$.id"), 200, '{"id": 7}', DELIVERED),
            (accept(path="$.id"), 200, '{"id": null}', REFUSED),
            (accept(path="$.ok", equals="true"), 200, '{"ok": true}', DELIVERED),
            (accept(path="$.ok", equals="true"), 200, '{"ok": "True"}', REFUSED),
            (accept(path="$.code", equals="7"), 200, '{"code": 7}', DELIVERED),
            (accept(regex="(?i)success"), 200, "<result>SUCCESS</result>", DELIVERED),
            (accept(regex="(?i)success"), 200, "<result>failed</result>", REFUSED),
            (accept(regex="^OK"), 200, "\ufeffOK", DELIVERED),
            (accept(status=("201",), path="$.a"), 200, "<html>", AMBIGUOUS),
            (accept(status=("201",), path="$.a"), 200, "{}", REFUSED),
            (accept(), 500, "", AMBIGUOUS),
            (refuse(status=("400", "409")), 409, "", REFUSED),
            (refuse(status=("503",)), 503, "", REFUSED),
            (refuse(status=("5xx",)), 503, "", REFUSED),
            (refuse(status=("404",)), 404, "", REFUSED),
            (refuse(status=("200",), path="$.error"), 200, '{"error": "dup"}', REFUSED),
            (refuse(status=("200",), path="$.error"), 200, "{}", DELIVERED),
            (refuse(status=("200",), path="$.error"), 200, "<html>", AMBIGUOUS),
            (refuse(regex="duplicate"), 500, "duplicate", REFUSED),
            (refuse(), 200, "", DELIVERED),
        ],
    )
    def test_come_before_the_table(
        self, rules: AnswerRules, status: int, body: str, outcome: Outcome
    ) -> None:
        assert answers.meaning(rules, whole(status, body)).outcome is outcome

    def test_look_at_refuse_first(self) -> None:
        rules = AnswerRules(accept=AnswerRule(status=("200",)), refuse=AnswerRule(regex="dup"))

        assert answers.meaning(rules, whole(200, "dup")).outcome is REFUSED

    @pytest.mark.parametrize("status", NOT_ABOUT_THE_LEAD)
    def test_never_cover_by_4xx_what_does_not_speak_of_the_lead(self, status: int) -> None:
        assert answers.meaning(refuse(status=("4xx",)), whole(status)).outcome is NOT_SENT

    @pytest.mark.parametrize("status", [400, 404, 405, 410, 422])
    def test_cover_the_other_4xx(self, status: int) -> None:
        found = answers.meaning(refuse(status=("4xx",)), whole(status))

        assert (found.outcome, found.by_own_rule) == (REFUSED, True)

    def test_that_refuse_settle_what_was_ambiguous_and_nothing_else_does(self) -> None:
        by_rule = answers.meaning(refuse(status=("422",)), whole(422))
        by_table = answers.meaning(NO_RULES, whole(422))
        by_failed_accept = answers.meaning(ACCEPTED, whole(200, "{}"))

        assert [each.by_own_rule for each in (by_rule, by_table, by_failed_accept)] == [
            True,
            False,
            False,
        ]


class TestAnUnreadableBody:
    BROKEN = (
        Answer(200, b'{"status": "accepted"}', is_complete=False),
        Answer(200, b'{"status": "accepted\xff"}', is_complete=True),
        Answer(200, b'{"status": "accepted"}', is_complete=True, content_encoding="gzip"),
    )

    @pytest.mark.parametrize("answer", BROKEN)
    @pytest.mark.parametrize("rules", [ACCEPTED, refuse(regex="x"), accept(regex="accepted")])
    def test_is_ambiguous_where_a_rule_reads_it(self, rules: AnswerRules, answer: Answer) -> None:
        assert answers.meaning(rules, answer).outcome is AMBIGUOUS

    @pytest.mark.parametrize("answer", BROKEN)
    @pytest.mark.parametrize("rules", [NO_RULES, accept(status=("2xx",)), refuse(status=("4xx",))])
    def test_does_not_matter_where_the_status_decides_alone(
        self, rules: AnswerRules, answer: Answer
    ) -> None:
        assert answers.meaning(rules, answer).outcome is DELIVERED

    def test_may_be_in_the_charset_that_it_names(self) -> None:
        answer = Answer(
            200,
            "für".encode("latin-1"),
            is_complete=True,
            content_type="text/plain; charset=ISO-8859-1",
        )

        assert answers.meaning(accept(regex="für"), answer).outcome is DELIVERED


class TestReadsBody:
    @pytest.mark.parametrize(
        ("rules", "expected"),
        [
            (NO_RULES, False),
            (accept(status=("2xx",)), False),
            (refuse(regex="x"), True),
            (ACCEPTED, True),
            (AnswerRules(price="$.price"), True),
            (AnswerRules(redirect="$.url"), True),
        ],
    )
    def test_is_told_by_any_part_that_looks_inside(
        self, rules: AnswerRules, expected: bool
    ) -> None:
        assert answers.reads_body(rules) is expected


class TestFlaw:
    @pytest.mark.parametrize(
        "rules",
        [
            accept(path="status"),
            refuse(regex="("),
            AnswerRules(price="x"),
            AnswerRules(redirect=""),
        ],
    )
    def test_says_what_cannot_be_used(self, rules: AnswerRules) -> None:
        assert answers.flaw(rules)

    def test_finds_none_in_good_rules(self) -> None:
        assert answers.flaw(ACCEPTED) is None
