"""Conditions added to a known license, in wordings of every kind and in every place: none may pass in silence."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from seedbed.data.filters.license.conditions import STATING_WORDS, Place
from seedbed.data.filters.license.evidence import RESERVED, LicenseFinding
from seedbed.data.filters.license.expressions import is_unknown, keys
from seedbed.data.filters.license.prefilter import stating_lines
from seedbed.data.filters.license.scan import scan_regions, scan_whole
from seedbed.data.filters.license.statements import statements

pytestmark = pytest.mark.forks

CONDITIONS = {
    "training": [
        "The contents of this repository may not be used to train machine learning models.",
        "You agree not to include this code in any data set used for training artificial intelligence.",
        "Feeding these sources to a large language model is prohibited.",
        "No part of this software shall be ingested by generative AI systems.",
        "We reserve the right to text and data mining of this work.",
        "Use for the development of neural networks requires our written consent.",
        "I opt out of any use of my code as training data.",
        "This code is off limits for LLM training.",
        "Fine-tuning of language models on this project is not allowed without a separate license.",
        "Do not scrape this repository to build corpora for AI.",
        "Machine learning on this source code is excluded from the license.",
    ],
    "field": [
        "This software is free for personal use.",
        "You may use the program for academic research only.",
        "Commercial use requires a license from the author.",
        "Any commercial exploitation of this code is forbidden.",
        "The library is licensed for evaluation purposes only.",
        "Use in a commercial product is not permitted.",
        "Only students and teachers may use this program.",
        "Free for hobby projects.",
        "Intended solely for noncommercial research.",
    ],
    "payment": [
        "Companies with more than 100 employees must purchase a license.",
        "If your yearly revenue exceeds one million dollars, you need a commercial license.",
        "Organizations whose turnover is above 5 million euro must pay a fee.",
        "Larger businesses have to buy a subscription before they use this software.",
        "Free for companies with fewer than ten developers; all others must obtain a paid license.",
    ],
    "competition": [
        "You may not offer this software to others as a hosted service.",
        "The software must not be used to build a product that competes with ours.",
        "You agree not to provide the program as a managed service to third parties.",
        "Use of this code in a competing product is prohibited.",
    ],
    "approval": [
        "Any use of this software requires the prior approval of the copyright holder.",
        "You must ask the author for permission before you use this file.",
        "Publication of modified versions needs our written consent.",
        "Write to the author for permission before redistributing this code.",
        "Use of this code is subject to our approval.",
    ],
    "expiry": [
        "This license expires on 31 December 2020.",
        "You must delete all copies of this software after thirty days.",
        "The right to use this program ends with your subscription.",
        "All copies must be destroyed upon request.",
        "The license may be revoked at any time.",
    ],
    "share_alike": [
        "Modified versions must be released under the same license.",
        "Derivative works must be made available under the same terms.",
        "You must share your changes with the community under this license.",
        "If you distribute modified versions, you have to publish their source code.",
        "All derivative works shall be licensed under these terms.",
    ],
    "refusal": [
        "Redistribution of this file is not permitted.",
        "Copying this software is not allowed.",
        "You agree not to redistribute this code.",
        "This file may only be used by customers of Example Inc.",
        "You may only use this program together with hardware of Example Inc.",
        "Use by government agencies is not permitted.",
        "This source code is not to be shared with third parties.",
    ],
}
SENTENCES = [sentence for kind in CONDITIONS.values() for sentence in kind]
HARMLESS = [
    "This function must be called before the parser starts.",
    "The value may not be negative.",
    "Only one of the arguments is required.",
    "Returns the number of copies that were made.",
    "Never call this method from another thread.",
    "This module needs the training data in memory.",
    "We use a training set of 1000 images and do not shuffle it.",
    "Each customer has an account with a private key.",
    "The model is trained without labels.",
    "This file is part of the parser library.",
    "All rights of the session are checked here; access is denied otherwise.",
    "The dataset must not contain duplicates.",
    "See the LICENSE file for the terms.",
    "Copyright (c) 2019 The Project Authors. All rights reserved.",
    "Use of this source code is governed by a BSD-style license that can be found in the LICENSE file.",
    "Please report bugs to the mailing list.",
    "This table is not updated while a transaction is open.",
    "Personal settings are stored in the home directory.",
    "The license key is read from the environment.",
    "Trains a model and evaluates it on the validation set.",
    "The export must be signed.",
    "If you use this software, please cite our paper.",
    "The names must be unique and should not contain spaces.",
    "Private members are copied too.",
    "This test requires a network connection.",
    "The agreement protocol needs three rounds.",
    "Confidential clients must send a secret.",
    "Read the secret from the store and never log it.",
    "Loads a language model; without a path the default is used.",
    "Sends the password reset mail to the customer.",
    "Sell orders are not matched with buy orders of the same owner.",
    "Disclosure triangles are hidden in print.",
    "The trial period ends after 30 days in this fixture.",
]
CODE = "import os\n\n\ndef main():\n    return os.name\n"
APACHE = "Licensed under the Apache License, Version 2.0"
HOLDER = "Copyright 2020 A Person"
SPDX = "SPDX-License-Identifier: MIT"


def hashes(lines: Sequence[str]) -> str:
    return "".join(f"# {line}\n" for line in lines)


def slashes(lines: Sequence[str]) -> str:
    return "".join(f"// {line}\n" for line in lines)


def block(lines: Sequence[str]) -> str:
    return "/*\n" + "".join(f" * {line}\n" for line in lines) + " */\n"


def docstring(lines: Sequence[str]) -> str:
    return '"""' + "\n".join(lines) + '\n"""\n'


def markup(lines: Sequence[str]) -> str:
    return "<!--\n" + "\n".join(lines) + "\n-->\n"


STYLES = [hashes, slashes, block, docstring, markup]


def refuses(findings: Sequence[LicenseFinding]) -> bool:
    """Whether an unknown license or a reservation is among them."""
    expressions = [finding.expression or "" for finding in findings if finding.decides]
    return any(is_unknown(key) or key == RESERVED for expression in expressions for key in keys(expression))


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_condition_in_a_license_file_is_seen(sentence: str, mit: str) -> None:
    first, *others = mit.split("\n\n")
    texts = {
        "after": f"MIT License\n\n{HOLDER}\n\n{mit}\n{sentence}\n",
        "before": f"MIT License\n\n{HOLDER}\n\n{sentence}\n\n{mit}",
        "inside": "MIT License\n\n" + "\n\n".join([first, sentence, *others]),
        "between": f"{mit}\n{sentence}\n\n{APACHE}\n",
    }

    assert [place for place, text in texts.items() if not refuses(scan_whole(text, "LICENSE"))] == []


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_condition_in_a_header_is_seen(sentence: str, mit: str) -> None:
    first, *others = mit.split("\n\n")
    headers = {
        "alone": [sentence],
        "under a holder": [HOLDER, "", sentence],
        "under a license": [HOLDER, SPDX, sentence],
        "between two licenses": [SPDX, sentence, APACHE],
        "inside a license": [HOLDER, "", *first.split("\n"), "", sentence, "", *"\n\n".join(others).split("\n")],
    }
    cases = {(name, style.__name__): style(lines) + CODE for name, lines in headers.items() for style in STYLES}

    assert [case for case, text in cases.items() if not refuses(scan_regions(text, "a.py"))] == []


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("sentence", HARMLESS)
def test_a_sentence_about_the_program_is_no_condition(sentence: str, style: object) -> None:
    assert callable(style)
    texts = [style([sentence]) + CODE, style([HOLDER, SPDX, "", sentence]) + CODE, CODE * 10 + style([sentence])]

    assert not any(refuses(scan_regions(text, "a.py")) for text in texts)


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_gates_let_every_condition_of_a_comment_through(sentence: str) -> None:
    for place in (Place.HEADER, Place.COMMENT):
        for text in (sentence, sentence.upper(), f"Copyright 2020 Example GmbH\n{sentence}"):
            assert stating_lines(text.encode()) or not list(statements(text, set(), place))


def test_a_condition_in_the_midst_of_a_long_sentence_is_seen() -> None:
    filler = "and it works well " * 120

    (finding, *_) = statements(f"{filler} but you may not sell copies of this software {filler}", set(), Place.HEADER)
    assert "sell" in finding.matches[0].text or finding.expression


def test_words_of_the_gate_are_single_words_in_lower_case() -> None:
    assert all(word.isalnum() and word == word.lower() for word in STATING_WORDS)
