"""The embedded servers, started by several processes at the same moment."""

import multiprocessing
from pathlib import Path

from foundation.embedded import answers, start_valkey, stop_valkey


def test_six_processes_that_start_the_broker_at_once_share_one(tmp_path):
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        (url,) = set(pool.map(start, [str(tmp_path)] * 6))
        assert answers(url)
    stop_valkey(tmp_path)


def start(var: str) -> str:
    return start_valkey(Path(var))
