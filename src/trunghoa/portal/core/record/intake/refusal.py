"""Refusals: what is wrong with a file, the value and the limit, and what to do."""

from trunghoa.quantities import InputError, Problem

MIB = 2**20


class TooLarge(InputError):
    """More bytes than one file, or one organisation, may bring."""


class Conflict(InputError):
    """What is on record already says otherwise."""


def refuse(
    message: str, hint: str = "", *, value: str = "", limit: str = "", kind: type[InputError] = InputError
) -> InputError:
    return kind(Problem(message, hint, value=value, limit=limit))


def named(error: InputError, file: str) -> InputError:
    """The same refusal with the name of the file."""
    return type(error)([problem.at(file=file) for problem in error.problems])


def mib(size: int) -> str:
    """Megabytes with as many decimals as tell a small excess from the limit."""
    return f"{size / MIB:.2f}".rstrip("0").rstrip(".")
