from __future__ import annotations

import asyncio

import httpx2
import pytest

from voice_simulator.vonage.recording_server import RecordingServer


async def test_a_recording_can_be_fetched_by_its_url() -> None:
    server = RecordingServer()
    url = await server.keep("u1", b"RIFF")
    async with httpx2.AsyncClient(trust_env=False) as client:
        head, response = await client.head(url), await client.get(url)
        missing = await client.get(url + "x")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", "4")
    assert (response.status_code, response.headers["content-type"], response.content) == (200, "audio/wav", b"RIFF")
    assert missing.status_code == 404
    assert server.fetched == {"u1"}
    await server.close()


async def test_the_server_waits_for_who_has_not_fetched_yet() -> None:
    server = RecordingServer()
    url = await server.keep("u1", b"RIFF")
    closing = asyncio.create_task(server.close())
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).status_code == 200
    await asyncio.wait_for(closing, 1.5)  # 2 s if nobody comes


async def test_without_a_recording_nothing_is_served() -> None:
    await RecordingServer().close()


@pytest.mark.parametrize("request_bytes", [b"", b"\r\n\r\n", b"nonsense\r\n\r\n"])
async def test_a_request_that_is_none_does_no_harm(request_bytes: bytes) -> None:
    server = RecordingServer()
    url = httpx2.URL(await server.keep("u1", b"RIFF"))
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(request_bytes)
    writer.write_eof()
    assert b"RIFF" not in await reader.read()
    writer.close()
    async with httpx2.AsyncClient(trust_env=False) as client:
        assert (await client.get(url)).content == b"RIFF"
    await server.close()
