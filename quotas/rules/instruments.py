"""What the pool holds: five instruments in three pools, and the unit each is counted in."""

from __future__ import annotations

from enum import StrEnum


class Pool(StrEnum):
    """The three pools of the regulating pool. Source: S4, annex 3, article 2."""

    SCALE = "scale"
    FARMLAND = "farmland"
    PLAN = "plan"

    @property
    def label(self) -> str:
        return _POOL_LABELS[self]

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        return tuple(instrument for instrument in Instrument if instrument.pool is self)


class Instrument(StrEnum):
    """One kind of quota with an account of its own. Amounts are whole m², grain in whole kg."""

    UGB_SCALE = "ugb_scale"
    FARMLAND_AREA = "farmland_area"
    FARMLAND_PADDY = "farmland_paddy"
    FARMLAND_GRAIN = "farmland_grain"
    ANNUAL_PLAN = "annual_plan"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def pool(self) -> Pool:
        return _POOLS[self]

    @property
    def is_land(self) -> bool:
        """Counted in m²; the other is grain capacity in kg."""
        return self is not Instrument.FARMLAND_GRAIN


_POOL_LABELS = {
    Pool.SCALE: "城镇开发边界规模",
    Pool.FARMLAND: "耕地占补平衡",
    Pool.PLAN: "年度新增建设用地计划",
}
_LABELS = {
    Instrument.UGB_SCALE: "城镇开发边界规模",
    Instrument.FARMLAND_AREA: "补充耕地数量",
    Instrument.FARMLAND_PADDY: "补充水田规模",
    Instrument.FARMLAND_GRAIN: "粮食产能",
    Instrument.ANNUAL_PLAN: "年度新增建设用地计划",
}
_POOLS = {
    Instrument.UGB_SCALE: Pool.SCALE,
    Instrument.FARMLAND_AREA: Pool.FARMLAND,
    Instrument.FARMLAND_PADDY: Pool.FARMLAND,
    Instrument.FARMLAND_GRAIN: Pool.FARMLAND,
    Instrument.ANNUAL_PLAN: Pool.PLAN,
}
