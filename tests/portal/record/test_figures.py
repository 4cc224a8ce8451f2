"""Figures are written once, corrected by a new row, and never lost."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from trunghoa.portal.core.record import figures
from trunghoa.portal.core.record.models import Figure, Run
from trunghoa.quantities import Figure as Value
from trunghoa.quantities import Period, PlaceError, PlaceKey, Quality, Status

METHANE = Value(
    system="S8", kind="landfill.ch4_emitted", place=PlaceKey("site", "site-1"), period=Period.year(2024),
    amount=Decimal("21036.7261234567890123"), unit="t", gas="CH4", status=Status.PROJECTED,
    quality=Quality.UNVERIFIED, source="test",
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("systems", "sites")


def run_of(kernel="landfill", place=None, inputs="a"):
    return Run.objects.create(
        kernel=kernel, version="1", parameters_version="p", inputs_sha256=inputs, place=place
    )


def test_it_keeps_every_digit():
    figures.put([METHANE])
    assert Figure.objects.get().amount == Decimal("21036.7261234567890123")


def test_the_same_figure_is_not_written_twice():
    first = figures.put([METHANE, METHANE])
    second = figures.put([METHANE])
    assert Figure.objects.count() == 1
    assert first[0].pk == second[0].pk


def test_a_correction_supersedes_and_the_old_row_stays():
    [old] = figures.put([METHANE])
    [new] = figures.put([replace(METHANE, amount=Decimal(20000))])
    old.refresh_from_db()
    assert not old.is_current
    assert old.amount == METHANE.amount
    assert new.supersedes == old
    assert [f.amount for f in Figure.objects.current()] == [Decimal(20000)]


def test_a_figure_of_another_status_stands_beside_it():
    figures.put([METHANE, replace(METHANE, status=Status.REPORTED)])
    assert Figure.objects.current().count() == 2


def test_a_later_run_withdraws_what_it_no_longer_gives(sites):
    later = replace(METHANE, period=Period.year(2025))
    figures.put([METHANE, later], run=run_of(inputs="a"), withdraw_from=sites[0])
    second = run_of(inputs="b")
    figures.put([METHANE], run=second, withdraw_from=sites[0])
    gone = Figure.objects.get(period_start__year=2025)
    assert (gone.is_current, gone.withdrawn_by) == (False, second)
    assert Figure.objects.current().get().period_start.year == 2024


def test_a_withdrawn_figure_can_come_back(sites):
    later = replace(METHANE, period=Period.year(2025))
    figures.put([METHANE, later], run=run_of(inputs="a"), withdraw_from=sites[0])
    figures.put([METHANE], run=run_of(inputs="b"), withdraw_from=sites[0])
    figures.put([METHANE, later], run=run_of(inputs="c"), withdraw_from=sites[0])
    assert Figure.objects.current().count() == 2
    assert Figure.objects.count() == 3


def test_a_withdrawal_leaves_other_kernels_alone(sites):
    reported = replace(METHANE, status=Status.REPORTED)
    figures.put([reported], run=run_of(kernel="inventory"), withdraw_from=sites[0])
    figures.put([METHANE], run=run_of(kernel="landfill"), withdraw_from=sites[0])
    assert Figure.objects.current().count() == 2


def test_an_unknown_place_is_refused_and_nothing_is_written():
    with pytest.raises(PlaceError, match="2008:99"):
        figures.put([METHANE, replace(METHANE, place=PlaceKey("2008", "99"))])
    assert Figure.objects.count() == 0


def test_a_row_refuses_to_be_changed_or_deleted():
    [row] = figures.put([METHANE])
    row.amount = Decimal(1)
    with pytest.raises(TypeError, match="never updated"):
        row.save()
    with pytest.raises(TypeError, match="never deleted"):
        row.delete()
    assert Figure.objects.get().amount == METHANE.amount


def test_the_database_itself_refuses_a_second_current_figure():
    [row] = figures.put([METHANE])
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Figure.objects.bulk_create([row])


def test_writing_is_by_the_batch_not_by_the_row(django_assert_max_num_queries):
    many = [replace(METHANE, category=f"c{n}") for n in range(2000)]
    with django_assert_max_num_queries(60):
        figures.put(many)
    assert Figure.objects.current().count() == 2000
