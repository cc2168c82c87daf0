"""The embedded servers, started by several processes at the same moment."""

import multiprocessing
from pathlib import Path

import psycopg

from foundation.embedded import _create_database, answers, start_valkey, stop_valkey
from tests.servers import admin_url


def test_six_processes_that_start_the_broker_at_once_share_one(tmp_path):
    with multiprocessing.get_context("spawn").Pool(6) as pool:
        (url,) = set(pool.map(start, [str(tmp_path)] * 6))
        assert answers(url)
    stop_valkey(tmp_path)


def start(var: str) -> str:
    return start_valkey(Path(var))


def test_four_processes_that_find_no_database_make_one():
    url, names = admin_url(), [f"made_at_once_{number}" for number in range(3)]
    try:
        with multiprocessing.get_context("spawn").Pool(4) as pool:
            pool.starmap(create, [(url, names)] * 4, chunksize=1)
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            for name in names:
                connection.execute(f"DROP DATABASE IF EXISTS {name}")


def create(url: str, names: list[str]) -> None:
    for name in names:
        _create_database(url, name, {})
