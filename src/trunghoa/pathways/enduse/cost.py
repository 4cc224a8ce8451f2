"""Annuities, discounting and the value left at the end of the horizon."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ..lp import Floats


def annuity(rate: ArrayLike, life: ArrayLike) -> Floats:
    """Yearly payment per unit of investment, at the end of each year of the life.

    α(1+α)^T / ((1+α)^T − 1), and 1/T for a rate of 0. AIM/Enduse, annualised cost cn.
    """
    alpha, years = np.asarray(rate, dtype=float), np.asarray(life, dtype=float)
    safe = np.where(alpha > 0, alpha, 1.0)
    return np.where(alpha > 0, safe / -np.expm1(-years * np.log1p(safe)), 1.0 / years)


def annuity_due(rate: ArrayLike, life: ArrayLike) -> Floats:
    """Yearly payment at the start of each year of the life: the CapitalRecoveryFactor of OSeMOSYS."""
    alpha = np.asarray(rate, dtype=float)
    due: Floats = annuity(alpha, life) / np.where(alpha > 0, 1 + alpha, 1.0)
    return due


def present_value(rate: float, life: ArrayLike) -> Floats:
    """Present value of 1 at the start of each year of the life: the PvAnnuity of OSeMOSYS."""
    years = np.asarray(life, dtype=float)
    return years if rate == 0 else -np.expm1(-years * np.log1p(rate)) * (1 + rate) / rate


def discount(rate: float, year: ArrayLike, first: int) -> Floats:
    """1 / (1+d)^(year − first)."""
    return np.asarray(np.exp(-np.log1p(rate) * (np.asarray(year, dtype=float) - first)))


def operating_weight(rate: float, year: int, interval: int, first: int) -> float:
    """Discounted length of the years a solved year stands for, each in its middle."""
    years = np.arange(year - interval + 1, year + 1)
    return float(discount(rate, years + 0.5, first).sum())


def investment_weight(
    rate: float, hurdle: ArrayLike, life: ArrayLike, built: ArrayLike, last: int, first: int
) -> Floats:
    """Discounted cost per unit of investment, less what it is still worth at the end of the horizon.

    The annuity at the hurdle rate is turned into a sum at the discount rate; what falls after ``last`` is
    taken off by the sinking fund (a straight line for a rate of 0), as OSeMOSYS does.
    """
    years, year = np.asarray(life, dtype=float), np.asarray(built, dtype=float)
    spent = np.clip(last - year + 1, 0.0, years)
    if rate == 0:
        used = spent / years
        left = 1 - used
    else:
        left = 1 - np.expm1(spent * np.log1p(rate)) / np.expm1(years * np.log1p(rate))
    value = discount(rate, year, first) - left * discount(rate, last + 1, first)
    weight: Floats = annuity_due(hurdle, life) * present_value(rate, life) * value
    return weight
