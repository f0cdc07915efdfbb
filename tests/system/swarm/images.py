"""The images of three versions: one, the next one, and one whose processes start and serve nothing."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.harness.containers import COMPOSE, IMAGES
from tests.harness.process import ROOT

BUILT, NEXT, BROKEN = "1", "2", "broken"
# Nothing listens there: an engine that asks there for an image learns that at once, and takes the one that it has.
NO_REGISTRY = "127.0.0.1:1"
SERVES_NOTHING = "import signal, sys; signal.signal(15, lambda *_: sys.exit()); [signal.pause() for _ in iter(int, 1)]"


class Images(NamedTuple):
    """All images in one archive, and their place: what comes before the last slash of their names."""

    place: str
    archive: Path


@contextmanager
def images(folder: Path) -> Iterator[Images]:
    """Build the images, with this machine's engine; remove them from it in the end."""
    place, archive = f"{NO_REGISTRY}/echo-{os.getpid()}", folder / "images.tar"
    names = [f"{place}/caddy:2"]
    services, versions = ("echo-engine", "webhooks"), (BUILT, NEXT, BROKEN)
    names += [f"{place}/{service}:{version}" for service in services for version in versions]
    try:
        compose = [COMPOSE, "--file", "docker-compose.yml", "--file", "deploy/images.yml", "build", "--quiet"]
        _run(compose, IMAGES=place, VERSION=BUILT)
        for service in services:
            image = f"{place}/{service}"
            _run(["docker", "tag", f"{image}:{BUILT}", f"{image}:{NEXT}"])
            broken = f'FROM {image}:{BUILT}\nCMD ["python", "-c", "{SERVES_NOTHING}"]\n'
            _run(["docker", "build", "--tag", f"{image}:{BROKEN}", "-"], broken)
        _run(["docker", "save", "--output", str(archive), *names])
        yield Images(place, archive)
    finally:
        subprocess.run(["docker", "rmi", *names], capture_output=True, check=False)


def _run(command: list[str], read: str = "", **settings: str) -> None:
    kept = {name: os.environ[name] for name in (*IMAGES, "PATH", "HOME", "DOCKER_HOST") if name in os.environ}
    environment = kept | settings
    done = subprocess.run(command, cwd=ROOT, env=environment, input=read, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
