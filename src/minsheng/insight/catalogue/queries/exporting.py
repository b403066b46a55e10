"""The catalogue as DCAT (W3C Data Catalog Vocabulary 3), in JSON-LD."""

from typing import Any

from minsheng.foundation.access.types import require
from minsheng.foundation.accounts.types import Viewer
from minsheng.insight.catalogue.queries.describing import datasets
from minsheng.insight.catalogue.types import Dataset, Field, Sharing

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#",
    "minsheng": "urn:minsheng:",
}
_RIGHTS = {
    Sharing.OPEN: "http://publications.europa.eu/resource/authority/access-right/PUBLIC",
    Sharing.LIMITED: "http://publications.europa.eu/resource/authority/access-right/RESTRICTED",
    Sharing.NONE: "http://publications.europa.eu/resource/authority/access-right/NON_PUBLIC",
}


def as_dcat(*, viewer: Viewer, address: str) -> dict[str, Any]:
    """This function will return the whole catalogue as one JSON-LD document; `address` is where its pages are."""
    require(viewer=viewer, capability="catalogue.view")
    return {
        "@context": CONTEXT,
        "@type": "dcat:Catalog",
        "@id": "urn:minsheng:catalogue",
        "dct:title": {"@value": "民政数据目录", "@language": "zh"},
        "dct:language": "zh",
        "dcat:dataset": [_dataset(one, address) for one in datasets()],
    }


def _dataset(one: Dataset, address: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "dcat:Dataset",
        "@id": f"urn:minsheng:dataset:{one.code}",
        "dct:identifier": one.code,
        "dct:title": {"@value": one.title, "@language": "zh"},
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": one.owner},
        "dct:conformsTo": one.basis,
        "dct:accessRights": {"@id": _RIGHTS[one.sharing]},
        "dcat:theme": one.room_label,
        "dcat:landingPage": {"@id": f"{address}{one.code}/"},
        "minsheng:holdsPersonalData": one.holds_persons,
        "csvw:column": [_field(field) for field in one.fields],
    }
    if one.fresh_days is not None:
        said["dct:accrualPeriodicity"] = f"P{one.fresh_days}D"
    return said


def _field(field: Field) -> dict[str, Any]:
    said: dict[str, Any] = {
        "@type": "csvw:Column",
        "csvw:name": field.name,
        "dct:title": {"@value": field.meaning, "@language": "zh"},
        "csvw:datatype": field.type,
        "csvw:required": field.required,
        "minsheng:secrecy": field.secrecy.value,
        "minsheng:sharing": field.sharing.value,
        "dct:source": field.source,
    }
    if field.unit:
        said["minsheng:unit"] = field.unit
    if field.codes:
        said["minsheng:codes"] = [code for code, _ in field.codes]
    return said
