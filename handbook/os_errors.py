"""The reason of an operating system's error in Japanese, because `strerror` is English on most systems."""

from __future__ import annotations

import errno

_REASONS = {
    "EACCES": "権限がありません",
    "EPERM": "権限がありません",
    "ENOENT": "その名前のものがありません",
    "ENOTDIR": "途中の名前がフォルダーではありません",
    "EISDIR": "フォルダーです",
    "EEXIST": "すでにあります",
    "ENOTEMPTY": "中にほかのファイルがあります",
    "ENAMETOOLONG": "名前が長すぎます",
    "EINVAL": "名前に使えない文字があります",
    "EILSEQ": "名前に使えない文字があります",
    "ELOOP": "リンクがくり返しています",
    "EBUSY": "ほかのソフトが使っています",
    "ETXTBSY": "ほかのソフトが使っています",
    "ENOSPC": "ディスクの空きがありません",
    "EDQUOT": "使ってよい量をこえました",
    "EFBIG": "ファイルが大きすぎます",
    "EROFS": "読み取り専用です",
    "EIO": "ディスクの読み書きに失敗しました",
    "ESTALE": "ネットワークのフォルダーにつながりません",
    "EHOSTUNREACH": "ネットワークのフォルダーにつながりません",
    "ETIMEDOUT": "返事がありません",
    "ENOLCK": "このディスクでは、同時に書かないための鍵を使えません",
    "EDEADLK": "ほかの人が書き出しています",
    "EMFILE": "開いているファイルが多すぎます",
    "ENFILE": "開いているファイルが多すぎます",
    "ENOMEM": "メモリーが足りません",
    "EADDRINUSE": "ほかのソフトが使っています",
    "EADDRNOTAVAIL": "この機械では使えません",
    "ENXIO": "装置がありません",
    "ENODEV": "装置がありません",
    "EXDEV": "ほかのディスクにあります",
}
_REASON_BY_NUMBER = {getattr(errno, name): reason for name, reason in _REASONS.items() if hasattr(errno, name)}

_WINDOWS_IN_USE = (32, 33)
"""Windows reports a file that another program has open as a missing right (EACCES), with these numbers of its own."""


def os_error_reason(error: OSError) -> str:
    """Return why the system refused, as in `権限がありません`; the number of an error that is not listed."""
    if getattr(error, "winerror", None) in _WINDOWS_IN_USE:
        return _REASONS["EBUSY"]
    return _REASON_BY_NUMBER.get(error.errno or 0, f"システムの誤り {error.errno or '（番号なし）'}")
