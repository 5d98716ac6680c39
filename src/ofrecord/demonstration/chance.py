"""Chance that comes out the same every time."""

from collections.abc import Sequence
from math import exp
from random import Random
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")
_NORMAL = NormalDist()


class Chance:
    """A stream of chance that depends on nothing but its key.

    Each part of the story has a stream of its own, so that one more word in one part leaves the others as they are.
    Only `Random.random` is used: it is the one method whose results Python keeps between its versions.
    """

    def __init__(self, *key: object) -> None:
        self._random = Random("/".join(map(str, key)))

    def happens(self, percent: int) -> bool:
        """Whether it happens this time, when it happens in `percent` of a hundred cases."""
        return self._random.random() * 100 < percent

    def whole(self, least: int, most: int) -> int:
        """A whole number from `least` up to and with `most`."""
        return least + int(self._random.random() * (most - least + 1))

    def one_of(self, choices: Sequence[T]) -> T:
        return choices[self.whole(0, len(choices) - 1)]

    def by_weight(self, choices: Sequence[T], weights: Sequence[int]) -> T:
        """One of the choices, each as often as its weight says."""
        left = self.whole(1, sum(weights))
        for choice, weight in zip(choices, weights, strict=True):
            left -= weight
            if left <= 0:
                return choice
        raise AssertionError("the weights are not negative and not all zero")

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """That many different ones, in no order."""
        marked = sorted((self._random.random(), index) for index in range(len(choices)))
        return [choices[index] for _, index in marked[:count]]

    def around(self, median: int, spread: float) -> int:
        """A log-normal size: half of them below `median`, a few far above. At least 1."""
        away = _NORMAL.inv_cdf(min(max(self._random.random(), 0.001), 0.999))
        return max(1, round(median * exp(spread * away)))
