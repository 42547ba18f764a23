"""Messages to people over well-known services: each is a webhook whose settings are known."""

from headgate.channels.webhook.presets.discord import DiscordChannel
from headgate.channels.webhook.presets.preset import Preset
from headgate.channels.webhook.presets.slack import SlackChannel
from headgate.channels.webhook.presets.teams import TeamsChannel
from headgate.channels.webhook.presets.telegram import TelegramChannel
from headgate.channels.webhook.presets.twilio import TwilioChannel

PRESETS: dict[str, Preset] = {
    "slack": SlackChannel(),
    "teams": TeamsChannel(),
    "discord": DiscordChannel(),
    "telegram": TelegramChannel(),
    "twilio": TwilioChannel(),
}
