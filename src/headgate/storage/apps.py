"""Registers the tables with Django."""

from django.apps import AppConfig


class Storage(AppConfig):
    name = "headgate.storage"
    label = "storage"
