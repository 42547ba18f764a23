import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from headgate.domain.fields import Field, FieldType
from headgate.domain.intake_keys import Envelope, compile_matcher

FIELDS = (
    Field("first_name", FieldType.TEXT, "Given name"),
    Field("phone", FieldType.PHONE, "Mobile"),
    Field("mobile", FieldType.TEXT, "Handset"),
    Field("city", FieldType.TEXT, "Wohnort / Stra\u00dfe"),
)
SPELLINGS = (
    "status",
    "Source",
    "note",
    "Mobile",
    "mobile",
    "First Name",
    "first_name",
    "GIVENNAME",
)


def match(payload, *, fields=FIELDS):
    matcher = compile_matcher(fields, statuses=("New", "Closed Won"), sources=("website",))
    return matcher(payload)


class TestNames:
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("first_name", "first_name"),
            ("First Name", "first_name"),
            ("FIRST-NAME", "first_name"),
            ("firstName", "first_name"),
            ("given_name", "first_name"),
            ("mobile", "mobile"),
            ("Handset ", "mobile"),
            ("WOHNORT/STRASSE", "city"),
        ],
    )
    def test_mean_the_field_whose_key_or_label_they_are(self, name, key):
        assert match({name: "x"}).fields == {key: "x"}

    def test_leave_values_raw(self):
        assert match({"phone": [1, " "]}).fields == {"phone": [1, " "]}

    @pytest.mark.parametrize(
        ("payload", "value", "extra"),
        [
            ({"Given Name": "a", "First Name": "b", "first_name": "c"}, "c", {"a", "b"}),
            ({"Given Name": "a", "First Name": "b"}, "b", {"a"}),
            ({"First Name": "a", "first-name": "b"}, "a", {"b"}),
            ({"first_name": "a", "First Name": "b"}, "a", {"b"}),
        ],
    )
    def test_are_taken_closest_first_then_in_order(self, payload, value, extra):
        matched = match(payload)

        assert (matched.fields, set(matched.extra.values())) == ({"first_name": value}, extra)

    @pytest.mark.parametrize("name", ["utm_source", "id", "entity", "", "--", "x" * 5_000])
    def test_are_extra_when_they_match_nothing(self, name):
        assert match({name: 1}).extra == {name: 1}


class TestSpecialNames:
    def test_speak_of_the_lead_itself(self):
        payload = {
            "status": "closed won",
            "Source": "website",
            "test": "yes",
            "External ID": 17,
            "note": "call\r\nlate",
        }

        matched = match(payload)

        assert matched.envelope == Envelope("Closed Won", "website", True, "17", "call\nlate")
        assert (matched.fields, matched.extra) == ({}, {})

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("status", "Lost"),
            ("status", ["New"]),
            ("source", "facebook"),
            ("test", "perhaps"),
            ("external_id", "x" * 256),
            ("external_id", True),
            ("note", None),
        ],
    )
    def test_are_extra_when_they_name_nothing_that_exists(self, name, value):
        matched = match({name: value})

        assert (matched.extra, matched.envelope) == ({name: value}, Envelope())

    def test_count_once(self):
        matched = match({"status": "New", "Status": "Closed Won"})

        assert (matched.envelope.status, matched.extra) == ("New", {"Status": "Closed Won"})

    @pytest.mark.parametrize(
        "field",
        [Field("note", FieldType.TEXT, "Remark"), Field("remark", FieldType.TEXT, "Note")],
    )
    def test_yield_to_a_field_where_they_are_not_reserved(self, field):
        matched = match({"Note": "x"}, fields=[field])

        assert (matched.fields, matched.envelope.note) == ({field.key: "x"}, None)

    def test_go_to_a_field_of_that_label_when_they_mean_nothing_else(self):
        field = Field("marital", FieldType.TEXT, "Status")

        matched = match({"status": "single"}, fields=[field])

        assert matched.fields == {"marital": "single"}


class TestExtra:
    def test_is_made_fit_to_be_stored(self):
        matched = match({"a\x00": ["\ud800", {"b\x00": "c\x00"}]})

        assert matched.extra == {"a\ufffd": ["\ufffd", {"b\ufffd": "c\ufffd"}]}

    def test_is_cut_where_it_nests_without_end(self):
        deep: object = "x"
        for _ in range(500):
            deep = [deep]

        kept = match({"deep": deep}).extra

        assert msgspec.json.encode(kept).count(b"[") == 32

    @given(
        st.dictionaries(
            st.text(st.characters(exclude_characters="\x00")) | st.sampled_from(SPELLINGS),
            st.text() | st.sampled_from(["New", "website"]) | st.none() | st.lists(st.text()),
        )
    )
    def test_loses_nothing_beside_the_fields_and_the_envelope(self, payload):
        matched = match(payload)

        envelope = msgspec.structs.astuple(matched.envelope)
        said = sum(value not in (None, False) for value in envelope)
        assert len(matched.fields) + len(matched.extra) + said == len(payload)


class TestEncryptedField:
    def test_leaves_no_second_name_in_the_extra(self) -> None:
        secret = Field(key="ssn", type=FieldType.TEXT, label="SSN", encrypted=True)
        match = compile_matcher([secret], statuses=(), sources=())

        matched = match({"ssn": "123-45", "S.S.N": "9", "SSN ": "678-90"})

        assert matched.fields == {"ssn": "123-45"}
        assert matched.extra == {"S.S.N": "9"}


class TestWordsOfOtherSystems:
    @pytest.mark.parametrize(
        ("said", "policy"),
        [
            ("skip", "reject"),
            ("Overwrite", "update"),
            ("create", "allow"),
            ("flag", "flag"),
            ("whatever", None),
        ],
    )
    def test_say_what_becomes_of_duplicates(self, said: str, policy: str | None) -> None:
        found = match({"dedup_mode": said})

        assert found.envelope.dedup_mode == policy
        assert (found.extra == {}) is (policy is not None)

    @pytest.mark.parametrize(
        ("notes", "text"),
        [
            ("one", "one"),
            (["one", "two"], "one\ntwo"),
            ([{"text": "one", "tag": "call"}, "", "two"], "one\ntwo"),
        ],
    )
    def test_bring_several_notes(self, notes: object, text: str) -> None:
        assert match({"notes": notes}).envelope.notes == text

    def test_leave_aside_notes_that_are_none(self) -> None:
        assert match({"notes": [{"tag": "x"}, 7]}).extra == {"notes": [{"tag": "x"}, 7]}

    def test_name_the_pipeline_of_a_status(self) -> None:
        found = match({"status:stage": "closed won", "status:other": "Nowhere"})

        assert found.envelope.status == "Closed Won"
        assert found.extra == {"status:other": "Nowhere"}
