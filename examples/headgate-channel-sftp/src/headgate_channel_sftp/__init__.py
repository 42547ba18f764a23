"""Deliver each lead as a CSV file on an SFTP server."""
