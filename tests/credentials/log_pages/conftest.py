"""A trainee before her coaching log."""

import pytest


@pytest.fixture
def trainee(school):
    return school.user("Ana Lima")


@pytest.fixture
def page(client, trainee):
    return client.sign_in(trainee)
