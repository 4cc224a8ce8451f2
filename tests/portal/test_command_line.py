"""The portal's commands are part of the one command line."""

import pytest
from django.core.management import get_commands
from typer.testing import CliRunner

from trunghoa.cli import PORTAL, app
from trunghoa.portal import manage


@pytest.mark.parametrize("name", sorted(set(PORTAL) - {"manage"}))
def test_every_command_handed_on_is_one_the_portal_has(name):
    assert name in get_commands()


@pytest.mark.parametrize(
    ("typed", "handed_on"),
    [
        (["load", "some folder"], ["load", "some folder"]),
        (["worker", "--until-empty"], ["worker", "--until-empty"]),
        (["serve", "--port", "8001"], ["serve", "--port", "8001"]),
        (["manage", "check", "--deploy"], ["check", "--deploy"]),
        (["load", "--help"], ["load", "--help"]),
    ],
)
def test_arguments_reach_the_portal_as_typed(monkeypatch, typed, handed_on):
    seen = []
    monkeypatch.setattr(manage, "main", seen.append)
    assert CliRunner().invoke(app, typed).exit_code == 0
    assert seen == [["trunghoa", *handed_on]]
