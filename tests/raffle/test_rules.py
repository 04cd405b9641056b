from hypothesis import given
from hypothesis import strategies as st

from raffle import rules

number = st.integers(rules.LEAST, rules.MOST)


@given(number, number)
def test_distance_is_symmetric_and_zero_only_at_the_winning_number(roll: int, winning: int) -> None:
    assert rules.distance(roll, winning) == rules.distance(winning, roll)
    assert (rules.distance(roll, winning) == 0) == (roll == winning)
    assert 0 <= rules.distance(roll, winning) <= rules.MOST - rules.LEAST


@given(st.lists(st.integers(0, 50), min_size=1))
def test_each_record_is_strictly_closer_than_every_miss_before_it(distances: list[int]) -> None:
    misses: list[int] = []
    for distance in distances:
        record = rules.is_record(distance, min(misses, default=None))
        assert record == (distance > 0 and all(distance < miss for miss in misses))
        if distance:
            misses.append(distance)
