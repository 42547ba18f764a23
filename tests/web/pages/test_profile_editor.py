"""The editor of a profile."""

from reception import Reception, text_of


class TestTheEditor:
    def test_shows_what_stands(self, reception: Reception) -> None:
        text = text_of(reception.at_the_desk(), "/distribution/profiles/residential")

        assert "Residential" in text
