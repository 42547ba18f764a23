import pytest

OPTIONS = {"house": "Single House", "condo": "Condo", "HOUSE": "Mansion", "other": "Stra\u00dfe"}


class TestChoice:
    @pytest.mark.parametrize(
        ("given", "key"),
        [
            ("house", "house"),
            ("HOUSE", "HOUSE"),
            ("House", "house"),
            ("single  house", "house"),
            (" CONDO ", "condo"),
            ("STRASSE", "other"),
        ],
    )
    def test_is_kept_as_the_key(self, value_of, given, key):
        assert value_of("choice", given, options=OPTIONS) == key

    def test_names_the_options_when_refused(self, clean_one):
        cleaned = clean_one("choice", "Barn", options={"house": "House", "condo": "Condo"})

        assert [(flaw.code, flaw.message) for flaw in cleaned.flaws] == [
            ("not_an_option", "must be one of the options: house, condo")
        ]

    def test_names_no_more_than_a_person_reads(self, clean_one):
        cleaned = clean_one("choice", "x", options={f"o{n}": "" for n in range(300)})

        assert cleaned.flaws[0].message.endswith("o19 or one of 280 more")

    @pytest.mark.parametrize("bare", [1, True, ["house"]])
    def test_refuses_another_type(self, code_of, bare):
        assert code_of("choice", bare, options=OPTIONS) == "bad_type"


class TestMultichoice:
    @pytest.mark.parametrize(
        ("given", "keys"),
        [
            (["condo", "house"], ["condo", "house"]),
            (["Condo", "condo", "", None], ["condo"]),
            ("condo", ["condo"]),
            ("condo, single house;other", ["condo", "house", "other"]),
            ("condo|HOUSE|", ["condo", "HOUSE"]),
        ],
    )
    def test_is_kept_as_keys_in_the_order_sent(self, value_of, given, keys):
        assert value_of("multichoice", given, options=OPTIONS) == keys

    def test_takes_a_label_that_holds_a_separator_whole(self, value_of):
        options = {"ab": "A, B", "a": "A"}

        assert value_of("multichoice", "a, b", options=options) == ["ab"]

    @pytest.mark.parametrize("blank", [[], "", [None, " "], ",;"])
    def test_is_absent_when_nothing_is_chosen(self, value_of, blank):
        assert value_of("multichoice", blank, options=OPTIONS) is None

    @pytest.mark.parametrize(
        ("bad", "code"),
        [(["barn"], "not_an_option"), ([1], "bad_type"), ({"house": True}, "bad_type")],
    )
    def test_refuses_anything_else(self, code_of, bad, code):
        assert code_of("multichoice", bad, options=OPTIONS) == code
