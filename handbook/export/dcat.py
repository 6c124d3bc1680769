"""Describe the open data for data catalogues and search engines: schema.org Dataset and DCAT, as JSON-LD."""

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
"""The context is part of the file, so that readers need not fetch it."""


def dataset_description(site: Site, files: Iterable[DataFile]) -> JsonObject:
    """Return the content of dataset.json. A property without a value, such as a missing licence, is omitted."""
    plan = site.plan
    base_url = plan.base_url
    publisher: Json = {"@type": "GovernmentOrganization", "name": plan.municipality} if plan.municipality else None
    coverage = f"{plan.period.first}-04-01/{plan.period.last + 1}-03-31" if plan.period else ""
    description = f"{plan.name}の、すべての節と、そこに記録された内容のデータです。"
    values: JsonObject = {
        "@context": JSONLD_CONTEXT,
        "@type": ["Dataset", "dcat:Dataset"],
        "@id": f"{base_url}data/dataset.json" if base_url else "",
        "name": plan.name,
        "dct:title": plan.name,
        "description": description,
        "dct:description": description,
        "inLanguage": "ja",
        "url": f"{base_url}data.html" if base_url else "",
        "dcat:landingPage": {"@id": f"{base_url}data.html"} if base_url else None,
        "creator": publisher,
        "publisher": publisher,
        "license": plan.licence,
        "dct:license": plan.licence,
        "dateModified": plan.last_change_date,
        "dct:modified": {"@type": "xsd:date", "@value": plan.last_change_date} if plan.last_change_date else None,
        "temporalCoverage": coverage,
        "isAccessibleForFree": True,
        "distribution": [*(_distribution(file, base_url) for file in files)],
    }
    return {name: value for name, value in values.items() if value not in ("", None)}


def _distribution(file: DataFile, base_url: str) -> JsonObject:
    """Return one file of the data set. Without a base URL, its URL is relative to dataset.json in the same folder."""
    url = f"{base_url}{file.file.path}" if base_url else file.file.path.removeprefix("data/")
    return {
        "@type": ["DataDownload", "dcat:Distribution"],
        "name": file.title,
        "description": file.description,
        "contentUrl": url,
        "dcat:downloadURL": {"@id": url},
        "encodingFormat": file.media_type,
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{file.media_type}"},
        "contentSize": file.size_label,
        "dcat:byteSize": len(file.file.data),
    }
