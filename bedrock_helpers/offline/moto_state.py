"""What moto keeps for one offline account, apart from that of all others.

moto stores the whole process's AWS in dictionaries of its modules, one a service. Here
an account's entries are put into them for one request and taken out again, so offline
accounts never meet: not in S3's bucket names, not by their number, which is the same
for all. Nothing of moto is switched on or patched.
"""

import contextlib
import threading
import weakref
from collections import deque

_ONE_AT_A_TIME = threading.RLock()
#: Kept files that every use of moto looks at, to let go of those moto has closed.
_LOOKED_AT = 100


class MotoState:
    """
    The state of one offline account in moto, empty at first.

    moto is imported when it is put in place for the first time.
    """

    def __init__(self):
        self._stores = {}
        self._is_in_place = False
        self._open_files = deque()
        weakref.finalize(self, _close, self._open_files)

    @contextlib.contextmanager
    def in_place(self, seed=""):
        """
        Let moto hold this account alone, and no other thread use moto.

        Parameters
        ----------
        seed : str
            Ids that moto makes inside are the same for the same seed.
        """
        with _ONE_AT_A_TIME:
            if self._is_in_place:
                yield
                return
            self._is_in_place = True
            with _seeded(seed), _tracked(self._open_files):
                others = _taken_out()
                _put_in(self._stores)
                try:
                    yield
                finally:
                    self._stores = _taken_out()
                    _put_in(others)
                    self._is_in_place = False


def _taken_out():
    """Take everything out of moto: a service's accounts, and S3's bucket names."""
    from moto.core.base_backend import BackendDict

    stores = {}
    for service in list(BackendDict._instances):
        names = getattr(service, "bucket_accounts", {})
        stores[service] = dict(service), dict(names)
        service.clear()
        names.clear()
    return stores


def _put_in(stores):
    for service, (accounts, names) in stores.items():
        service.update(accounts)
        if names:
            service.bucket_accounts.update(names)


@contextlib.contextmanager
def _seeded(seed):
    """moto's random numbers, the same for the same seed; then as they were."""
    from moto.moto_api._internal import mock_random

    before = mock_random.getstate()
    mock_random.seed(seed)
    try:
        yield
    finally:
        mock_random.setstate(before)


@contextlib.contextmanager
def _tracked(open_files):
    """moto lists every object it makes, for good: keep of ours those to be closed."""
    before = _lists()
    for model in before:
        model.instances_tracked = []
    try:
        yield
    finally:
        for model, made in _lists().items():
            open_files.extend(one for one in made if hasattr(one, "disposed"))
            model.instances_tracked = before.get(model, [])
        _let_go(open_files)


def _let_go(open_files):
    """Forget files that moto closed, for their objects were replaced or deleted."""
    for _ in range(min(len(open_files), _LOOKED_AT)):
        one = open_files.popleft()
        if not one.disposed:
            open_files.append(one)


def _lists():
    from moto.core.model_instances import model_data

    models = (
        model for of_service in model_data.values() for model in of_service.values()
    )
    return {model: model.instances_tracked for model in models}


def _close(open_files):
    """Close the files S3's objects are in: moto warns of those left open."""
    for one in open_files:
        one.dispose()
