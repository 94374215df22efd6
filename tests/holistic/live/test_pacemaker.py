"""Sending at a steady rate."""

import errno
import threading

import pytest

from holistic.live.pacemaker import Pacemaker

PATIENCE = 30  # seconds


@pytest.mark.parametrize("number", [errno.ENETUNREACH, errno.ECONNREFUSED])
def test_while_the_network_is_away_it_goes_on(number):
    tries, arrived = iter(range(3)), threading.Event()

    def send(_):
        if next(tries, None) is not None:
            raise OSError(number, "away")
        arrived.set()

    with Pacemaker(send, 1000) as pacemaker:
        pacemaker.beat("a pose")
        assert arrived.wait(PATIENCE)


def test_what_will_not_pass_is_raised():
    tried = threading.Event()

    def send(_):
        tried.set()
        raise PermissionError(errno.EACCES, "broadcasts are not allowed")

    pacemaker = Pacemaker(send, 1000)
    pacemaker.beat("a pose")
    assert tried.wait(PATIENCE)
    with pytest.raises(PermissionError):
        pacemaker.__exit__()
