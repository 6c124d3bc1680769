"""Fold texts: characters that readers take for the same become equal, for search, comparison, terms and duplicates.

In this order: characters without a sign of their own are deleted (葛󠄀 → 葛), normalization form KC of Unicode unites
widths and Kangxi radicals (ＮＰＯ → NPO, ｶﾞ → ガ, ⽣ → 生), other radicals and old or variant forms of kanji become the
usual one (⺠ → 民, 髙 → 高), and each kind of space becomes a space. Case, kana and punctuation stay: each comparison
decides about them itself.

Only the result is folded, never what a page shows. theme/folding.js does the same in browsers; it is made of the tables
of this module (`python3 build.py test --golden -- tests/test_folding.py`).
"""

from __future__ import annotations

import json
import re
import unicodedata

RADICALS = """
    ⺁厂 ⺂乛 ⺃乚 ⺄乙 ⺅亻 ⺆冂 ⺇几 ⺈刀 ⺉刂 ⺊卜 ⺋㔾 ⺌小 ⺍小 ⺎兀 ⺏尣 ⺐尢 ⺑尢 ⺒巳 ⺓幺 ⺔彑 ⺕彐
    ⺖忄 ⺗心 ⺘扌 ⺙攵 ⺛旡 ⺜日 ⺝月 ⺞歺 ⺠民 ⺡氵 ⺢氺 ⺣灬 ⺤爫 ⺥爫 ⺦丬 ⺧牛 ⺨犭 ⺩王 ⺪疋 ⺫目 ⺬示
    ⺭礻 ⺮竹 ⺯糹 ⺰糸 ⺱罓 ⺲罒 ⺳㓁 ⺴冗 ⺵网 ⺶羊 ⺷羊 ⺸羊 ⺹耂 ⺺肀 ⺻聿 ⺼肉 ⺽臼 ⺾艹 ⺿艹 ⻀艹 ⻁虎
    ⻂衤 ⻃覀 ⻄西 ⻅見 ⻆角 ⻇角 ⻈言 ⻉貝 ⻊足 ⻋車 ⻌辶 ⻍辶 ⻎辶 ⻏邑 ⻐金 ⻑長 ⻒镸 ⻓長 ⻔門 ⻖阝 ⻗雨
    ⻘青 ⻙韋 ⻚頁 ⻛風 ⻜飛 ⻝食 ⻞食 ⻟飠 ⻠食 ⻡首 ⻢馬 ⻣骨 ⻤鬼 ⻥魚 ⻦鳥 ⻧鹵 ⻨麦 ⻩黄 ⻪黽 ⻫斉 ⻬斉
    ⻭歯 ⻮歯 ⻯竜 ⻰竜 ⻱龜 ⻲亀 ⻳亀
"""
"""Each radical of U+2E80–2EFF with the kanji it looks like. PDFs contain them in place of the kanji. From Unicode's
EquivalentUnifiedIdeograph.txt, with the Japanese form of a kanji where Unicode names the Chinese one."""
VARIANTS = """
    乘乗 亂乱 亘亙 亞亜 佛仏 來来 倂併 假仮 傳伝 僞偽 價価 儉倹 兒児 兩両 冨富 凉涼 凜凛 剥剝 剩剰 劍剣 劑剤
    勞労 勳勲 勵励 勸勧 區区 卷巻 卽即 參参 單単 嚴厳 囑嘱 圈圏 國国 圍囲 圓円 圖図 團団 圡土 埜野 填塡 增増
    墮堕 壓圧 壘塁 壞壊 壤壌 壯壮 壷壺 壹壱 壽寿 奧奥 奬奨 孃嬢 學学 寢寝 實実 寫写 寬寛 寶宝 將将 專専 對対
    尭堯 屆届 屬属 峯峰 峽峡 嶋島 嶌島 嶽岳 巌巖 巢巣 帶帯 廢廃 廣広 廳庁 彈弾 彌弥 徑径 從従 徵徴 德徳 恆恒
    悳徳 惠恵 惡悪 惱悩 愼慎 慘惨 應応 懷懐 戀恋 戰戦 戲戯 戾戻 拂払 拔抜 拜拝 挾挟 插挿 揭掲 搖揺 搜捜 擇択
    擊撃 擔担 據拠 擧挙 擴拡 攝摂 收収 效効 敍叙 敕勅 數数 斷断 晃晄 晚晩 晝昼 曆暦 曉暁 曾曽 會会 栁柳 桒桑
    桧檜 條条 棧桟 榮栄 槗橋 槙槇 槪概 樂楽 樓楼 樞枢 樣様 橫横 檢検 櫻桜 權権 歐欧 歡歓 步歩 歷歴 歸帰 殘残
    殼殻 毆殴 每毎 氣気 涉渉 淚涙 淨浄 淺浅 渊淵 渕淵 渴渇 溪渓 溫温 滯滞 滿満 潛潜 澁渋 澤沢 濕湿 濟済 濱浜
    濵浜 瀧滝 瀨瀬 灣湾 燈灯 燒焼 營営 爐炉 爭争 爲為 犧犠 狀状 狹狭 獨独 獵猟 獸獣 獻献 甁瓶 畫画 當当 疊畳
    瘦痩 癡痴 發発 盃杯 盜盗 盡尽 眞真 硏研 碎砕 祕秘 祢禰 祷禱 禄祿 禪禅 禮礼 稱称 稻稲 穐秋 穗穂 穣穰 穩穏
    竊窃 竝並 篭籠 籔藪 粹粋 絲糸 經経 綠緑 緖緒 緣縁 縣県 縱縦 總総 繩縄 繪絵 繼継 續続 纖繊 缺欠 罐缶 聲声
    聽聴 肅粛 腦脳 膽胆 臟臓 臺台 與与 舊旧 舘館 艷艶 莊荘 莖茎 萌萠 萬万 薗園 薮藪 薰薫 藏蔵 藝芸 藥薬 蘂蕊
    處処 虛虚 號号 螢蛍 蟲虫 蠶蚕 蠻蛮 衞衛 裝装 襃褒 覺覚 覽覧 觀観 觸触 謠謡 證証 譯訳 譽誉 讀読 變変 讓譲
    豐豊 豫予 貳弐 賣売 賴頼 贊賛 踐践 輕軽 轉転 辭辞 遞逓 遥遙 遲遅 邉辺 邊辺 郞郎 鄕郷 醉酔 醫医 釀醸 釋釈
    錄録 錢銭 鍊錬 鎭鎮 鐵鉄 鑄鋳 鑛鉱 關関 陷陥 隨随 險険 隱隠 雙双 雜雑 霸覇 靈霊 靑青 靜静 頬頰 顯顕 飜翻
    餘余 駈駆 騷騒 驅駆 驗験 驛駅 髓髄 體体 髙高 髮髪 鬭闘 鷄鶏 鹽塩 麥麦 麵麺 黃黄 黑黒 默黙 點点 黨党 齊斉
    齋斎 齒歯 齡齢 龍竜 龝秋 﨑崎 𠮟叱 𠮷吉 𣘺橋
"""
"""Each old or variant form with the usual form of the kanji: those of 常用漢字, of 人名用漢字, and of names."""
DELETED_RANGES = (
    (0x00AD, 0x00AD),
    (0x034F, 0x034F),
    (0x061C, 0x061C),
    (0x200B, 0x200F),
    (0x202A, 0x202E),
    (0x2060, 0x206F),
    (0xFE00, 0xFE0F),
    (0xFEFF, 0xFEFF),
    (0xE0000, 0xE0FFF),
)
"""First and last code points of characters without a sign: soft hyphens, marks of direction, variation selectors."""
NARROW_SPACES = "\t\u1680"
"""Spaces that normalization form KC leaves."""
_MAP = {ord(pair[0]): pair[1] for table in (RADICALS, VARIANTS) for pair in table.split()} | dict.fromkeys(
    map(ord, NARROW_SPACES), " "
)
_DELETED = re.compile("[" + "".join(f"{chr(first)}-{chr(last)}" for first, last in DELETED_RANGES) + "]")
_EXTENDS = re.compile(rf"{_DELETED.pattern}|[ﾞﾟ]")
_NOT_FOLDED = re.compile(f"[^\x20-\x7e\n、。「」・ーぁ-んァ-ヶ一-鿿]|[{''.join(map(chr, _MAP))}]")
"""Matches each character that folding may change, and some others."""
_NOT_FOLDED_RUN = re.compile(f"(?:{_NOT_FOLDED.pattern})+")


def fold(text: str) -> str:
    """Return a text in which characters that look alike are equal. Folding again changes nothing."""
    if not _NOT_FOLDED.search(text):
        return text
    return unicodedata.normalize("NFKC", _DELETED.sub("", text)).translate(_MAP)


def fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text, and for each of its characters the place in the text where it begins.

    The list ends with the length of the text. A letter and its marks are folded together.
    """
    folded, places, end = "", list[int](), 0
    for run in _NOT_FOLDED_RUN.finditer(text):
        start = max(end, run.start() - 1)  # the character before may have marks
        folded += text[end:start]
        places += range(end, start)
        for index in range(start + 1, run.end() + 1):
            if index == run.end() or not _extends(text[index]):
                sign = fold(text[start:index])
                folded += sign
                places += [start] * len(sign)
                start = index
        end = run.end()
    return folded + text[end:], [*places, *range(end, len(text) + 1)]


def _extends(character: str) -> bool:
    """Return whether a character belongs to the one before it."""
    return unicodedata.category(character)[0] == "M" or bool(_EXTENDS.match(character))


def usual_character(character: str) -> str:
    """Return the character to type in place of a radical or an unusual space; "" for any other character."""
    if "\u2e80" <= character <= "\u2fdf":
        usual = fold(character)
        return usual if usual != character else ""
    is_space = unicodedata.category(character) == "Zs" and character not in " \u3000"
    return " " if is_space or character == "\t" else ""


def repeated_word(word: str, first: str) -> str:
    """Return a repeated word for a message, before が, with the word that it repeats if both only look alike."""
    return f"`{word}` " if word == first else f"`{word}`（`{first}` と同じ言葉とみなします）"


def browser_script() -> str:
    """Return theme/folding.js, which folds texts as this module does."""
    before, after = ("".join(map(chr, _MAP)), "".join(_MAP.values()))
    deleted = "".join(f"\\u{{{first:x}}}-\\u{{{last:x}}}" for first, last in DELETED_RANGES)
    return f"""\
// Folds texts for search.js and list.js: characters that readers take for the same become equal (⺠ → 民, ＮＰＯ → NPO,
// 髙 → 高). Made from the tables in handbook/folding.py.
'use strict';

window.foldLookAlikes = (() => {{
  const before = [...{json.dumps(before, ensure_ascii=False)}];
  const after = [...{json.dumps(after, ensure_ascii=False)}];
  const usual = new Map(before.map((character, index) => [character, after[index]]));
  const mapped = new RegExp(`[${{before.join('')}}]`, 'gu');
  const deleted = /[{deleted}]/gu;
  return (text) => text.replace(deleted, '').normalize('NFKC').replace(mapped, (character) => usual.get(character));
}})();
"""
