from echo_engine.allowance import FRAMES_BURST, MAX_FRAMES_PER_SECOND, CallAllowance


def test_the_rate_is_allowed_for_ever() -> None:
    allowance = CallAllowance(0.0)
    assert all(allowance.spend(MAX_FRAMES_PER_SECOND // 2, 0, 0, second / 2) for second in range(1, 100_000))


def test_twice_the_rate_is_allowed_until_the_burst_is_used_up() -> None:
    allowance = CallAllowance(0.0)
    twice = 2 * MAX_FRAMES_PER_SECOND
    refused = next(second for second in range(1, 1000) if not allowance.spend(twice, 0, 0, second))
    assert refused == FRAMES_BURST // MAX_FRAMES_PER_SECOND


def test_a_pause_earns_one_burst_and_no_more() -> None:
    allowance = CallAllowance(0.0)
    assert allowance.spend(FRAMES_BURST, 0, 0, 3600.0)
    assert not allowance.spend(FRAMES_BURST + 1, 0, 0, 7200.0)


def test_an_allowance_is_full_when_the_burst_has_been_paid_back() -> None:
    allowance = CallAllowance(0.0)
    assert allowance.full(0.0)
    allowance.spend(FRAMES_BURST, 0, 0, 0.0)
    paid_back_at = FRAMES_BURST / MAX_FRAMES_PER_SECOND
    assert not allowance.full(paid_back_at - 1)
    assert allowance.full(paid_back_at)


def test_each_of_the_amounts_has_its_own_bound() -> None:
    for amounts in ((10**6, 0, 0), (0, 10**6, 0), (0, 0, 10**9)):
        assert not CallAllowance(0.0).spend(*amounts, 0.0)
