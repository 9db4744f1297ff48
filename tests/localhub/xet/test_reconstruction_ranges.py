"""What a client is told to fetch of each xorb."""

from localhub.xet.reconstruction import Piece, Plan, as_v1, as_v2

LINKS = {"x": "http://127.0.0.1/x", "y": "http://127.0.0.1/y"}


def piece(xorb: str, start: int, end: int) -> Piece:
    """Chunks of ten bytes when unpacked, five when packed."""
    return Piece(xorb, 10 * (end - start), start, end, 5 * start, 5 * end - 1)


def test_chunks_that_terms_share_are_fetched_once() -> None:
    plan = Plan(0, (piece("x", 0, 1), piece("x", 0, 1), piece("x", 0, 2), piece("x", 4, 6), piece("x", 5, 7)))

    fetch = as_v1(plan, LINKS)["fetch_info"]["x"]

    assert [(part["range"], part["url_range"]) for part in fetch] == [
        ({"start": 0, "end": 2}, {"start": 0, "end": 9}),
        ({"start": 4, "end": 7}, {"start": 20, "end": 34}),
    ]


def test_both_versions_fetch_the_same_ranges() -> None:
    plan = Plan(0, (piece("y", 2, 3), piece("x", 0, 2), piece("y", 0, 1), piece("x", 1, 3)))

    first, second = as_v1(plan, LINKS), as_v2(plan, LINKS)

    assert {xorb: [part["range"] for part in parts] for xorb, parts in first["fetch_info"].items()} == {
        xorb: [part["chunks"] for part in parts[0]["ranges"]] for xorb, parts in second["xorbs"].items()
    }


def test_the_terms_stay_in_order_and_uncut() -> None:
    plan = Plan(3, (piece("x", 0, 1), piece("x", 0, 2), piece("x", 0, 1)))

    terms = as_v1(plan, LINKS)["terms"]

    assert [(term["range"]["start"], term["range"]["end"], term["unpacked_length"]) for term in terms] == [
        (0, 1, 10),
        (0, 2, 20),
        (0, 1, 10),
    ]
