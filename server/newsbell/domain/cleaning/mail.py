"""A text that came by e-mail: what mail programs put around it and into it is taken off."""

from __future__ import annotations

import quopri
import re

_SOFT_BREAK = re.compile(r"=\n")
_CODED = re.compile(r"(?:=[0-9A-F]{2}){2,}|=(?:3D|20|E2)\b")
_LEAST_CODED = 2
_QUOTED = re.compile(r"^(?:> ?)+", re.MULTILINE)
_MOSTLY = 0.6  # of the lines that are not blank
_WROTE = re.compile(
    r"^(?:on|am|le|el|il|op|em|den|dnia|в|у)\b.{5,120}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|schreef"
    r"|escreveu|skrev|napisał\w*|писал\w*|пише)\W*$",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"^[-—_ ]{2,}\s*(?:original message|forwarded message|begin forwarded message|weitergeleitete nachricht"
    r"|ursprüngliche nachricht|message transféré|mensaje reenviado|messaggio inoltrato|mensagem encaminhada"
    r"|doorgestuurd bericht|пересылаемое сообщение|переслане повідомлення)\s*[-—_ ]*:?$"
    r"|^begin forwarded message:$",
    re.IGNORECASE,
)
_HEADER = re.compile(
    r"^\*?(?P<name>from|to|cc|date|sent|subject|reply-to|von|an|datum|gesendet|betreff|de|à|para|objet|asunto|assunto|fecha|data"
    r"|da|a|oggetto|van|aan|onderwerp|от|кому|дата|тема|від)\*?:\*? +(?P<value>\S.*)$",
    re.IGNORECASE,
)
_SUBJECTS = frozenset({"subject", "betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "тема"})
_DATES = frozenset({"date", "sent", "datum", "gesendet", "fecha", "data", "дата"})
_REPLY = re.compile(r"^(?:(?:re|fwd?|aw|wg|tr|rv|i|enc)\s*:\s*)+", re.IGNORECASE)


def unpacked(text: str) -> tuple[str, list[str]]:
    """The text without marks of quotation, codes of quoted-printable (RFC 2045 section 6.7) and the lines of
    who sent it to whom; and those lines. The subject and the date stay, as lines of their own. Any other
    text is given back as it is.
    """
    text = _decoded(text)
    text = _unquoted(text)
    lines = text.split("\n")
    start = next((at for at, line in enumerate(lines[:40]) if _FORWARDED.match(line.strip())), None)
    taken: list[str] = []
    if start is not None:
        kept: list[str] = []
        at = start + 1
        while at < len(lines) and (not lines[at].strip() or _HEADER.match(lines[at].strip())):
            found = _HEADER.match(lines[at].strip())
            name = found["name"].lower() if found else ""
            if found and name in _SUBJECTS:
                kept.insert(0, _REPLY.sub("", found["value"]))
            elif found and name in _DATES:
                kept.append(found["value"])
            elif found:
                taken.append(lines[at].strip())
            at += 1
        if taken or kept:
            taken.insert(0, lines[start].strip())
            lines = [*lines[:start], *kept, "", *lines[at:]]
    wrote = [line for line in lines[:5] if _WROTE.match(line.strip())]
    taken += [line.strip() for line in wrote]
    return "\n".join(line for line in lines if line not in wrote), taken


def _decoded(text: str) -> str:
    if len(_CODED.findall(text)) < _LEAST_CODED or len(_SOFT_BREAK.findall(text)) < 1:
        return text
    try:
        return quopri.decodestring(text.encode("ascii")).decode("utf-8")
    except ValueError:  # not of ASCII alone, as the code is, or not UTF-8 when decoded
        return text


def _unquoted(text: str) -> str:
    lines = [line for line in text.split("\n") if line.strip()]
    quoted = sum(1 for line in lines if line.startswith(">"))
    return _QUOTED.sub("", text) if quoted > 1 and quoted >= _MOSTLY * len(lines) else text
