"""A configuration written out as the document that reads as the same one."""

from collections.abc import Sequence
from functools import partial

from headgate.domain.assignments import Assignment, OnAmbiguous, Otherwise
from headgate.domain.caps import write_caps
from headgate.domain.configuration.billing_writing import write_buyer, write_seller
from headgate.domain.configuration.delivery_writing import (
    Written,
    differing,
    maybe_written,
    write_delivery,
    write_secret,
)
from headgate.domain.configuration.event_webhook_writing import write_event_webhook
from headgate.domain.configuration.reading.profiles import EXCLUSIVE_MINUTES, SHARED_MINUTES
from headgate.domain.configuration.reading.section import readable
from headgate.domain.configuration.value import Configuration, Imap, Smtp
from headgate.domain.delivery_settings import DeliverySettings
from headgate.domain.entities import Entity
from headgate.domain.fields import Field
from headgate.domain.forms import Form, Protection, Question
from headgate.domain.hours import write_hours
from headgate.domain.money import format_amount
from headgate.domain.partners import OnTestLead, Partner
from headgate.domain.portal import PortalRights
from headgate.domain.profiles import Profile, Strategy
from headgate.domain.reports import ScheduledReport
from headgate.domain.retention import TEST_LEADS_DAYS
from headgate.domain.returns import Decide, ReturnRule, Returns
from headgate.domain.rules.writing import write_rule
from headgate.domain.sources import CostPer, OnDuplicate, OnInvalid, Source


def write_configuration(configuration: Configuration, *, based_on: int | None = None) -> Written:
    """Return all parts in the file's order; secrets as `{env: NAME}` or `{stored: true}`."""
    account = configuration.account
    currency = account.currency
    document: Written = {"version": 1}
    if based_on is not None:
        document["based_on"] = based_on
    return document | {
        "account": {
            "slug": account.slug,
            "name": account.name,
            "timezone": account.timezone,
            "currency": currency,
            **differing(("billing", maybe_written(account.billing, write_seller), None)),
        },
        "email": differing(
            ("smtp", maybe_written(configuration.email.smtp, _smtp), None),
            ("imap", maybe_written(configuration.email.imap, _imap), None),
        ),
        "alerts": differing(
            ("emails", list(configuration.alerts.emails), []),
            ("webhook", configuration.alerts.webhook, None),
            ("secret", maybe_written(configuration.alerts.secret, write_secret), None),
        ),
        "returns": _returns(configuration.returns),
        "retention": differing(
            ("leads_days", configuration.retention.leads_days, None),
            ("duplicates_days", configuration.retention.duplicates_days, None),
            ("attempt_bodies_days", configuration.retention.attempt_bodies_days, None),
            ("test_leads_days", configuration.retention.test_leads_days, TEST_LEADS_DAYS),
        ),
        "reports": [_report(report) for report in configuration.reports],
        "entities": [_entity(entity) for entity in configuration.entities],
        "sources": [_source(source, currency) for source in configuration.sources],
        "partners": [_partner(partner, currency) for partner in configuration.partners],
        "profiles": [
            _profile(profile, _entity_of(profile, configuration), currency)
            for profile in configuration.profiles
        ],
        "forms": [_form(form) for form in configuration.forms],
        "webhooks": [write_event_webhook(webhook) for webhook in configuration.webhooks],
    }


def _entity_of(profile: Profile, configuration: Configuration) -> Entity:
    return configuration.entity(profile.entity) or Entity(profile.entity, profile.entity)


def _smtp(smtp: Smtp) -> Written:
    return {
        "host": smtp.host,
        "port": smtp.port,
        "security": str(smtp.security),
        "sender": smtp.sender,
    } | differing(
        ("username", smtp.username, ""),
        ("password", maybe_written(smtp.password, write_secret), None),
    )


def _imap(imap: Imap) -> Written:
    return {
        "host": imap.host,
        "port": imap.port,
        "security": str(imap.security),
    } | differing(
        ("username", imap.username, ""),
        ("password", maybe_written(imap.password, write_secret), None),
        ("folder", imap.folder, "INBOX"),
    )


def _report(report: ScheduledReport) -> Written:
    return {
        "to": list(report.to),
        "by": str(report.by),
        "every": str(report.every),
        "at": report.at,
    }


def _returns(returns: Returns) -> Written:
    usual = _return_rule(ReturnRule())
    return differing(
        ("bounced", _return_rule(returns.bounced), usual),
        ("granted", _return_rule(returns.granted), usual),
        ("reasons", list(returns.reasons), []),
        ("within_days", returns.within_days, None),
        ("most_percent", returns.most_percent, None),
        ("decide", str(returns.decide), str(Decide.STAFF)),
        ("replacements", returns.replacements, False),
    )


def _return_rule(rule: ReturnRule) -> Written:
    return {"credit": rule.credit, "give_place_back": rule.give_place_back}


def _entity(entity: Entity) -> Written:
    duplicates = entity.duplicates and {
        "match": list(entity.duplicates.match),
        "within_days": entity.duplicates.within_days,
    }
    return {
        "slug": entity.slug,
        "name": entity.name,
        "fields": [_field(field) for field in entity.fields],
        "statuses": list(entity.statuses),
    } | differing(("duplicates", duplicates, None))


def _field(field: Field) -> Written:
    return {"key": field.key} | differing(
        ("label", field.label, readable(field.key)),
        ("type", str(field.type), None),
        ("required", field.required, False),
        ("default", field.default, None),
        ("options", maybe_written(field.options, dict), None),
        ("encrypted", field.encrypted, False),
        ("region", field.region, None),
    )


def _source(source: Source, currency: str) -> Written:
    rate = source.rate_per_minute
    return {"slug": source.slug, "entity": source.entity, "name": source.name} | differing(
        ("on_duplicate", str(source.on_duplicate), str(OnDuplicate.REJECT)),
        ("on_invalid", str(source.on_invalid), str(OnInvalid.REFUSE)),
        ("cost", format_amount(source.cost_minor, currency), format_amount(0, currency)),
        ("cost_per", str(source.cost_per), str(CostPer.ACCEPTED)),
        ("caps", write_caps(source.caps, currency=currency), []),
        ("rate", None if rate is None else {"per_minute": rate}, None),
    )


def _partner(partner: Partner, currency: str) -> Written:
    return {"slug": partner.slug, "name": partner.name} | differing(
        ("email", partner.email, None),
        ("tags", list(partner.tags), []),
        ("timezone", partner.timezone, None),
        ("active", partner.active, True),
        ("hold_open", partner.hold_open, False),
        ("duplicate_days", partner.duplicate_days, None),
        ("prepaid", partner.prepaid, False),
        ("caps", write_caps(partner.caps, currency=currency), []),
        ("hours", maybe_written(partner.hours, write_hours), None),
        ("test_leads", str(partner.test_leads), str(OnTestLead.INBOX)),
        ("delivery", _delivery(partner.all_settings, currency), None),
        ("billing", maybe_written(partner.billing, partial(write_buyer, currency=currency)), None),
        ("portal", _rights(partner.portal), {}),
    )


def _rights(rights: PortalRights) -> Written:
    usual = PortalRights()
    return differing(
        ("returns", rights.returns, usual.returns),
        ("pause", rights.pause, usual.pause),
        ("contact", rights.contact, usual.contact),
    )


def _delivery(settings: Sequence[DeliverySettings], currency: str) -> object:
    written = [write_delivery(each, currency=currency) for each in settings]
    return written if len(written) > 1 else next(iter(written), None)


def _amount(minor: int | None, currency: str) -> str | None:
    return None if minor is None else format_amount(minor, currency)


def _profile(profile: Profile, entity: Entity, currency: str) -> Written:
    minutes = EXCLUSIVE_MINUTES if profile.exclusive else SHARED_MINUTES
    return {
        "slug": profile.slug,
        "entity": profile.entity,
        "name": profile.name,
        "enabled": profile.enabled,
        "strategy": str(profile.strategy),
        **differing(
            ("exclusive", profile.exclusive, profile.strategy is not Strategy.SEND_TO_ALL),
            ("max_partners", profile.max_partners, None),
            ("price", _amount(profile.price_minor, currency), None),
            ("give_up_minutes", profile.give_up_minutes, minutes),
            ("caps", write_caps(profile.caps, currency=currency), []),
            ("rules", write_rule(profile.rules, entity), {}),
        ),
        "assignments": [
            _assignment(assignment, entity, currency) for assignment in profile.assignments
        ],
    }


def _assignment(assignment: Assignment, entity: Entity, currency: str) -> Written:
    return {"partner": assignment.partner} | differing(
        ("slug", assignment.slug, assignment.partner),
        ("priority", assignment.priority, None),
        ("weight", assignment.weight, 1),
        ("price", _amount(assignment.price_minor, currency), None),
        ("price_tiers", _tiers(assignment, currency), []),
        ("enabled", assignment.enabled, True),
        ("rules", write_rule(assignment.rules, entity), {}),
        ("caps", write_caps(assignment.caps, currency=currency), []),
        ("hours", maybe_written(assignment.hours, write_hours), None),
        ("on_ambiguous", str(assignment.on_ambiguous), str(OnAmbiguous.HOLD)),
        ("at_cap", str(assignment.at_cap), str(Otherwise.SKIP)),
        ("when_closed", str(assignment.when_closed), str(Otherwise.SKIP)),
        ("wait_minutes", assignment.wait_minutes, 240),
        ("delivery", _delivery(assignment.all_settings, currency), None),
    )


def _tiers(assignment: Assignment, currency: str) -> list[Written]:
    return [
        {"after": tier.after, "price": format_amount(tier.price_minor, currency)}
        for tier in assignment.price_tiers
    ]


def _form(form: Form) -> Written:
    consent, protection = form.consent, form.protection
    return {
        "slug": form.slug,
        "entity": form.entity,
        "source": form.source,
        "title": form.title,
        "fields": [_asked(key, form.questions.get(key)) for key in form.fields],
    } | differing(
        ("consent", consent and {"text": consent.text, "required": consent.required}, None),
        ("thank_you", form.thank_you, "Thank you."),
        ("redirect", form.redirect, None),
        ("origins", list(form.origins), []),
        ("protection", _protection(protection), _protection(Protection())),
    )


def _asked(key: str, question: Question | None) -> object:
    if question is None:
        return key
    value = question.value if question.param is None else {"param": question.param}
    return {"key": key} | differing(
        ("label", question.label, None),
        ("help", question.help, None),
        ("required", question.required, False),
        ("hidden", question.hidden, False),
        ("value", value, None),
    )


def _protection(protection: Protection) -> Written:
    return {
        "honeypot": protection.honeypot,
        "min_seconds": protection.min_seconds,
        "proof_of_work": protection.proof_of_work,
    }
