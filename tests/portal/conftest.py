"""A small country to write figures about."""

from datetime import date

import pytest

from trunghoa.portal.core.accounts.models import Organisation, User
from trunghoa.portal.core.record.models import Place, System


@pytest.fixture
def systems(db):
    names = {f"name_{lang}": f"Bãi chôn lấp {lang}" for lang in ("vi", "ja", "en")}
    return System.objects.create(code="S8", order=8, **names)


@pytest.fixture
def country(db):
    return Place.objects.create(
        era="country", code="VN", kind="country", name_vi="Việt Nam", name_en="Viet Nam"
    )


@pytest.fixture
def provinces(db, country):
    return [
        Place.objects.create(
            era="2025", code=code, kind="province", name_vi=name, parent=country, valid_from=date(2025, 7, 1)
        )
        for code, name in (("01", "Hà Nội"), ("92", "Cần Thơ"))
    ]


@pytest.fixture
def operators(db):
    return [
        Organisation.objects.create(code=code, name_vi=code, side="VN", kind="facility")
        for code in ("alpha", "beta")
    ]


@pytest.fixture
def sites(provinces, operators):
    return [
        Place.objects.create(
            era="site",
            code=f"site-{n}",
            kind="site",
            name_vi=f"Bãi số {n}",
            parent=province,
            operator=operator,
        )
        for n, (province, operator) in enumerate(zip(provinces, operators, strict=True), start=1)
    ]


@pytest.fixture
def people(db, operators):
    """One person of each role; the locality is Hà Nội, the operator is alpha."""
    hanoi = Organisation.objects.create(
        code="hanoi", name_vi="Hà Nội", side="VN", kind="city", place_key="2025:01"
    )
    home = {User.Role.LOCALITY: hanoi, User.Role.OPERATOR: operators[0]}
    return {
        role.value: User.objects.create_user(
            role.value, password="correct horse battery", role=role, organisation=home.get(role)
        )
        for role in User.Role
    }
