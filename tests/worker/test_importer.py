"""Serving processes take imports up by themselves, beside the leads that come in."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from running import Broker, in_thread, running, until

from headgate import clock
from headgate.domain.ids import ImportId
from headgate.services.imports import import_jobs, undoing, uploading
from headgate.services.imports.import_plans import Wanted
from headgate.services.submissions import Receipt
from headgate.storage import models, uploads
from headgate.worker.engine import Engine

pytestmark = pytest.mark.usefixtures("database", "installation")


def begin(broker: Broker, folder: Path, rows: int, **wanted: Any) -> ImportId:
    path = folder / "leads.csv"
    path.write_text("name\n" + "".join(f"Person {n}\n" for n in range(rows)), encoding="utf-8")
    upload = uploading.keep_file(
        account_id=broker.account_id,
        entity="solar",
        path=path,
        name="leads.csv",
        sheet=None,
        now=clock.now(),
    )
    begun = import_jobs.begin_upload(
        account_id=broker.account_id,
        upload_id=upload.id,
        wanted=Wanted(entity="solar", **wanted),
        force=False,
        made_by="test",
        now=clock.now(),
    )
    return begun.progress.id


def is_in(state: str) -> bool:
    return models.Import.objects.filter(state=state).exists()


class TestAnImport:
    def test_is_done_while_leads_come_in(self, tmp_path: Path) -> None:
        async def scene() -> None:
            broker = await in_thread(Broker)
            async with running() as engine:
                await in_thread(lambda: begin(broker, tmp_path, 900))
                while not await in_thread(lambda: is_in("done")):
                    receipt = await engine.writer.receive(broker.lead("Between"))
                    assert isinstance(receipt, Receipt)

        asyncio.run(scene())

        assert models.Lead.objects.filter(import_id__isnull=False, state="held").count() == 900

    def test_has_its_leads_sent_where_they_are_distributed(self, tmp_path: Path) -> None:
        async def scene() -> None:
            broker = await in_thread(Broker)
            async with running():
                await in_thread(lambda: begin(broker, tmp_path, 5, distribute=True))
                ended = models.Lead.objects.filter(state="delivered")
                await until(lambda: ended.count() == 5)

        asyncio.run(scene())

    def test_goes_on_in_the_next_process(self, tmp_path: Path) -> None:
        async def stopped_at_once(engine: Engine) -> None:
            await until(lambda: models.Import.objects.get().cursor > 0)

        async def scene() -> None:
            broker = await in_thread(Broker)
            await in_thread(lambda: begin(broker, tmp_path, 2_000))
            async with running() as engine:
                await stopped_at_once(engine)
            await in_thread(lambda: models.Import.objects.update(claimed_until=None))
            async with running():
                await until(lambda: is_in("done"))

        asyncio.run(scene())

        names = models.Lead.objects.values_list("fields", flat=True)
        assert len(names) == len(set(names)) == 2_000

    def test_is_undone_in_the_background(self, tmp_path: Path) -> None:
        async def scene() -> None:
            broker = await in_thread(Broker)
            number = await in_thread(lambda: begin(broker, tmp_path, 450))
            async with running():
                await until(lambda: is_in("done"))
                undo = {"account_id": broker.account_id, "import_id": number, "now": clock.now()}
                await in_thread(lambda: undoing.begin_undoing(**undo))
                await until(lambda: is_in("undone"))

        asyncio.run(scene())

        assert not models.Lead.objects.exists()

    def test_stops_with_the_reason_when_its_file_is_gone(self, tmp_path: Path) -> None:
        async def scene() -> None:
            broker = await in_thread(Broker)
            await in_thread(lambda: begin(broker, tmp_path, 5))
            await in_thread(lambda: models.UploadPiece.objects.all().delete())
            await in_thread(lambda: models.Upload.objects.update(flaw="gone"))
            async with running():
                await until(lambda: is_in("cancelled"))

        asyncio.run(scene())

        assert models.Import.objects.get().trouble == "gone"
        assert not uploads.list_over(now=clock.now())
