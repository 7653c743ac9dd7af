"""Goal switching: another goal is rewarded now and then (modularly varying goals, Kashtan & Alon 2005).

Place in the loop: schedule. Before a generation is selected it decides on which goal fitness counts answers;
all else stays as it is, since answers are known before any goal is. Goals that share subgoals reward networks
that keep these apart. When a goal may change is told here, which one follows by `goals.epochs`. A config
spells it as a pressure, or as the schedule "modular" that it is.
"""

from __future__ import annotations


def epoch_of(number: int, period: int) -> int:
    """Number of the epoch in which a generation lies: with period 20 the goal changes in 21, 41, …

    Kashtan & Alon quote the period; the generation in which it begins is that of the code of Clune et al. 2013.

    >>> [epoch_of(number, 20) for number in (0, 1, 20, 21, 40, 41)]
    [0, 0, 0, 1, 1, 2]
    """
    return max(number - 1, 0) // period
