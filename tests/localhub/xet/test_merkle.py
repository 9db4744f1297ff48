"""The hashes of Xet, held against those that hf_xet computes."""

from __future__ import annotations

import io
from itertools import chain

import pytest

from localhub.errors import HubError
from localhub.xet.merkle import Node, Tree, chunk_hash, hash_text, parent, range_hash, text_hash
from localhub.xet.shard import ShardFile, read_shard
from localhub.xet.xorb import read_chunks
from tests.localhub.xet.recorder import Upload

Uploaded = tuple[dict[str, bytes], Upload]


def nodes_of(body: bytes) -> list[Node]:
    return [Node(chunk_hash(part.data), len(part.data)) for part in read_chunks(io.BytesIO(body), len(body))]


def tree(nodes: list[Node]) -> Tree:
    made = Tree()
    for node in nodes:
        made.add(node)
    return made


def files_of(upload: Upload) -> list[ShardFile]:
    return [file for body in upload.shards for file in read_shard(io.BytesIO(body), len(body))]


def test_the_text_of_a_hash_turns_each_of_four_words_around() -> None:
    text = hash_text(bytes(range(32)))

    assert text == "07060504030201000f0e0d0c0b0a090817161514131211101f1e1d1c1b1a1918"
    assert text_hash(text) == bytes(range(32))


@pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, "A" * 64, "../" + "0" * 61, "0" * 64 + "\n"])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(HubError) as refused:
        text_hash(text)

    assert refused.value.status == 400


def test_xorbs_have_the_names_that_hf_xet_gives_them(uploaded: Uploaded) -> None:
    _, upload = uploaded

    names = {hash_text(tree(nodes_of(body)).root()) for body in upload.xorbs.values()}

    assert names == set(upload.xorbs)


def test_files_and_terms_have_the_hashes_that_hf_xet_gives_them(uploaded: Uploaded) -> None:
    _, upload = uploaded
    nodes = {text_hash(name): nodes_of(body) for name, body in upload.xorbs.items()}
    files = files_of(upload)

    runs = [[nodes[term.xorb][term.start : term.end] for term in file.terms] for file in files]

    assert [tree(list(chain(*run))).file_hash() for run in runs] == [file.hash for file in files]
    assert [tuple(range_hash(b"".join(node.hash for node in term)) for term in run) for run in runs] == [
        file.range_hashes for file in files
    ]


def merged(nodes: list[Node]) -> bytes:
    """The rule as the specification words it, over whole levels."""
    while len(nodes) > 1:
        level = []
        while nodes:
            cut = min(9, len(nodes))
            cut = next((at + 1 for at in range(2, cut) if int.from_bytes(nodes[at].hash[24:], "little") % 4 == 0), cut)
            group, nodes = nodes[:cut], nodes[cut:]
            level.append(parent(group))
        nodes = level
    return nodes[0].hash


@pytest.mark.parametrize("count", [1, 2, 3, 8, 9, 10, 11, 81, 82, 100, 1000])
def test_a_tree_built_chunk_by_chunk_is_the_one_built_level_by_level(count: int) -> None:
    nodes = [Node(chunk_hash(number.to_bytes(4, "little")), number) for number in range(count)]

    assert tree(nodes).root() == merged(nodes)


def test_no_chunks_make_the_hash_of_zeros() -> None:
    assert Tree().root() == bytes(32)
