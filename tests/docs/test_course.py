"""Each number of the course is what the example workspace gives, and each page it names is there."""

import re

import pytest

from . import course

pytestmark = pytest.mark.once

LESSONS = course.lessons()


def test_the_course_has_six_lessons_each_with_numbers():
    assert len(LESSONS) == 6
    for path in LESSONS:
        assert len(list(course.numbers(path))) >= 2, path.name


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_each_number_of_a_lesson_is_the_models(path):
    wrong = []
    for text, note in course.numbers(path):
        fresh = course.written(course.value(note), course.decimals_of(text))
        if fresh != text:
            wrong.append(f"{note}: the lesson says {text}, the model {fresh}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_no_number_of_results_stands_in_a_lesson_without_its_note(path):
    """Amounts with a unit come from the model; what an officer types is in code marks."""
    text = re.sub(r"`[^`]*`", "", path.read_text(encoding="utf-8"))
    text = course.NUMBER.sub("", text)
    assert not re.findall(r"\d[\d,.]*\s?(?:Mt|TWh|GW|MUSD|USD/t)\b", text)


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_what_a_lesson_asks_to_press_is_on_the_pages(path):
    """Bold words are labels of the room, in English."""
    from trunghoa.portal.messages import found

    known = {m if isinstance(m, str) else m[0] for m in found()}
    record = course.workspace().pathways
    named = {s.names["en"] for s in record.book.scenarios.values()}
    named |= {lever.names["en"] for lever in record.book.levers.values()}
    named |= {m.names.get("en", "") for members in record.tables.members.values() for m in members.values()}
    named |= {"Viet Nam: carbon price sweep", "Viet Nam: uncertainty", "IAMC (csv, wide)"}
    asked = set(re.findall(r"\*\*([^*]+)\*\*", path.read_text(encoding="utf-8")))
    assert asked <= known | named, asked - known - named
