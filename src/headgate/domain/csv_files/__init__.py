"""CSV files as strangers write them: their encoding, delimiter, header and rows."""

from headgate.domain.csv_files.columns import EXTRA, BadMapping, Columns, columns_of
from headgate.domain.csv_files.delimiters import DELIMITERS, delimiter_of
from headgate.domain.csv_files.encodings import ENCODINGS, UnknownEncoding, encoding_of
from headgate.domain.csv_files.flaws import BadCsv
from headgate.domain.csv_files.lines import lines_of
from headgate.domain.csv_files.records import Record, header_of, raggedness, read_records

__all__ = [
    "DELIMITERS",
    "ENCODINGS",
    "EXTRA",
    "BadCsv",
    "BadMapping",
    "Columns",
    "Record",
    "UnknownEncoding",
    "columns_of",
    "delimiter_of",
    "encoding_of",
    "header_of",
    "lines_of",
    "raggedness",
    "read_records",
]
