"""What a resident identity card says, and whether its number can be true (GB 11643)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final


class IdentityCardType(StrEnum):
    """The four cards that one reader reads (devices.md 1.6)."""

    RESIDENT = "resident"
    HMT_RESIDENCE = "hmt_residence"
    """港澳台居民居住证."""
    FOREIGN_OLD = "foreign_old"
    """外国人永久居留证, before 2023."""
    FOREIGN_2023 = "foreign_2023"


class Sex(StrEnum):
    """GB/T 2261.1, in words."""

    UNKNOWN = "unknown"
    MALE = "male"
    FEMALE = "female"
    NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, repr=False)
class IdentityCard:
    """One card as read; empty text and None = the card does not say.

    Shows nothing of itself when printed: it would end up in logs and reports of failures.
    """

    card_type: IdentityCardType
    name: str = ""
    english_name: str = ""
    sex: Sex = Sex.UNKNOWN
    ethnicity_code: str = ""
    """GB/T 3304, two digits; only citizens' cards carry it."""
    birth_date: date | None = None
    address: str = ""
    id_number: str = ""
    authority: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    """The last day; None with ``long_term`` = for life."""
    long_term: bool = False
    pass_number: str = ""
    """通行证号码, on residence permits only."""
    issue_count: str = ""
    country: str = ""
    """GB/T 2659, three letters, on foreigners' cards only."""
    photo: bytes = b""
    """Compressed by a secret method (WLT); kept as it came, no open program can show it."""

    def __repr__(self) -> str:
        return f"IdentityCard({self.card_type})"

    @property
    def ethnicity(self) -> str:
        """The name of the ethnic group (汉); empty = not stated or not in the list."""
        return ETHNIC_GROUPS.get(self.ethnicity_code, "")


_GROUPS = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜
水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒
乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
其他 外国血统中国籍人士
"""
_GROUP_CODES = (f"{code:02}" for code in (*range(1, 57), 97, 98))
ETHNIC_GROUPS: Final[dict[str, str]] = dict(zip(_GROUP_CODES, _GROUPS.split(), strict=True))
"""GB/T 3304 (devices.md 1.8)."""

_NUMBER = re.compile(r"[0-9]{17}[0-9X]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"


def citizen_check_digit(first_seventeen: str) -> str:
    """The eighteenth sign of a citizen number: ISO 7064 MOD 11-2 (devices.md 1.9)."""
    pairs = zip(first_seventeen, _WEIGHTS, strict=True)
    return _CHECK[sum(int(digit) * weight for digit, weight in pairs) % 11]


def number_doubts(card: IdentityCard, today: date) -> tuple[str, ...]:
    """Message ids of what is wrong with the number of a citizen's card; empty = it holds.

    Area codes are not judged: abolished ones live on cards. Foreigners' numbers follow other
    rules and are not judged at all (devices.md 1.9).
    """
    if card.card_type not in (IdentityCardType.RESIDENT, IdentityCardType.HMT_RESIDENCE):
        return ()
    number = card.id_number
    if not _NUMBER.fullmatch(number):
        return ("device_idcard.number_form",)
    doubts = []
    if citizen_check_digit(number[:17]) != number[17]:
        doubts.append("device_idcard.number_check")
    born = _day(number[6:14])
    if born is None or born > today or born != card.birth_date:
        doubts.append("device_idcard.number_birth")
    stated = {Sex.MALE: 1, Sex.FEMALE: 0}.get(card.sex)
    if stated is not None and int(number[16]) % 2 != stated:
        doubts.append("device_idcard.number_sex")
    return tuple(doubts)


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
