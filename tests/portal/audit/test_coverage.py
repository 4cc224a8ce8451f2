"""Nothing is written past the chain: bulk writes go through ``audit.bulk``, or stand here with a reason."""

import ast
from pathlib import Path

import pytest
from django.apps import apps

import trunghoa.portal
from trunghoa.portal.core.audit import watching

PORTAL = Path(trunghoa.portal.__file__).parent
# (file, function): why these writes make no entry.
WITHOUT_ENTRY = {
    ("core/accounts/sessions.py", "_look"): "when a session was last seen, once a minute",
    ("core/accounts/tokens.py", "check"): "when a token was last used, once a minute",
    ("core/publication/models.py", "update"): "the guard that audit.bulk itself goes through",
    ("core/publication/tasks.py", "_stopped"): "progress and message only",
    ("core/publication/tasks.py", "_note"): "progress only",
    ("core/publication/tasks.py", "_keep"): "progress only",
    ("core/ledger/sealing.py", "_settled"): "waits for those who write",
    ("core/ledger/statements.py", "run"): "append-only; the seal over a batch makes the entry",
    ("core/ledger/verification.py", "_rows"): "reads only",
    ("core/ledger/verification.py", "verify"): "reads only",
    ("core/record/runs.py", "report"): "progress only",
    ("dumping.py", "rows_in"): "reads only",
    ("dumping.py", "_dump_postgresql"): "reads only",
    ("core/record/workers.py", "take_back"): "the queue of jobs",
    ("systems/scenarios/tasks.py", "add"): "the log of a run under way; the finished one makes an entry",
}


def calls():
    for path in sorted(PORTAL.rglob("*.py")):
        name = path.relative_to(PORTAL).as_posix()
        if "migrations" in path.parts or name.startswith("core/audit/"):
            continue
        yield from _calls(name, ast.parse(path.read_text(encoding="utf-8")), "")


def _calls(name, node, function):
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else function
        if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute) and writes(child):
            yield name, inner, child
        yield from _calls(name, child, inner)


def writes(call):
    """Whether a call writes past the signals.

    A dictionary's ``update`` takes no bare keywords; a queryset's ``delete`` sends a signal for every row.
    """
    match call.func.attr:
        case "bulk_create" | "abulk_create" | "bulk_update" | "abulk_update" | "_raw_delete" | "executemany":
            return True
        case "update" | "aupdate":
            return not call.args and bool(call.keywords)
        case "cursor":
            return not call.args
    return False


def test_no_bulk_write_goes_past_the_chain():
    past = [
        f"{name}:{call.lineno} {function}: {ast.unparse(call)[:80]}"
        for name, function, call in calls()
        if (name, function) not in WITHOUT_ENTRY
    ]
    assert past == [], "write through trunghoa.portal.core.audit.bulk"


def test_every_exception_is_still_needed():
    assert set(WITHOUT_ENTRY) - {(name, function) for name, function, _ in calls()} == set()


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Figure.objects.bulk_create(rows)", True),
        ("Place.objects.filter(pk=1).update(name='x')", True),
        ("rows.update(**values)", True),
        ("rows._raw_delete('default')", True),
        ("connection.cursor()", True),
        ("words.update({'a': 1})", False),
        ("digest.update(chunk)", False),
        ("row.delete()", False),
        ("bulk.update(rows, state='x')", False),
    ],
)
def test_the_scan_knows_a_bulk_write(line, found):
    assert writes(ast.parse(line, mode="eval").body) is found


def test_every_model_of_the_project_is_watched_or_exempt_by_name():
    ours = {
        m._meta.label_lower
        for m in apps.get_models()
        if m._meta.app_config.name.startswith(watching.OURS) and not watching.watched(m)
    }
    assert ours <= set(watching.EXEMPT)
    assert "record.figure" not in watching.EXEMPT
