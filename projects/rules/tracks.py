"""Which approval track a project's facts point to. A proposal: a person confirms it."""

from __future__ import annotations

from dataclasses import dataclass

SINGLE_SITE, BATCH, NO_REQUISITION = "single_site", "batch", "no_requisition"

# domain.md 1.1: outside of towns and villages stand energy, traffic, water, mining, military.
_OUTSIDE_TOWNS = (
    *("能源", "电力", "交通", "水利", "矿山", "矿产", "采矿", "军事", "公路", "铁路", "高速", "国道", "省道"),
    *(
        "水库",
        "灌区",
        "电站",
        "光伏",
        "风电",
        "风力发电",
        "输变电",
        "变电站",
        "输电",
        "抽水蓄能",
        "引水",
        "供水",
    ),
    *("连接线", "改扩建公路", "桥梁", "隧道", "航道", "输气", "管道"),
)


@dataclass(frozen=True, slots=True)
class TrackProposal:
    """A track and the fact it follows from, in words for the person who confirms it."""

    track: str
    reason: str


def propose_track(
    *,
    name: str,
    industry: str,
    is_in_park: bool,
    total_m2: int | None,
    construction_m2: int | None,
    new_construction_m2: int | None,
    requisition_m2: int | None,
) -> TrackProposal:
    """The track that the reported facts point to: existing land, single site, else batch.

    Existing land alone means: areas are stated, nothing becomes construction land and nothing
    is requisitioned. A figure that was not stated (None) says nothing. A park's own land use
    lies inside the town plan and goes by batch, whatever the industry.

    Source: domain.md 1.1, approval tracks.
    """
    needs_no_new_land = total_m2 is not None and total_m2 > 0 and construction_m2 == total_m2
    if needs_no_new_land and not new_construction_m2 and not requisition_m2:
        return TrackProposal(NO_REQUISITION, "用地全部为存量建设用地，不新增、不征收")
    if is_in_park:
        return TrackProposal(BATCH, "位于功能园区规划范围内")
    word = next((word for word in _OUTSIDE_TOWNS if word in industry or word in name), None)
    if word is not None:
        return TrackProposal(SINGLE_SITE, f"属于“{word}”类，一般在城镇村范围外")
    return TrackProposal(BATCH, "未见能源、交通、水利、矿山、军事等单独选址情形")
