"""What the data are, for catalogues and search engines: schema.org Dataset and DCAT, as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable

from handbook.json_types import Json, JsonObject
from handbook.model import DataFile, Site

JSONLD_CONTEXT: JsonObject = {
    "@vocab": "https://schema.org/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Written out, so that nobody has to fetch it."""


def dataset_description(site: Site, files: Iterable[DataFile]) -> JsonObject:
    """Return the description. What the plan does not say, such as a licence, is not there."""
    plan = site.plan
    home = plan.base_url
    whose: Json = {"@type": "GovernmentOrganization", "name": plan.municipality} if plan.municipality else None
    span = f"{plan.period.first}-04-01/{plan.period.last + 1}-03-31" if plan.period else ""
    told = f"{plan.name}の、すべての節と、そこに記録された内容のデータです。"
    said: JsonObject = {
        "@context": JSONLD_CONTEXT,
        "@type": ["Dataset", "dcat:Dataset"],
        "@id": f"{home}data/dataset.json" if home else "",
        "name": plan.name,
        "dct:title": plan.name,
        "description": told,
        "dct:description": told,
        "inLanguage": "ja",
        "url": f"{home}data.html" if home else "",
        "dcat:landingPage": {"@id": f"{home}data.html"} if home else None,
        "creator": whose,
        "publisher": whose,
        "license": plan.licence,
        "dct:license": plan.licence,
        "dateModified": plan.last_change_date,
        "dct:modified": {"@type": "xsd:date", "@value": plan.last_change_date} if plan.last_change_date else None,
        "temporalCoverage": span,
        "isAccessibleForFree": True,
        "distribution": [*(_distribution(made, home) for made in files)],
    }
    return {name: value for name, value in said.items() if value not in ("", None)}


def _distribution(made: DataFile, home: str) -> JsonObject:
    """Return one file; where the site has no address yet, seen from this description, which lies beside it."""
    where = f"{home}{made.file.path}" if home else made.file.path.removeprefix("data/")
    return {
        "@type": ["DataDownload", "dcat:Distribution"],
        "name": made.title,
        "description": made.description,
        "contentUrl": where,
        "dcat:downloadURL": {"@id": where},
        "encodingFormat": made.media_type,
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{made.media_type}"},
        "contentSize": made.size_label,
        "dcat:byteSize": len(made.file.data),
    }
