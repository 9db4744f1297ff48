"""Files that speak to crawlers and trainers: `ai.txt`, `robots.txt`, `tdmrep.json`, `NO-AI.md`, `AI-POLICY.md`.

Sources: TDM Reservation Protocol (W3C community group), Spawning's ai.txt, RFC 9309, the Content-Signal directive.
"""

from __future__ import annotations

import re

from seedbed.data.filters.license.evidence import LicenseFinding, reserved, unknown

_AGENTS = (
    r"gptbot|chatgpt-user|oai-searchbot|ccbot|google-extended|claudebot|claude-web|anthropic-ai|cohere-ai|bytespider|"
    r"meta-externalagent|facebookbot|amazonbot|applebot-extended|perplexitybot|diffbot|omgili(?:bot)?|ai2bot|"
    r"img2dataset|petalbot"
)
_NO_AI_NAME = re.compile(r"\.?(?:no[ ._-]?(?:ai|ml|llm|training|tdm)|do[ ._-]not[ ._-]train|dont[ ._-]train)")
_USES = re.compile(
    r"\b(?:train(?:ing|ed)?|fine-?tun\w*|datasets?|corpora|corpus|scrap(?:e|ing|ed|er\w*)|crawl\w*|(?:text|data) ?mining|tdm)\b"
)
_REFUSES = re.compile(
    r"\b(?:not|no|never|cannot|prohibit\w*|forbid\w*|forbidden|reserv\w+|opt(?:s|ed)?[ -]out|without|disallow\w*|"
    r"refus\w+|deny|denied)\b"
)


def reservations(path: str, text: str) -> list[LicenseFinding]:
    """What such a file says of training: a reservation, an unknown license where that is not clear, or nothing.

    >>> [finding.expression for finding in reservations("ai.txt", "User-Agent: *\\nDisallow: /\\n")]
    ['LicenseRef-Seedbed-AI-Reserved']
    """
    name, lower = path.rpartition("/")[2].lower(), text.lower()
    lines = (1, max(1, text.count("\n")))
    if name in {".noai", "noai"} or _NO_AI_NAME.match(name):
        return [reserved("reserved: by the file's name", path, lines, text or name)]
    if name.endswith(".json"):
        return _protocol(path, lower, lines)
    if name in {"ai.txt", "robots.txt"}:
        refuses = re.search(r"(?m)^[ \t]*disallow\s*:\s*\S", lower) if name == "ai.txt" else _for_trainers(lower)
        is_reserved = refuses or re.search(r"ai-train\s*=\s*no|tdm-reservation\s*:\s*1|\bnoai\b", lower)
        return [reserved("reserved: to crawlers", path, lines, text)] if is_reserved else []
    use = _USES.search(lower)
    if use and _REFUSES.search(lower):
        return [reserved("reserved: in terms", path, lines, text)]
    return [unknown("not understood: terms of training", path, lines, text=text)] if use else []


def _protocol(path: str, lower: str, lines: tuple[int, int]) -> list[LicenseFinding]:
    """`tdmrep.json`: a value other than 0 reserves; one without any value is not understood."""
    values = re.findall(r'"tdm-reservation"\s*:\s*"?(\w+)', lower)
    if not values:
        return [unknown("not understood: tdmrep.json", path, lines)] if lower.strip() else []
    return [reserved("reserved: tdm-reservation", path, lines, lower)] if set(values) != {"0"} else []


def _for_trainers(lower: str) -> bool:
    """Whether a `robots.txt` sends a crawler away that collects training data."""
    groups = re.split(r"(?m)^(?=[ \t]*user-agent\s*:)", re.sub(r"(?m)#.*$", "", lower))
    agents: list[str] = []
    for group in groups:
        agent = re.match(r"\s*user-agent\s*:\s*(\S+)", group)
        rest = group[agent.end() :] if agent else group
        agents = [*agents, agent[1]] if agent else agents
        if re.search(r"(?m)^[ \t]*disallow\s*:\s*\S", rest) and any(re.fullmatch(_AGENTS, name) for name in agents):
            return True
        agents = agents if not rest.strip() else []
    return False
