"""Waste types of the IPCC guidelines and the names people give them."""

from __future__ import annotations

from types import MappingProxyType

from trunghoa.quantities import N_, InputError, Problem, search_key

BULK = "bulk_msw"
DEGRADABLE = ("food", "garden", "paper", "wood", "textiles", "nappies", BULK)
INERT = ("plastic", "metal", "glass", "other")
WASTE_TYPES = (*DEGRADABLE, *INERT)

_NAMES = {
    "food": ("food waste", "thực phẩm", "rác thực phẩm", "chất thải thực phẩm", "食品", "食品廃棄物", "厨芥"),
    "garden": ("garden waste", "green", "garden and park", "rác vườn", "cây cỏ", "庭園", "剪定枝"),
    "paper": ("cardboard", "paper and cardboard", "giấy", "giấy bìa", "giấy và bìa", "紙", "紙類"),
    "wood": ("wood and straw", "wood/straw", "straw", "gỗ", "gỗ rơm", "gỗ và rơm", "木", "木・わら", "木材"),
    "textiles": ("textile", "vải", "dệt may", "hàng dệt", "繊維", "布類"),
    "nappies": ("diapers", "tã", "tã lót", "bỉm", "おむつ", "紙おむつ"),
    BULK: ("bulk", "msw", "bulk waste", "rác hỗn hợp", "rác sinh hoạt", "混合ごみ", "都市ごみ"),
    "plastic": ("plastics", "nhựa", "chất dẻo", "プラスチック"),
    "metal": ("metals", "kim loại", "金属"),
    "glass": ("thủy tinh", "thuỷ tinh", "ガラス"),
    "other": ("others", "inert", "other inert", "khác", "trơ", "その他"),
}


def fold(text: str) -> str:
    """One key for every way of typing a name: Unicode form, case, tone marks, ``_`` and spaces."""
    return search_key(text.replace("_", " ").replace("/", " "))


_BY_NAME = MappingProxyType(
    {fold(name): waste for waste, names in _NAMES.items() for name in (waste, *names)}
)


def waste_type(name: str) -> str:
    """Waste type that a column or a key means, in English, Vietnamese (NFC or NFD) or Japanese.

    Raises
    ------
    InputError
        naming the known types.
    """
    try:
        return _BY_NAME[fold(name)]
    except KeyError:
        raise InputError(
            Problem(
                message=N_("“%(value)s” is not a known waste type."),
                hint=N_("Use one of: %(limit)s."),
                value=name,
                limit=", ".join(WASTE_TYPES),
            )
        ) from None
