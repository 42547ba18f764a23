"""What partners write of their leads is read, and all that is wrong with it is told."""

import pytest

from headgate.domain.dispositions import (
    Disposition,
    Feedback,
    Said,
    dispositions_of,
    read_feedback,
)
from headgate.domain.flaws import Flawed


class TestFeedback:
    @pytest.mark.parametrize(
        ("written", "said"),
        [
            (Feedback("sold", None, "4200.00"), Said(Disposition.SOLD, None, 420000)),
            (
                Feedback(" Bad Contact ", " rang \n twice "),
                Said(Disposition.BAD_CONTACT, "rang   twice"),
            ),
            (Feedback("not-reached", "", "", ""), Said(Disposition.NOT_REACHED)),
            (Feedback("quoted", None, None, "crm-7"), Said(Disposition.QUOTED, reference="crm-7")),
        ],
    )
    def test_is_read(self, written: Feedback, said: Said) -> None:
        read = read_feedback(written, "USD")

        assert read == said

    @pytest.mark.parametrize(
        ("written", "codes"),
        [
            (Feedback(), {"disposition": "required"}),
            (Feedback("gone"), {"disposition": "unknown_choice"}),
            (Feedback("sold", None, "$12"), {"value": "not_an_amount"}),
            (Feedback("sold", None, "-1"), {"value": "not_an_amount"}),
            (Feedback("sold", None, "1.234"), {"value": "not_an_amount"}),
            (Feedback("lost", None, "12"), {"value": "not_allowed"}),
            (Feedback("x", "n" * 501, "y", "r" * 256),
             {"disposition": "unknown_choice", "note": "too_long", "value": "not_an_amount",
              "reference": "too_long"}),
        ],
    )  # fmt: skip
    def test_names_everything_that_is_wrong(self, written: Feedback, codes: dict[str, str]) -> None:
        with pytest.raises(Flawed) as raised:
            read_feedback(written, "USD")

        assert {flaw.place: flaw.code for flaw in raised.value.flaws} == codes

    def test_quotes_nothing_that_may_be_about_a_person(self) -> None:
        with pytest.raises(Flawed) as raised:
            read_feedback(Feedback("secret", "s" * 501, "secret", "s" * 256), "USD")

        assert "secret" not in " ".join(flaw.message for flaw in raised.value.flaws)


class TestAWord:
    def test_stands_for_one_or_for_several(self) -> None:
        assert dispositions_of("sold") == (Disposition.SOLD,)
        assert set(dispositions_of("any")) == set(Disposition)
        assert Disposition.LOST in dispositions_of("reached")
        assert Disposition.NOT_REACHED not in dispositions_of("reached")
        assert dispositions_of("nonsense") == ()
