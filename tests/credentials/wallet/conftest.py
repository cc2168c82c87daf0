"""Somebody who holds a credential, and the wallet's form."""

import re

import pytest


@pytest.fixture
def holder(school):
    return school.user("Siobhán Ní Dhúill", "graduate")


@pytest.fixture
def page(client, holder):
    return client.sign_in(holder)


def squeezed(answer):
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))
