"""No text of code or templates escapes the catalogues."""

import pytest

from trunghoa.portal import messages


@pytest.fixture
def package(tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "PACKAGE", tmp_path)
    return tmp_path


def test_messages_are_found_in_calls_templates_f_strings_and_plurals(package):
    (package / "a.py").write_text(
        "x = _('one')\ny = f\"<b>{escape(_('in an f-string'))}</b>\"\n"
        "z = f\"{ngettext('a day', 'days', n)}\"\n"
        "w = Text(N_('a row'), plural=N_('rows'), by=n)\nv = f\"{other('no message')}\"\n",
        encoding="utf-8",
    )
    (package / "b.html").write_text("{% load i18n %}{% translate 'on a page' %}", encoding="utf-8")
    assert messages.found() == {
        "one": {"a.py"}, "in an f-string": {"a.py"}, ("a day", "days"): {"a.py"},
        ("a row", "rows"): {"a.py"}, "on a page": {"b.html"},
    }  # fmt: skip


def test_an_untranslated_message_and_a_lost_placeholder_are_faults(package, tmp_path, monkeypatch):
    monkeypatch.setattr(messages, "LOCALE", tmp_path / "locale")
    (package / "a.py").write_text("_('%(n)s rows')\n_('new')\n", encoding="utf-8")
    messages.update("vi", {"%(n)s rows": "dòng"})
    faults = messages.faults("vi")
    assert len(faults) == 2
    assert any("not translated: “new” (a.py)" in fault for fault in faults)
    assert any("['%(n)s']" in fault for fault in faults)
    messages.update("vi", {"%(n)s rows": "%(n)s dòng", "new": "mới"})
    assert messages.faults("vi") == []


def test_japanese_has_one_word_for_the_joint_report_and_tells_tasks_from_the_plan():
    said = {m.id: m.string for m in messages.read("ja") if isinstance(m.string, str)}
    joint = {text for name, text in said.items() if isinstance(name, str) and "joint report" in name.lower()}
    assert {word for text in joint for word in ("合同報告書", "共同報告書") if word in text} == {"共同報告書"}
    assert (said["Tasks"], said["Work plan"]) == ("対応待ち", "作業計画")
