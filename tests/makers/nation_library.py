"""A library with the exported names of NationECCode and HeaSecReadInfo, built by the C compiler.

It answers golden texts typed from the reference (devices.md 3.2), by the ``transType`` that stands
in the question; the address chooses what goes wrong.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

TOKEN = "999900ec" + "A" * 30
AUTHORISATION = "ano" + "1" * 25
PERSON = (
    '{"idNo":"99990019980101002X","idType":"01","userName":"测试人","ecToken":"%s",'
    '"ecIndexNo":"0123456789ABCDEF0123456789ABCDEF","insuOrg":"999900","gender":"女",'
    '"birthday":"1998.01.01","nationality":"null","email":null,"chnlId":"","ecQrCode":"",'
    '"authNo":"%s","extra":""}'
)

_SOURCE = r"""
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *person(const char *asked) {
    if (strstr(asked, "cn.nhsa.ec.auth")) return %(face)s;
    if (strstr(asked, "cn.nhsa.auth.check")) return %(checked)s;
    if (strstr(asked, "cn.nhsa.settle.notify")) return "{\"code\":0,\"data\":null}";
    return %(person)s;
}

const char *NationEcTrans(const char *url, const char *asked, char *out) {
    if (strstr(url, "crash")) abort();
    if (strstr(url, "hang")) sleep(600);
    if (strstr(url, "wrong")) {
        strcpy(out, "{\"code\":500159,\"message\":\"x\"}");
        return "0000";
    }
    if (strstr(url, "gbk")) { strcpy(out, %(gbk)s); return "0000"; }
    if (strstr(url, "off")) { strcpy(out, ""); return "9001"; }
    strcpy(out, person(asked));
    return "0000";
}

static int opened = 0;
long Init(const char *front, char *error) {
    if (!strstr(front, "\"IP\":\"10.0.0.1\",\"PORT\":8086")) { strcpy(error, "?"); return -1; }
    opened = 1;
    return 0;
}
long EcQuery(const char *asked, char *out) {
    if (!opened) return -12;
    strcpy(out, person(asked));
    return 0;
}
"""


def _c(text: bytes) -> str:
    return '"' + "".join(f"\\{byte:03o}" for byte in text) + '"'


def _answer(data: str) -> str:
    import json

    return '{"code":0,"message":"成功","data":' + json.dumps(data, ensure_ascii=False) + "}"


def has_compiler() -> bool:
    """Whether this machine can build it."""
    return shutil.which("cc") is not None


def build(folder: Path) -> Path:
    """The library in ``folder``."""
    source, made = folder / "nation.c", folder / "libNationECCode.so"
    plain = _answer(PERSON % (TOKEN, "null"))
    source.write_text(
        _SOURCE
        % {
            "face": _c(_answer('{"authNo":"' + AUTHORISATION + '"}').encode()),
            "checked": _c(_answer(PERSON % (TOKEN, AUTHORISATION)).encode()),
            "person": _c(plain.encode()),
            "gbk": _c(plain.encode("gb18030")),
        }
    )
    subprocess.run(["cc", "-shared", "-fPIC", "-o", made, source], check=True)
    return made
