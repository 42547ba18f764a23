"""A partner's system speaks of its leads by an address of their own, or by its signature."""

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from small_world import DELIVERED, SmallWorld

from headgate.channels.contract import Sent
from headgate.channels.webhook import signing
from headgate.channels.webhook.request import WebhookRequest
from headgate.domain.deliveries import Outcome
from headgate.domain.dispositions import Feedback
from headgate.domain.ids import DeliveryId, LeadId
from headgate.services import configuration, postback_tokens, postbacks, setups, tracking
from headgate.services.delivery import Report, record_outcomes
from headgate.services.errands import Errand, claim_errands
from headgate.services.feedback import Heard
from headgate.services.postback_tokens import TokenVoid
from headgate.services.postbacks import NotSigned, Signed
from headgate.services.preparing import Prepared, prepare
from headgate.services.privacy import erasing
from headgate.services.routing import Leases
from headgate.storage import deliveries, models
from headgate.storage.deliveries import DeliveryNotFound

NEW, OLD = (base64.b64encode(each * 32).decode() for each in (b"n", b"o"))
SET_UP = f"""
version: 1
account: {{slug: acme, name: Acme, timezone: UTC, currency: USD}}
entities:
  - {{slug: solar, name: Solar, fields: [{{key: name, type: text}}, {{key: kind, type: text}}],
     statuses: [New], duplicates: {{match: [name], within_days: 30}}}}
sources: [{{slug: site, entity: solar, name: Site}}]
partners:
  - slug: hook
    name: Hook
    delivery:
      channel: webhook
      url: https://hook.example/
      retry: [60]
      secret: [whsec_{NEW}, whsec_{OLD}]
      template: '{{"name": "{{{{ name }}}}", "tell": {{{{ postback_url }}}}}}'
  - {{slug: plain, name: Plain, delivery: {{channel: webhook, url: "https://plain.example/",
     secret: whsec_{base64.b64encode(b"p" * 32).decode()}}}}}
profiles:
  - {{slug: all, entity: solar, name: All, enabled: true, strategy: send_to_all,
     assignments: [{{partner: hook}}, {{partner: plain}}]}}
""".encode()
BASE = "https://leads.acme.example"
RETRIED = Sent(outcome=Outcome.NOT_SENT, ms=5, written=False)


@pytest.fixture
def world(database: object, installation: None, now: datetime) -> Iterator[SmallWorld]:
    postback_tokens.open_at(BASE)
    yield SmallWorld(now, SET_UP)
    postback_tokens.open_at("")


def sent(world: SmallWorld, answer: Sent = DELIVERED) -> dict[str, Prepared]:
    """Send what is due as the dispatcher does, and return what each partner was sent."""
    found = {}
    reports = []
    for errand in claim_errands(limit=100, busy_partners=(), now=world.now):
        prepared = prepare(errand, now=world.now)
        assert isinstance(prepared, Prepared)
        found[partner_of(errand)] = prepared
        reports.append(
            Report(
                errand=errand,
                at=world.now,
                ended_at=world.now,
                sent=answer,
                shown=prepared.shown,
                body=prepared.body,
            )
        )
    record_outcomes(reports=reports, leases=Leases(0), now=world.now)
    return found


def partner_of(errand: Errand) -> str:
    return errand.seat.partner.slug


def sold(world: SmallWorld, name: str = "Ann") -> LeadId:
    lead_id = world.post(name)
    world.answer(DELIVERED)
    return lead_id


def of_partner(lead_id: LeadId, slug: str) -> DeliveryId:
    return DeliveryId(models.Delivery.objects.get(lead_id=lead_id, partner__slug=slug).pk)


def token(world: SmallWorld, id: DeliveryId) -> str:
    return postback_tokens.write(setups.in_force(world.account_id).vault, world.account_id, id)


def tell(world: SmallWorld, token: str) -> Heard:
    return postbacks.hear_by_token(token=token, said=Feedback("sold"), now=world.now)


class TestAnAddress:
    def test_stands_where_a_template_names_it_the_same_on_every_try(
        self, world: SmallWorld
    ) -> None:
        id = of_partner(world.post("Ann"), "hook")

        first = sent(world, RETRIED)["hook"]
        world.now += timedelta(seconds=61)
        postback_tokens.open_at("https://another.example")
        second = sent(world)["hook"]

        said = json.loads(first.body)
        assert said == {"name": "Ann", "tell": f"{BASE}/postback/{token(world, id)}"}
        assert first.body == second.body

    def test_is_in_no_other_payload(self, world: SmallWorld) -> None:
        world.post("Ann")

        other = sent(world)["plain"]

        assert b"postback" not in other.body
        assert isinstance(other.request, WebhookRequest)
        assert other.request.look is None

    def test_is_in_clear_nowhere_at_rest(self, world: SmallWorld) -> None:
        id = of_partner(world.post("Ann"), "hook")
        signed = token(world, id)

        request = sent(world, RETRIED)["hook"].request

        delivery = deliveries.get(world.account_id, id)
        assert delivery.body is not None
        assert signed.encode() not in bytes(delivery.body)
        shown = tracking.show_delivery(account_id=world.account_id, delivery_id=id)
        assert isinstance(shown.attempts, list)
        assert shown.attempts[0].request is not None
        assert json.loads(shown.attempts[0].request["body"]) == {"name": "Ann", "tell": "•••"}
        assert signed in request.confidential  # so it is masked in what comes back

    def test_is_null_where_nobody_knows_where_headgate_is(self, world: SmallWorld) -> None:
        postback_tokens.open_at("")
        world.post("Ann")

        assert json.loads(sent(world)["hook"].body)["tell"] is None


class TestAToken:
    def test_speaks_of_its_delivery(self, world: SmallWorld) -> None:
        id = of_partner(sold(world), "hook")

        heard = tell(world, token(world, id))

        assert (heard.delivery_id, heard.disposition.by) == (id, "partner hook: postback")

    def test_is_void_when_anything_in_it_is_other(self, world: SmallWorld) -> None:
        good = token(world, of_partner(sold(world), "hook"))

        for place in range(0, len(good), 3):
            letter = "B" if good[place] != "B" else "C"
            with pytest.raises(TokenVoid):
                postback_tokens.read(good[:place] + letter + good[place + 1 :])
        for text in ("", "a", good[:-1], good + "aaaa", "é" * 54, "A" * 54, "_" * 54):
            with pytest.raises(TokenVoid):
                postback_tokens.read(text)

    def test_is_of_use_for_years(self, world: SmallWorld) -> None:
        id = of_partner(sold(world), "hook")
        world.now += timedelta(days=3650)

        assert tell(world, token(world, id)).is_new

    def test_ends_with_the_lead(self, world: SmallWorld) -> None:
        lead_id = sold(world)
        signed = token(world, of_partner(lead_id, "hook"))
        erasing.erase_lead(
            account_id=world.account_id, lead_id=lead_id, leases=Leases(0), now=world.now
        )

        for ask in (lambda: tell(world, signed), lambda: postbacks.find_offer(signed)):
            with pytest.raises(DeliveryNotFound, match="there is no such lead"):
                ask()


def signed(
    world: SmallWorld,
    *,
    key: str = NEW,
    id: str = "msg_1",
    at: datetime | None = None,
    body: bytes = b"{}",
) -> Signed:
    timestamp = int((at or world.now).timestamp())
    keys = (base64.b64decode(key),)
    return Signed(id, str(timestamp), signing.signature(keys, id, timestamp, body), body)


class TestASignature:
    @pytest.mark.parametrize("key", [NEW, OLD])
    def test_is_by_either_secret_while_one_replaces_the_other(
        self, world: SmallWorld, key: str
    ) -> None:
        message = signed(world, key=key)

        partner_id = postbacks.check_signature(
            account="acme", partner="hook", message=message, now=world.now
        )

        assert partner_id == setups.in_force(world.account_id).plan.identities.partners["hook"]

    @pytest.mark.parametrize(
        ("account", "partner"),
        [("acme", "plain"), ("acme", "nobody"), ("nobody", "hook"), ("acme", "hook")],
    )
    def test_is_not_another_ones(self, world: SmallWorld, account: str, partner: str) -> None:
        key = base64.b64encode(b"x" * 32).decode() if partner == "hook" else NEW

        with pytest.raises(NotSigned):
            postbacks.check_signature(
                account=account, partner=partner, message=signed(world, key=key), now=world.now
            )

    @pytest.mark.parametrize("seconds", [-301, 301])
    def test_is_of_now(self, world: SmallWorld, seconds: int) -> None:
        message = signed(world, at=world.now + timedelta(seconds=seconds))

        with pytest.raises(NotSigned):
            postbacks.check_signature(
                account="acme", partner="hook", message=message, now=world.now
            )

    def test_is_of_the_whole_message(self, world: SmallWorld) -> None:
        good = signed(world)

        for bad in (
            Signed("msg_2", good.timestamp, good.signatures, good.body),
            Signed(good.id, good.timestamp, good.signatures, b"{} "),
            Signed(good.id, "now", good.signatures, good.body),
            Signed(good.id, good.timestamp, "", good.body),
            Signed(good.id, good.timestamp, "v1,é", good.body),
            signed(world, id=""),
        ):
            with pytest.raises(NotSigned):
                postbacks.check_signature(
                    account="acme", partner="hook", message=bad, now=world.now
                )


class TestASignedMessage:
    def test_speaks_of_the_partners_own_delivery_of_a_lead(self, world: SmallWorld) -> None:
        lead_id = sold(world)
        partner_id = setups.in_force(world.account_id).plan.identities.partners["hook"]

        heard = postbacks.hear_signed(
            account="acme",
            partner_id=partner_id,
            delivery_id=None,
            lead_id=lead_id,
            said=Feedback("sold"),
            now=world.now,
        )

        assert heard.delivery_id == of_partner(lead_id, "hook")

    def test_learns_of_nobody_elses(self, world: SmallWorld) -> None:
        lead_id = sold(world)
        partner_id = setups.in_force(world.account_id).plan.identities.partners["hook"]
        foreign = of_partner(lead_id, "plain")

        answers = set()
        for delivery, lead in (
            (foreign, None),
            (UUID(int=7), None),
            (None, UUID(int=7)),
            (None, None),
        ):
            with pytest.raises(DeliveryNotFound) as raised:
                postbacks.hear_signed(
                    account="acme",
                    partner_id=partner_id,
                    delivery_id=delivery,
                    lead_id=lead,
                    said=Feedback("sold"),
                    now=world.now,
                )
            answers.add(str(raised.value))

        assert len(answers) == 1


class TestAnOldSecret:
    def test_signs_nothing_once_it_is_gone(self, world: SmallWorld) -> None:
        source = SET_UP.replace(f", whsec_{OLD}".encode(), b"")
        configuration.apply_configuration(
            source=source, account_slug=None, trusted=True, made_by="test", now=world.now
        )

        with pytest.raises(NotSigned):
            postbacks.check_signature(
                account="acme", partner="hook", message=signed(world, key=OLD), now=world.now
            )
