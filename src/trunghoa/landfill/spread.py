"""How far a parameter may lie from its default, and how draws are made from it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import log
from statistics import NormalDist

import numpy as np

from trunghoa.parameters import Parameter
from trunghoa.quantities import N_, InputError, Problem

from .fod import FloatArray

FIXED, TRIANGULAR, PERT, UNIFORM, NORMAL, LOGNORMAL = (
    "fixed",
    "triangular",
    "pert",
    "uniform",
    "normal",
    "lognormal",
)
SHAPES = (FIXED, TRIANGULAR, PERT, UNIFORM, NORMAL, LOGNORMAL)
_GAUSSIAN = frozenset({NORMAL, LOGNORMAL})
Z95 = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Spread:
    """A parameter as a random variable.

    Parameters
    ----------
    default, lower, upper : in the parameter's unit
    shape : ``triangular`` and ``pert`` have the bounds as ends and the default as mode; ``uniform`` the
        bounds as ends; ``normal`` and ``lognormal`` the bounds as 95 % interval. The lognormal has the
        default as median and a spread of its own on either side, as the ranges of k are not symmetric.
    fraction : draws are cut to 0 to 1
    """

    default: float
    lower: float
    upper: float
    shape: str = TRIANGULAR
    fraction: bool = False

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            raise InputError(
                Problem(
                    N_("“%(value)s” is not a shape of uncertainty."),
                    N_("Use one of: %(limit)s."),
                    field="shape",
                    value=self.shape,
                    limit=", ".join(SHAPES),
                )
            )
        ordered = self.lower <= self.default <= self.upper
        if not ordered or (self.shape == LOGNORMAL and self.lower <= 0):
            raise InputError(
                Problem(
                    N_("The range %(limit)s does not fit the default %(value)s."),
                    field="range",
                    value=str(self.default),
                    limit=f"{self.lower} to {self.upper} ({self.shape})",
                )
            )
        if self.lower == self.upper:
            object.__setattr__(self, "shape", FIXED)

    @classmethod
    def fixed(cls, value: float) -> Spread:
        return cls(value, value, value, FIXED)

    @classmethod
    def of(cls, parameter: Parameter, shape: str, *, fraction: bool = False) -> Spread:
        """The spread a dated parameter states; one without bounds is held fixed."""
        value = float(parameter)
        lower = value if parameter.lower is None else float(parameter.lower)
        upper = value if parameter.upper is None else float(parameter.upper)
        return cls(value, lower, upper, shape, fraction)

    def variates(self, stream: np.random.Generator, draws: int) -> FloatArray:
        """Standard variates that :meth:`at` turns into values: normal, uniform, or none when fixed."""
        if self.shape == FIXED:
            return np.empty(0)
        return stream.standard_normal(draws) if self.shape in _GAUSSIAN else stream.random(draws)

    def at(self, variates: FloatArray, draws: int) -> FloatArray:
        """Values, (draws,), at standard variates."""
        if self.shape == FIXED:
            return np.full(draws, self.default)
        values = _TRANSFORMS[self.shape](self, variates)
        return np.clip(values, 0.0, 1.0, out=values) if self.fraction else values

    def draw(self, stream: np.random.Generator, draws: int) -> FloatArray:
        return self.at(self.variates(stream, draws), draws)


def stream(seed: int, name: str) -> np.random.Generator:
    """The random stream of one name under one seed.

    The name is the spawn key, so the stream of a site depends neither on the number of workers nor on which
    other sites take part in the run.
    """
    words = np.frombuffer(hashlib.sha256(name.encode()).digest()[:16], dtype="<u4").tolist()
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=words)))


def _triangular(spread: Spread, u: FloatArray) -> FloatArray:
    low, mode, high = spread.lower, spread.default, spread.upper
    rising = low + np.sqrt(u * ((high - low) * (mode - low)))
    falling = high - np.sqrt((1.0 - u) * ((high - low) * (high - mode)))
    return np.where(u * (high - low) < mode - low, rising, falling)


def _pert(spread: Spread, u: FloatArray) -> FloatArray:
    from scipy.special import betaincinv  # slow to import, and only this shape needs it

    low, mode, high = spread.lower, spread.default, spread.upper
    a = 1.0 + 4.0 * (mode - low) / (high - low)
    return np.asarray(low + (high - low) * betaincinv(a, 6.0 - a, u), dtype=np.float64)


def _uniform(spread: Spread, u: FloatArray) -> FloatArray:
    return spread.lower + (spread.upper - spread.lower) * u


def _normal(spread: Spread, z: FloatArray) -> FloatArray:
    return spread.default + (spread.upper - spread.lower) / (2.0 * Z95) * z


def _lognormal(spread: Spread, z: FloatArray) -> FloatArray:
    below = log(spread.default / spread.lower) / Z95
    above = log(spread.upper / spread.default) / Z95
    return np.asarray(spread.default * np.exp(np.where(z < 0.0, below, above) * z), dtype=np.float64)


_TRANSFORMS = {
    TRIANGULAR: _triangular,
    PERT: _pert,
    UNIFORM: _uniform,
    NORMAL: _normal,
    LOGNORMAL: _lognormal,
}
