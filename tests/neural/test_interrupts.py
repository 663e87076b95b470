import signal
import threading

import pytest

from sklearn_prune.neural._interrupts import stoppable_by_callbacks


def test_callbacks_end_the_block_alone():
    with stoppable_by_callbacks():
        raise KeyboardInterrupt
    reached = True
    assert reached


@pytest.mark.usefixtures("sigint_of_python")
def test_the_user_ends_more():
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), stoppable_by_callbacks():
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_a_signal_that_somebody_else_handles_is_no_interrupt():
    seen = []
    before = signal.signal(signal.SIGINT, lambda *_: seen.append("signal"))
    try:
        with stoppable_by_callbacks():
            signal.raise_signal(signal.SIGINT)
            raise KeyboardInterrupt  # a callback's
        assert seen == ["signal"]
    finally:
        signal.signal(signal.SIGINT, before)


def test_other_threads_leave_the_handler_alone():
    before, handlers = signal.getsignal(signal.SIGINT), []

    def work():
        with stoppable_by_callbacks():
            handlers.append(signal.getsignal(signal.SIGINT))
            raise KeyboardInterrupt

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert handlers == [before]


def test_other_errors_pass():
    with pytest.raises(RuntimeError, match="broken"), stoppable_by_callbacks():
        raise RuntimeError("broken")
