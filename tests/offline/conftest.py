"""Sessions that tests share when they leave no state behind."""

import pytest

from tests.offline.desk import open_desk
from tests.offline.programs import LESSON, result, run


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


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """What a lesson gets where nothing is set and no ~/.aws exists."""
    return result(run(LESSON, home=tmp_path_factory.mktemp("home")))
