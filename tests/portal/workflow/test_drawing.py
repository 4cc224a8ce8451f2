"""Every machine is drawn from its declaration: all its states, every move with its number."""

import re
from xml.etree import ElementTree

import pytest
from django.utils import translation

from trunghoa.portal.core.workflow import machine as machines
from trunghoa.portal.core.workflow.drawing import draw, lanes, parts

SVG = re.compile(r"<svg.*</svg>", re.S)


def numbers(drawing):
    found = ElementTree.fromstring(drawing)
    return [text.text for text in found.iter() if text.tag.endswith("text") and (text.text or "").isdigit()]


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_each_machine_names_its_states_and_numbers_its_moves(lang):
    for machine in machines.all_machines():
        with translation.override(lang):
            drawing = draw(machine)
            labels = [translation.gettext(state.label) for state in machine.states]
        texts = [t.text for t in ElementTree.fromstring(drawing).iter() if t.tag.endswith("text")]
        assert [t for t in texts if t in labels] == labels, machine.name
        assert set(numbers(drawing)) == {str(n) for n in range(1, len(machine.transitions) + 1)}, machine.name


def test_moves_that_pass_one_another_run_in_different_lanes(declared):
    _straight, bundles = parts(declared)
    for side in (True, False):
        placed = lanes([b for b in bundles if b.down is side])
        pairs = [(a, b) for a in placed for b in placed if a.number < b.number]
        for a, b in pairs:
            apart = a.span[1] < b.span[0] or b.span[1] < a.span[0]
            assert apart or placed[a] != placed[b]


@pytest.mark.django_db
@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_the_page_of_each_machine_holds_the_drawing_and_its_table(client, vn, lang):
    client.force_login(vn)
    listed = client.get(f"/{lang}/workflow/").content.decode()
    for machine in machines.all_machines():
        assert f"/{lang}/workflow/{machine.name}/" in listed
        page = client.get(f"/{lang}/workflow/{machine.name}/").content.decode()
        assert SVG.search(page), machine.name
        rows = re.findall(r"<tr", page)
        assert len(rows) >= len(machine.transitions)
    assert client.get(f"/{lang}/workflow/nothing/").status_code == 404
