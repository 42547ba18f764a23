"""Frames survive any cut of the stream between an engine and its sender."""

import itertools
from datetime import UTC, datetime
from ipaddress import ip_network

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from headgate.channels.addresses import Reach
from headgate.worker.frames import Job, Unframer, Welcome, encode, encode_request


class TestUnframer:
    @given(
        st.lists(st.binary(max_size=40), max_size=8),
        st.lists(st.integers(min_value=0, max_value=300), max_size=12),
    )
    def test_finds_the_same_payloads_however_they_are_cut(
        self, payloads: list[bytes], cuts: list[int]
    ) -> None:
        stream = b"".join(len(each).to_bytes(4) + each for each in payloads)
        edges = [0, *sorted(min(cut, len(stream)) for cut in cuts), len(stream)]
        unframer = Unframer()

        found = [
            payload
            for start, end in itertools.pairwise(edges)
            for payload in unframer.feed(stream[start:end])
        ]

        assert found == payloads


class TestFrames:
    def test_carry_a_job_with_its_request_unread(self) -> None:
        job = Job(7, "webhook", datetime(2026, 11, 23, tzinfo=UTC), encode_request({"url": "x"}))

        (payload,) = Unframer().feed(encode(job))

        read = msgspec.msgpack.decode(payload, type=Job)
        assert (read.number, read.channel, read.at) == (job.number, job.channel, job.at)
        assert msgspec.msgpack.decode(read.request) == {"url": "x"}

    def test_carry_where_a_sender_may_connect(self) -> None:
        reach = Reach((ip_network("127.0.0.0/8"),), frozenset({("127.0.0.1", 8000)}))

        (payload,) = Unframer().feed(encode(Welcome.of(reach)))

        assert msgspec.msgpack.decode(payload, type=Welcome).reach == reach
