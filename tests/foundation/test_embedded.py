"""The embedded servers, started by several processes at the same moment."""

import multiprocessing
import os
from pathlib import Path

import psycopg

from foundation.embedded import _create_database, answers, start_valkey, stop_valkey
from foundation.embedding import everywhere_alike
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


def test_a_database_is_begun_alike_also_where_the_machine_speaks_what_is_not_installed(monkeypatch):
    spoken = {"LANG": "xx_XX.UTF-8", "LC_ALL": "xx_XX.UTF-8", "LC_COLLATE": "de_DE"}
    for name, value in spoken.items():
        monkeypatch.setenv(name, value)
    with everywhere_alike():
        assert {name: os.environ.get(name) for name in spoken} == {"LANG": "C", "LC_ALL": None, "LC_COLLATE": None}
        assert os.environ["LC_CTYPE"] in {"C.UTF-8", "UTF-8", "C"}
    assert {name: os.environ.get(name) for name in spoken} == spoken
