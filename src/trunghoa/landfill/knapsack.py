"""The exact 0/1 knapsack, over integers.

Dynamic programming over undominated states (Nemhauser and Ullmann 1969): after each item only those pairs
(weight, value) are kept that no lighter pair beats, and of these only the pairs whose linear bound
(Dantzig 1957) can still beat the best filling found. There are never more states than the capacity has
units, so the number of items is not limited by 2ⁿ; the bound usually leaves a few hundred.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import gcd, inf

import numpy as np
from numpy.typing import NDArray

from trunghoa.quantities import ModelError

IntArray = NDArray[np.int64]
WORD = 62  # items per word of a state's memory: leaves the sign bit alone
_LARGEST = 2**50  # the linear bounds are floats, exact to well under one unit up to here
MOST_STATES = 8_000_000  # some 600 MB


def best_subset(weights: Sequence[int], values: Sequence[int], capacity: int) -> list[int]:
    """Indices, rising, of the subset with the largest value whose weight is at most the capacity.

    Parameters
    ----------
    weights : 0 or more
    values : items of value 0 or less are never taken
    capacity : 0 or more; of equally good subsets one of the least weight is returned

    Raises
    ------
    ModelError
        when a sum is over 2^50, or when the optimum cannot be proved within bounded memory.
    """
    items = [i for i, w in enumerate(weights) if w <= capacity and values[i] > 0]
    if max(sum(values[i] for i in items), sum(weights[i] for i in items)) >= _LARGEST:
        raise ModelError("The amounts are too large to be counted exactly. Use a larger unit.")
    if sum(weights[i] for i in items) <= capacity:
        return items
    step = gcd(*(weights[i] for i in items))
    # Best value per weight first: the bound is the filling in this order, and it bites early.
    items.sort(key=lambda i: (-values[i] / weights[i] if weights[i] else -inf, weights[i], i))
    search = _Search(
        np.array([weights[i] // step for i in items], dtype=np.int64),
        np.array([values[i] for i in items], dtype=np.int64),
        capacity // step,
    )
    return sorted(items[position] for position in search.run())


@dataclass
class _Search:
    weights: IntArray
    values: IntArray
    capacity: int
    best_value: int = -1
    best_weight: int = 0
    best_items: list[int] = field(default_factory=list)

    def run(self) -> list[int]:
        count = len(self.weights)
        used = np.zeros(1, dtype=np.int64)
        gained = np.zeros(1, dtype=np.int64)
        memory = np.zeros((1, -(-count // WORD)), dtype=np.int64)
        for item in range(count):
            keep = self._can_win(item, used, gained, memory)
            used, gained, memory = used[keep], gained[keep], memory[keep]
            if not len(used):
                break
            if len(used) > MOST_STATES:
                raise ModelError(
                    "These sites cost almost the same per unit gained, and the best set cannot be proved "
                    "within bounded memory. Round the amounts to a larger unit, such as thousands."
                )
            fits = np.flatnonzero(used + self.weights[item] <= self.capacity)
            mark = memory[fits]
            mark[:, item // WORD] |= np.int64(1) << np.int64(item % WORD)
            used = np.concatenate([used, used[fits] + self.weights[item]])
            gained = np.concatenate([gained, gained[fits] + self.values[item]])
            order = _undominated(used, gained)
            memory = np.concatenate([memory, mark])[order]
            used, gained = used[order], gained[order]
        self._can_win(count, used, gained, memory)
        return self.best_items

    def _can_win(self, item: int, used: IntArray, gained: IntArray, memory: IntArray) -> NDArray[np.bool_]:
        """Fill every state up with the items from ``item`` on, remember the best, and bound the rest."""
        if not len(used):
            return np.zeros(0, dtype=np.bool_)
        heavy = np.concatenate([[0], np.cumsum(self.weights[item:])])
        worth = np.concatenate([[0], np.cumsum(self.values[item:])])
        room = self.capacity - used
        whole = np.searchsorted(heavy, room, side="right") - 1  # items that fit one after another
        filled, filled_weight = gained + worth[whole], used + heavy[whole]
        top = _first_best(filled, filled_weight)
        found = (int(filled[top]), -int(filled_weight[top]))
        if found > (self.best_value, -self.best_weight):
            self.best_value, self.best_weight = found[0], -found[1]
            self.best_items = [*_items(memory[top]), *range(item, item + int(whole[top]))]
        more = gained + np.interp(room, heavy, worth) > self.best_value + 0.5
        need = np.maximum(self.best_value - gained, 0)
        lighter = used + np.interp(need, worth, heavy, right=inf) < self.best_weight - 0.5
        return np.asarray(more | lighter)


def _first_best(filled: IntArray, weight: IntArray) -> int:
    best = np.flatnonzero(filled == filled.max())
    return int(best[np.argmin(weight[best])])


def _items(words: IntArray) -> list[int]:
    return [i * WORD + bit for i, word in enumerate(words.tolist()) for bit in range(WORD) if word >> bit & 1]


def _undominated(used: IntArray, gained: IntArray) -> IntArray:
    """Positions, by rising weight, of the states that gain more than every lighter one."""
    order = np.lexsort((-gained, used))
    value = gained[order]
    best_before = np.concatenate([[-1], np.maximum.accumulate(value)[:-1]])
    return np.asarray(order[value > best_before])
