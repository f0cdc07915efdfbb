from echo_engine.allowance import Allowance


def test_the_rate_is_allowed_for_ever() -> None:
    allowance = Allowance(per_second=100, burst=100, now=0.0)
    assert all(allowance.covers(50 * second, second / 2) for second in range(1, 100_000))


def test_twice_the_rate_is_allowed_until_the_burst_is_used_up() -> None:
    allowance = Allowance(per_second=100, burst=1000, now=0.0)
    refused = next(second for second in range(1, 100) if not allowance.covers(200 * second, second))
    assert refused == 10


def test_a_pause_earns_one_burst_and_no_more() -> None:
    allowance = Allowance(per_second=100, burst=300, now=0.0)
    assert allowance.covers(300, 3600.0)
    assert not allowance.covers(601, 7200.0)
