"""Measures of experts from a file that names every wrong cell."""

import pytest

from trunghoa.pathways.bottom_up import read_measures
from trunghoa.quantities import InputError, Quality

HEAD = "measure,name_vi,name_en,year,saving,cost,quality,source\n"


def test_a_file_gives_measures_with_names_year_and_quality(tmp_path):
    (tmp_path / "measures.csv").write_text(HEAD + "rice,Lúa,Rice,2030,9,27,illustrative,study\n")
    [found] = read_measures(tmp_path)
    assert (found.name, found.saving, found.cost, found.year) == ("rice", 9, 27, 2030)
    assert (found.quality, found.names) == (Quality.ILLUSTRATIVE, {"vi": "Lúa", "en": "Rice"})
    assert read_measures(tmp_path / "none") == ()


def test_every_wrong_cell_is_named(tmp_path):
    rows = [
        "rice,,,2030,-1,27,illustrative,study",
        "wind,,,2030,x,27,good,",
        "rice,,,2030,1,1,verified,study",
    ]
    (tmp_path / "measures.csv").write_text(HEAD + "\n".join(rows) + "\n")
    with pytest.raises(InputError) as caught:
        read_measures(tmp_path)
    said = {(p.file, p.row, p.field) for p in caught.value.problems}
    assert {("measures.csv", 2, "saving"), ("measures.csv", 3, "saving"), ("measures.csv", 3, "quality"),
            ("measures.csv", 3, "source"), ("measures.csv", 4, "measure")} == said  # fmt: skip
