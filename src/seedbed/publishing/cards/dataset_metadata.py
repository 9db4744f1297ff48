"""The YAML block at the top of a dataset card, as the Hub and `datasets` read it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from seedbed.core.manifests.contents import ColumnFacts, Config, LicenseFacts
from seedbed.core.manifests.dataset import Manifest
from seedbed.core.text.markdown import visible

LICENSE_PAGE = "LICENSE.md"
LICENSE_NAME = "one-spdx-expression-per-file"
_OTHER = "other"
_OPERATORS = {"AND", "OR", "WITH"}
_SIZE_CATEGORIES = ("1K", "10K", "100K", "1M", "10M", "100M", "1B", "10B", "100B", "1T")


class _Line(dict[str, Any]):
    """A mapping that is written on one line."""


class _Dumper(yaml.SafeDumper):
    """Safe YAML whose lists are indented as the Hub writes them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, indentless=False)


_Dumper.add_representer(
    _Line, lambda dumper, line: dumper.represent_mapping("tag:yaml.org,2002:map", line.items(), flow_style=True)
)


def metadata_block(manifest: Manifest, policy: Mapping[str, Any]) -> str:
    """The block without its `---` lines; `policy` is cards/hub.yaml."""
    data = metadata(manifest, policy)
    return yaml.dump(data, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=1 << 16).rstrip("\n")


def metadata(manifest: Manifest, policy: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata for the Hub: licenses, size, tags, configs with their files, and the features and sizes of each."""
    contents = manifest.contents
    licenses = hub_licenses(contents.licenses, frozenset(policy["licenses"]))
    other = {"license_name": LICENSE_NAME, "license_link": LICENSE_PAGE} if _OTHER in licenses else {}
    return {
        "pretty_name": visible(manifest.title),
        "language": policy["dataset"]["language"],
        "license": licenses,
        **other,
        "size_categories": [size_category(contents.total.files)],
        "task_categories": policy["dataset"]["task_categories"],
        "source_datasets": policy["dataset"]["source_datasets"],
        "tags": [*policy["dataset"]["tags"], *sorted(language.config for language in contents.languages)],
        "configs": [_config(config) for config in contents.configs],
        "dataset_info": [_info(config, manifest.columns[config.columns]) for config in contents.configs],
    }


def hub_licenses(licenses: tuple[LicenseFacts, ...], known: frozenset[str]) -> list[str]:
    """The Hub's identifiers of all licenses named in the expressions; `other` when it does not know one of them."""
    keys = {key.lower() for entry in licenses for key in license_keys(entry.expression)}
    return [*sorted(keys & known), *([_OTHER] if keys - known else [])]


def size_category(rows: int) -> str:
    """The Hub's words for a number of rows.

    >>> size_category(999), size_category(1000), size_category(5 * 10**12)
    ('n<1K', '1K<n<10K', 'n>1T')
    """
    if rows < 1000:
        return "n<1K"
    step = len(str(rows)) - 4
    if step >= len(_SIZE_CATEGORIES) - 1:
        return "n>1T"
    return f"{_SIZE_CATEGORIES[step]}<n<{_SIZE_CATEGORIES[step + 1]}"


def features(columns: tuple[ColumnFacts, ...]) -> list[dict[str, Any]]:
    """Columns in the YAML form of `datasets.Features`."""
    return [_feature(column) for column in columns]


def _feature(column: ColumnFacts) -> dict[str, Any]:
    if column.fields:
        return {"name": column.name, column.type: [_feature(part) for part in column.fields]}
    if column.type.startswith("list<"):
        return _Line(name=column.name, list=column.type.removeprefix("list<").removesuffix(">"))
    return _Line(name=column.name, dtype=column.type)


def _config(config: Config) -> dict[str, Any]:
    files = [_Line(split=split.name, path=split.pattern) for split in config.splits]
    default = {"default": True} if config.name == "default" else {}
    return {"config_name": config.name, **default, "data_files": files}


def _info(config: Config, columns: tuple[ColumnFacts, ...]) -> dict[str, Any]:
    return {
        "config_name": config.name,
        "features": features(columns),
        "splits": [_Line(name=split.name, num_bytes=split.bytes, num_examples=split.rows) for split in config.splits],
        "download_size": sum(split.download_bytes for split in config.splits),
        "dataset_size": sum(split.bytes for split in config.splits),
    }


def license_keys(expression: str) -> Iterator[str]:
    """SPDX keys named in an expression, in its order, without its operators."""
    return (word for word in re.findall(r"[\w.+-]+", expression) if word not in _OPERATORS)
