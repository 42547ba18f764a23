"""Every typo gets a message that names the place and the fix."""

from pathlib import Path

import pytest

from headgate.domain.configuration.document import read_document
from headgate.domain.configuration.file import read_configuration
from headgate.domain.flaws import Flawed

EXAMPLE = (Path(__file__).parent / "files" / "contract.yaml").read_text()

ZIP = "{key: zip, label: ZIP code, type: postcode}"
SEAT = "profiles[0].assignments[0]"
SENT = f"{SEAT}.delivery"

# What is replaced in the example, what it is replaced with, where the flaw stands, what it says.
WRONG = [
    ("version: 1", "version: 2", "version", "write version: 1"),
    ("version: 1", "versoin: 1", "version", "begins with `version: 1`"),
    ("account:", "acount:", "acount", "did you mean 'account'?"),
    ("slug: acme,", "slug: Acme!,", "account.slug", "a-z, 0-9"),
    ("slug: acme,", "", "account.slug", "is missing"),
    ("slug: acme,", "slug: 7,", "account.slug", 'quote it: "7"'),
    ("America/Los_Angeles", "America/Los_Angelos", "account.timezone", "'America/Los_Angeles'"),
    ("currency: USD", "currency: usd", "account.currency", "three capitals"),
    ("port: 2525", "port: 70000", "email.smtp.port", "from 1 to 65,535"),
    ("security: none", "security: ssl", "email.smtp.security", "tls, starttls, none"),
    ("<leads@acme.example>", "<leads>", "email.smtp.sender", "not an email address"),
    ("entities:", "returns: {bounced: {credit: 1}}\nentities:", "returns.bounced.credit", "true"),
    ("entities:", "returns: {bounced: {pay: true}}\nentities:", "returns.bounced.pay", "no key"),
    ("entities:", "returns: {most_percent: 101}\nentities:", "returns.most_percent", "0 to 100"),
    ("entities:", "returns: {decide: partner}\nentities:", "returns.decide", "staff, automatic"),
    ("entities:", "returns: {within_days: 0}\nentities:", "returns.within_days", "from 1"),
    ("entities:", "reports: [{every: day}]\nentities:", "reports[0].to", "is missing"),
    ("entities:", "reports: [{to: [ann]}]\nentities:", "reports[0].to[0]", "email address"),
    ("entities:", "reports: [{to: [a@b.example], at: noon}]\nentities:", "reports[0].at", "07:00"),
    ("entities:", "reports: [{to: [a@b.example], every: year}]\nentities:",
     "reports[0].every", "day, week, month"),
    ("entities:", "reports: [{to: [a@b.example]}, {to: [a@b.example]}]\nentities:",
     "reports[1]", "keep one"),
    ("{env: SMTP_PASSWORD}", "12345", "email.smtp.password", "a secret is text"),
    ("{env: SMTP_PASSWORD}", "{stored: false}", "email.smtp.password", "{stored: true}"),
    (
        "{env: SMTP_PASSWORD}",
        "{env: HEADGATE_SECRET_KEY}",
        "email.smtp.password.env",
        "Headgate's own",
    ),
    ("{env: SMTP_PASSWORD}", "{env: A-B}", "email.smtp.password.env", "name of a variable"),
    ("type: number}", "type: numbr}", "entities[0].fields[5].type", "did you mean 'number'?"),
    ("label: Email,", "lable: Email,", "entities[0].fields[1].lable", "did you mean 'label'?"),
    ("region: US", "region: USA", "entities[0].fields[2].region", "two capitals"),
    ("type: email}", "type: email, region: US}", "entities[0].fields[1].region", "type phone"),
    (ZIP, "{key: status, type: text}", "entities[0].fields[3].key", "choose another key"),
    (ZIP, f"{ZIP}\n      - {{key: Z_ip, type: text}}", "entities[0].fields[4].key", "case and _"),
    ("options: {house: House, condo: Condo}", "", "entities[0].fields[4].options", "write options"),
    ("condo: Condo", "condo: HOUSE", "entities[0].fields[4].options.condo", "must differ"),
    ("{key: budget, type: number}", "{key: budget, type: number, default: lots}",
     "entities[0].fields[5].default", "'lots'"),
    ("{key: budget, type: number}", "{key: 1st, type: url}",
     "entities[0].fields[5].key", "a letter, then"),
    ("key: ssn, type: text", "key: ssn", "entities[0].fields[6].type", "is missing"),
    ("key: ssn, type: text", "key: ssn, type: text, default: 5",
     "entities[0].fields[6].default", 'quote it: "5"'),
    ("key: ssn, type: text", "key: ssn, type: text, options: {a: A}",
     "entities[0].fields[6].options", "choice and multichoice"),
    ("house: House, condo: Condo", "", "entities[0].fields[4].options", "there is no option"),
    ("condo: Condo}", '"a\\tb": Condo}', "entities[0].fields[4].options.a\tb", "control"),
    ("condo: Condo}", '"condo": ""}', "entities[0].fields[4].options.condo", "is missing"),
    ("{match: [email, phone], within_days: 30}", "{within_days: 30}",
     "entities[0].duplicates.match", "write the keys"),
    (", within_days: 30", "", "entities[0].duplicates.within_days", "number of days"),
    ("match: [email, phone]", "match: [email, email]", "entities[0].duplicates.match[1]", "twice"),
    ("New, Contacted", "New, ''", "entities[0].statuses[1]", "an empty text"),
    ("New, Contacted", "New, [a]", "entities[0].statuses[1]", "a list stands here"),
    ("timezone: America/Los_Angeles, ", "", "account.timezone", "is missing"),
    ("name: Acme Leads", 'name: "Acme\\nLeads"', "account.name", "line breaks"),
    ("name: Acme Leads", f"name: {'a' * 1_001}", "account.name", "at most 1,000"),
    ("host: 127.0.0.1, port: 2525", "host: mail acme", "email.smtp.host", "not a host"),
    ("{env: SMTP_PASSWORD}", '"a\\nb"', "email.smtp.password", "no line breaks"),
    ("https://partner.example/leads", '"https://a b.example"', f"{SENT}.url", "no spaces"),
    ("https://partner.example/leads", "https:///leads", f"{SENT}.url", "no host"),
    ("https://partner.example/leads", "https://[a/", f"{SENT}.url", "not a web address"),
    ("{X-Api-Key: ", "{x-api-key: b, X-Api-Key: ", f"{SENT}.headers.X-Api-Key", "twice"),
    ("{type: bearer, token: {env: SUNPEAK_TOKEN}}", "{type: hmac, secret: a, header: Host}",
     f"{SENT}.auth.header", "cannot carry"),
    ("{type: bearer, token: {env: SUNPEAK_TOKEN}}", "{token: a}",
     f"{SENT}.auth.type", "is missing"),
    ("{env: SUNPEAK_SECRET}", "whsec_a", f"{SENT}.secret", "base64"),
    ("fields: all ", "fields: some ", f"{SENT}.fields", "{their_name: our_key}"),
    ("retry: standard", f"retry: {[1] * 51}", f"{SENT}.retry", "at most 50"),
    ('{status: "2xx", path: "$.status", equals: accepted}', "{}", f"{SENT}.answer.accept", "empty"),
    ('path: "$.status", equals', "equals", f"{SENT}.answer.accept.equals", "needs `path`"),
    ('price: "$.price"', "", f"{SENT}.answer.price_min", "needs `price`"),
    ("    delivery: {channel: email", "    tags: north\n    delivery: {channel: email",
     "partners[0].tags", "write a list"),
    ("    delivery: {channel: email", f"    tags: [{'n' * 31}]\n    delivery: {{channel: email",
     "partners[0].tags[0]", "at most 30"),
    ("    delivery: {channel: email",
     f"    tags: {[f't{n}' for n in range(21)]}\n    delivery: {{channel: email",
     "partners[0].tags", "up to 20"),
    ("    delivery: {channel: email", "    tags: ['a, b']\n    delivery: {channel: email",
     "partners[0].tags[0]", "comma"),
    ("to: [leads@sunpeak.example]", "to: []", "partners[0].delivery.to", "is missing"),
    ("to: [leads@sunpeak.example]", "to: [leads]", "partners[0].delivery.to[0]", "email address"),
    ("to: [leads@sunpeak.example]", f"to: {[f'a{n}@b.example' for n in range(51)]}",
     "partners[0].delivery.to", "at most 50"),
    ("attach: [csv]", "digest: weekly", "partners[0].delivery.digest", "daily 07:00"),
    ("{channel: email, ", "{", "partners[0].delivery.channel", "write one of webhook"),
    ("fields: [first_name, email, phone, zip], ", "", "forms[0].fields", "list the keys"),
    ("email, phone, zip], consent", "{label: Mail}], consent", "forms[0].fields[1].key", "missing"),
    ("email, phone, zip], consent", "{key: emial}], consent", "forms[0].fields[1]", "mean 'email'"),
    ("email, phone, zip], consent", "{key: email, hid: true}], consent",
     "forms[0].fields[1].hid", "mean 'hidden'"),
    ("email, phone, zip], consent", "{key: email, value: {param: a b}}], consent",
     "forms[0].fields[1].value.param", "no parameter"),
    ("email, phone, zip], consent", "{key: zip, value: 90210}], consent",
     "forms[0].fields[1].value", 'quote it: "90210"'),
    ("redirect: null", "redirect: partners", "forms[0].redirect", "begins with https://"),
    ('{status: "2xx", path: "$.status", equals: accepted}', "[a]",
     f"{SENT}.answer.accept", "a list"),
    ("{type: bearer, token: {env: SUNPEAK_TOKEN}}", "bearer", f"{SENT}.auth", "keys and values"),
    ("budget, type: number", "budget, type: number, default: true",
     "entities[0].fields[5].default", "true"),
    ("New, Contacted", "New, NEW", "entities[0].statuses[1]", "differ only in case"),
    ("[New, Contacted, Qualified, Won, Lost]", "[]", "entities[0].statuses", "1 to"),
    ("[New, Contacted, Qualified, Won, Lost]", "[New, true]", "entities[0].statuses[1]", '"true"'),
    ("match: [email, phone]", "match: [email, fone]", "entities[0].duplicates.match[1]", "'phone'"),
    ("within_days: 30", "within_days: 0", "entities[0].duplicates.within_days", "from 1 to"),
    ("website, entity: solar", "website, entity: solr", "sources[0].entity", "mean 'solar'?"),
    ('cost: "2.00"', "cost: 2.00", "sources[0].cost", 'quote it: "2.00"'),
    ('cost: "2.00"', 'cost: "2.005"', "sources[0].cost", "finer than USD"),
    ('cost: "2.00"', 'cost: "-1"', "sources[0].cost", "from 0 to"),
    ("on_duplicate: reject", "on_duplicate: drop", "sources[0].on_duplicate", "flag, update"),
    ("per_minute: 600", "per_second: 10", "sources[0].rate.per_second", "there are: per_minute"),
    ("name: SunPeak Energy", "name: 42", "partners[0].name", 'quote it: "42"'),
    ("active: true", "active: yes", "partners[0].active", "write true or false"),
    ("email: leads@sunpeak.example", "email: sunpeak", "partners[0].email", "email address"),
    ("duplicate_days: 90", 'duplicate_days: "90"', "partners[0].duplicate_days", "without quotes"),
    ("{per: day, leads: 50}", "{per: dai, leads: 50}", "partners[0].caps[0].per", "month"),
    ('mon: "09:00-17:00", sat', 'mon: "9-17", sat', "partners[0].hours.mon", "09:00-17:00"),
    ("test_leads: inbox", "test_leads: drop", "partners[0].test_leads", "inbox, send"),
    ("to: [leads@sunpeak.example]", "to: leads@sunpeak.example", "partners[0].delivery.to", "[ …"),
    ("attach: [csv]", "attach: [pdf]", "partners[0].delivery.attach[0]", "csv, json, adf"),
    ("{{ lead.first_name }}", "{{ lead first }}", "partners[0].delivery.subject", "lead.key"),
    ("strategy: first_match", "strategy: waterfall", "profiles[0].strategy", "round_robin"),
    ("max_partners: 3", "max_partners: 0", "profiles[0].max_partners", "from 1"),
    ('price: "10.00"', "price: 10.00", "profiles[0].price", 'quote it: "10.00"'),
    ("give_up_minutes: 15 ", "give_up_minutes: 1.5 ", "profiles[0].give_up_minutes", "whole"),
    ("- partner: sunpeak", "- partner: sunpek", f"{SEAT}.partner", "did you mean 'sunpeak'?"),
    ("weight: 1", "weight: -1", f"{SEAT}.weight", "from 0"),
    ('price: "12.50"', 'price: "12,50"', f"{SEAT}.price", "not an amount"),
    ('price: "12.50"', "price_tiers: 5", f"{SEAT}.price_tiers", "write a list"),
    ('price: "12.50"', "price_tiers: [{price: '1'}]", f"{SEAT}.price_tiers[0].after", "is missing"),
    ('price: "12.50"', "price_tiers: [{after: 9}]", f"{SEAT}.price_tiers[0].price", "is missing"),
    ('price: "12.50"', "price_tiers: [{after: 0, price: '1'}]",
     f"{SEAT}.price_tiers[0].after", "from 1"),
    ('price: "12.50"', "price_tiers: [{after: 9, price: '-1'}]",
     f"{SEAT}.price_tiers[0].price", "from 0"),
    ('price: "12.50"', "price_tiers: [{from: 9, after: 9, price: '1'}]",
     f"{SEAT}.price_tiers[0].from", "no key"),
    ('price: "12.50"', "price_tiers: [{after: 9, price: '2'}, {after: 9, price: '1'}]",
     f"{SEAT}.price_tiers[1].after", "keep one"),
    ('price: "12.50"', "price_tiers: [{after: 9, price: '2'}, {after: 5, price: '1'}]",
     f"{SEAT}.price_tiers[1].after", "5 stands below 9"),
    ('value: ["90", "91"]', "value: [02134]", f"{SEAT}.rules.any[0].all[0].value[0]", '"02134"'),
    ("field: zip, op", "field: ssn, op", f"{SEAT}.rules.any[0].all[0].field", "encrypted"),
    ("on_ambiguous: hold", "on_ambiguous: stop", f"{SEAT}.on_ambiguous", "hold, next"),
    ("wait_minutes: 240", "wait_minutes: 0", f"{SEAT}.wait_minutes", "from 1"),
    ("channel: webhook", "channel: webhok", f"{SENT}.channel", "did you mean 'webhook'?"),
    ("url: https://partner.example/leads", "", f"{SENT}.url", "is missing"),
    ("https://partner.example/leads", "partner.example", f"{SENT}.url", "https://"),
    ("https://partner.example/leads", "https://a:b@c.example", f"{SENT}.url", "`auth`"),
    ("method: POST", "method: PATCH", f"{SENT}.method", "POST, PUT, GET"),
    ("X-Api-Key:", "X Api Key:", f"{SENT}.headers.X Api Key", "name of a header"),
    ("X-Api-Key:", "Host:", f"{SENT}.headers.Host", "leave it out"),
    ("type: bearer", "type: baerer", f"{SENT}.auth.type", "basic, bearer"),
    ("token: {env: SUNPEAK_TOKEN}", "tokn: x", f"{SENT}.auth.token", "is missing"),
    ("{env: SUNPEAK_SECRET}", "whsec_c2hvcnQ=", f"{SENT}.secret", "24 to 64 bytes"),
    ("fields: all ", "fields: [zipp] ", f"{SENT}.fields[0]", "did you mean 'zip'?"),
    ("fields: all ", "fields: {ZIP: zipp} ", f"{SENT}.fields.ZIP", "did you mean 'zip'?"),
    ("template: null", 'template: "{{ lead.zipp }}"', f"{SENT}.template", "mean 'zip'?"),
    ("timeout_seconds: 15", "timeout_seconds: 0", f"{SENT}.timeout_seconds", "from 1"),
    ("retry: standard", "retry: [1, soon]", f"{SENT}.retry[1]", "whole number"),
    ("retry: standard", "retry: never", f"{SENT}.retry", "standard, none"),
    ('status: "2xx"', 'status: "20x"', f"{SENT}.answer.accept.status", "2xx"),
    ("[400, 409, 422]", "[400, 999]", f"{SENT}.answer.refuse.status[1]", "404"),
    ('path: "$.status"', "path: status", f"{SENT}.answer.accept.path", "$.status"),
    ("equals: accepted", "equals: 1", f"{SENT}.answer.accept.equals", 'quote it: "1"'),
    ("equals: accepted", 'regex: "a("', f"{SENT}.answer.accept.regex", "RE2"),
    ('price: "$.price"', "price: price", f"{SENT}.answer.price", "$.status"),
    ('price_min: "5.00"', "price_min: 5", f"{SENT}.answer.price_min", 'quote it: "5"'),
    ("source: website,", "source: web,", "forms[0].source", "did you mean 'website'?"),
    ("phone, zip], consent", "phone, zap], consent", "forms[0].fields[3]", "mean 'zip'?"),
    ("redirect: null, origins", "redirect: /thanks, origins", "forms[0].redirect", "https://"),
    ('"https://acme.example"', '"https://acme.example/a"', "forms[0].origins[0]", "ends after"),
    ("min_seconds: 2", "min_seconds: -2", "forms[0].protection.min_seconds", "from 0"),
    ("honeypot: true", "honeypot: on", "forms[0].protection.honeypot", "true or false"),
    ('called.", required', 'called.", txt: a, required', "forms[0].consent.txt", "mean 'text'?"),
]  # fmt: skip


def flaws_of(text: str) -> dict[str, str]:
    with pytest.raises(Flawed) as refusal:
        read_configuration(read_document(text.encode()), current=None)
    return {flaw.place: flaw.message for flaw in refusal.value.flaws}


class TestAWrongFile:
    @pytest.mark.parametrize(("right", "wrong", "place", "said"), WRONG)
    def test_names_the_place_and_the_fix(
        self, right: str, wrong: str, place: str, said: str
    ) -> None:
        assert right in EXAMPLE

        flaws = flaws_of(EXAMPLE.replace(right, wrong, 1))

        assert said in flaws[place]

    @pytest.mark.parametrize(
        ("right", "wrong", "place"),
        [
            (right, wrong, place)
            for right, wrong, place, _ in WRONG
            # These take something away that others name, and say so at each place.
            if not any(word in wrong for word in ("versoin", "acount", "status, type", "tokn"))
        ],
    )
    def test_causes_no_other_flaws(self, right: str, wrong: str, place: str) -> None:
        flaws = flaws_of(EXAMPLE.replace(right, wrong, 1))

        assert set(flaws) - _consequences(wrong) == {place}

    def test_has_no_body_to_template_in_a_get(self) -> None:
        text = EXAMPLE.replace("method: POST", "method: GET")

        flaws = flaws_of(text.replace("template: null", "template: a"))

        assert "GET has no body" in flaws[f"{SENT}.template"]

    def test_names_every_flaw_at_once(self) -> None:
        text = EXAMPLE
        for right, wrong, *_ in WRONG[8:12]:
            text = text.replace(right, wrong, 1)

        assert len(flaws_of(text)) == 4


def _consequences(wrong: str) -> set[str]:
    return {"sources[0].rate.per_minute"} if "per_second" in wrong else set()
