"""A prescription as a PDF page, in Chinese, as the practice hospital prints it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_FONT = "STSong-Light"
"""A font that every reader of Chinese PDFs brings along: nothing has to be embedded."""
_LEFT, _TOP, _STEP, _BOTTOM = 42, 550, 17, 48
_WIDE = 38
"""Characters on one line of a page that stands upright (A5)."""


def _head(sheet: Mapping[str, Any]) -> Iterator[str]:
    head, visit = sheet["head"], sheet["visit"]
    yield f"{head['fixmedinsName']}  电子处方（练习，虚构）"
    yield f"处方编号 {head['hiRxno']}   追溯码 {head['rxTraceCode']}"
    yield f"科室 {head['prscDeptName']}   开方时间 {head['prscTime']}"
    yield f"有效期至 {head['valiEndTime']}   类别 {head['rxTypeName']}"
    sex = {"1": "男", "2": "女"}.get(visit["gend"], "")
    yield f"姓名 {visit['patnName']}   性别 {sex}   年龄 {visit['patnAge']}"
    yield "诊断 " + "；".join(one["diagName"] for one in sheet["diagnoses"])
    if visit.get("algsHis"):
        yield f"过敏史 {visit['algsHis']}"
    yield "Rp."


def _lines(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, row in enumerate(rows, 1):
        count = f"{row['drugCnt']}{row['drugDosunt']}"
        yield f"{number}. {row['drugGenname']} {row['drugSpec']}  × {count}"
        dose = f"{row.get('sinDoscnt', '')}{row.get('sinDosunt', '')}"
        yield (
            f"   {row['medcWayDscr']} 每次{dose} {row.get('usedFrquName', '')} "
            f"用药{row['medcDays']}天"
        )


def _tail(head: Mapping[str, Any]) -> Iterator[str]:
    yield f"医师 {head.get('prscDrName', '')}   审方药师 {head.get('pharName', '')}"
    yield "本处方由练习平台生成，不是真实处方。"


def page(sheet: Mapping[str, Any]) -> bytes:
    """The PDF of a prescription; the same sheet makes the same bytes."""
    # Loaded late: a practice shop where nobody prescribes anything does not wait for it.
    from reportlab.lib.pagesizes import A5
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A5, invariant=1, pageCompression=1)
    canvas.setTitle(str(sheet["head"]["hiRxno"]))
    height = _TOP
    canvas.setFont(_FONT, 10)
    for text in (*_head(sheet), *_lines(sheet["lines"]), *_tail(sheet["head"])):
        for start in range(0, max(len(text), 1), _WIDE):
            if height < _BOTTOM:
                canvas.showPage()
                canvas.setFont(_FONT, 10)
                height = _TOP
            canvas.drawString(_LEFT, height, text[start : start + _WIDE])
            height -= _STEP
    canvas.showPage()
    canvas.save()
    return out.getvalue()
