"""Sessions that tests share when they leave no state behind."""

import pytest

from tests.offline.desk import open_desk


@pytest.fixture(scope="session")
def ready():
    """A ready account, today; for tests that change nothing in it."""
    return open_desk()


@pytest.fixture(scope="session")
def unchecked():
    """A ready account whose clients send parameters without checking them."""
    return open_desk(parameter_validation=False)


@pytest.fixture(scope="session")
def launch():
    """Launch day, with access to every model."""
    return open_desk("launch")
