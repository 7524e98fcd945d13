"""What must not be seen in free text: phones, mail addresses, ids, cards, plates, chat ids, addresses, names, order numbers.

Every text passes `mask` before it is displayed, exported or logged. The rules are regular expressions plus check digits;
they read half and full width alike and cost almost nothing on a text without digits or cues.
"""

import re
from datetime import date
from itertools import pairwise

LABELS = {
    "email": "[邮箱]",
    "id_card": "[证件号]",
    "bank_card": "[银行卡]",
    "wechat": "[微信]",
    "qq": "[QQ]",
    "order": "[订单号]",
    "phone": "[电话]",
    "plate": "[车牌]",
    "address": "[地址]",
    "name": "[姓名]",
    "number": "[长数字]",
}
KINDS = tuple(LABELS)

# One character to one character, so that a span found in the folded text is the same span in the original.
_FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
_FOLD |= {ord(a): b for a, b in zip("　—–―‐－·•\u200b\u200c\u200d\u2060\ufeff\u00a0", " -----··      ", strict=True)}
_SPOKEN = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "0012345678911" + "23456789")

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷"
    "侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉"
    "骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲"
    "虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀胥郁南班储原栗燕楚鄢扎劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来"
    "扈晁都芮普阙浦戈伏鹿薄邸雍辜羊阿乌母裘亓修邰赫杭况那宿鲜印逯隆茹诺战慕危玉银亢嵇公"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|独孤|慕容|夏侯|皇甫|尉迟|公孙|令狐|长孙|宇文|轩辕|端木|百里|南宫|西门"
_NO_NAME = frozenset(
    "常客 金卡 银卡 白卡 白金 黄金 万豪 全家 全程 高管 高铁 高端 高层 高中 高校 高兴 应届 方便 连续 单独 单身 单纯 温州 安徽 江苏 江西 武汉 成都 商务 商家 商人 华为 华住 "
    "时常 和朋友 明天 明白 南方 北方 国企 平时 平常 公司 公务 满意 路过 路人 游客 来自 来玩 应该 何必 何时 万一 石家庄 那种 那个 那样 都市 国内 任何 安心 安全 平台 "
    "容易 强烈 老师 司机 师傅 经理 区域 海外 海南 云南 门店 门口 相当 相信 初次 初中 关键 关注 关于 向往 许多 支付 管理 施工 文员 文科 马上 包括 尤其 简直 解决 有关 安静 "
    "成功 花钱 满分 国际 国家 原因 原来 时间 时候 时尚 任性 广东 宁波 宁愿 温柔 方面 于是 金牌 古镇 白天 白领 江湖 盘算 解释 关系 米粉 石油 易购 康师傅 卫生 荣耀 乐意 "
    "冷笑 冷冰冰 冷淡 冷漠 盖章 帅哥 戴眼镜 西门子 高峰 白搭 金山 阿门 苦笑 谢谢 许可 阳光 计划 单位 明确 相同 后来 毕业 毕竟 毕业生 满员 索性 从来 项目 房东 房客 路由 华夏 华人 查询 池子 车主 车手 车迷 车友 农民 农村 班主任 班长 会员".split()
)
_NO_LAST = frozenset("人客卡的了时店家员们过着天号级是在都也就不没有说问要给我你他")
_FUNCTION = frozenset("都来和那曾时应从连于向有相全强满平当单要方常容易关包管查计空花钱还把被让")
_GIVEN = "[\u4e00-\u9fff]"
_NAME = rf"(?P<name>(?:{_COMPOUND}){_GIVEN}{{1,2}}|[{_SURNAMES}]{_GIVEN}{{1,2}})"
_TITLE = "先生|女士|小姐|太太|阿姨|叔叔|大哥|大姐|师傅|老师|经理|主任|医生|护士|总|工"
_AFTER = rf"(?=$|[^\u4e00-\u9fff]|电话|手机|微信|联系|身份证|地址|住址|邮箱|{_TITLE}|的|是|我|你|和|在|态度|服务|非常|很|特别|给|帮|说)"

_STRONG = (
    r"(?:联系人|收件人|收货人|寄件人|经办人|负责人|入住人|投保人|被保人|持卡人|申请人|订票人|预订人|乘客姓名|客户姓名|顾客姓名|真实姓名|本人姓名|姓名|名字叫?|全名|署名|我叫|他叫|她叫|名叫|法人代表|总经理[:：])"
    r"[ \t]*(?:姓名)?[ \t]*(?:[:：=]|是|为|叫)?[ \t]*"
)
_WEAK = (
    r"(?:我是|本人是?|在下|免贵姓?|这是|叫做?|姓|工号[ \t]*[0-9a-z]{1,10}[ \t]*的?|(?:前台|店长|店员|经理|主管|客服|导购|服务员|服务生|接待|领班|管家|师傅|护士|医生|销售|顾问|快递员|骑手|司机|老师|老板娘?|阿姨|保安|技师|理发师)(?:叫|是|[:：])?)"
    r"[ \t]*"
)
_RULES_NAME = [
    (re.compile(_STRONG + _NAME + _AFTER), False),
    (re.compile(_STRONG + _NAME), False),
    (re.compile(_WEAK + _NAME + _AFTER), True),
    (
        re.compile(r"(?:姓|我是|免贵|客服|前台|店长|经理)[ \t]*(?P<name>[小老阿]?[" + _SURNAMES + rf"])(?={_TITLE})"),
        True,
    ),
    (
        re.compile(
            rf"(?:客服|前台|店员|导购|服务员|服务生|师傅|护士|管家|销售|顾问|快递员|骑手|司机|技师)(?:是|叫)?(?P<name>(?![小老阿][费时米路车白满钱童强公师花牛毛方平和])[小老阿][{_SURNAMES}])(?![{_SURNAMES}](?:$|[^\u4e00-\u9fff]))"
        ),
        True,
    ),
    (re.compile(r"(?P<name>" + rf"[{_SURNAMES}]{_GIVEN}{{1,2}})(?=[ \t]*1[3-9][0-9]{{9}})"), True),
    (
        re.compile(
            r"(?:(?:联系人|收件人|姓名|name)[ \t]*[:：]?|my name is)[ \t]*(?P<name>[A-Za-z][a-z]+(?:[ .·][A-Za-z][a-z]+){0,2})",
            re.IGNORECASE,
        ),
        False,
    ),
]
_NAME_CUE = re.compile(
    "联系人|收件人|收货人|寄件人|经办人|负责人|入住人|投保人|被保人|持卡人|申请人|订票人|预订人|姓|名|叫|我是|本人|在下|这是|工号|法人|总经理|前台|店长|店员|经理|主管|客服|导购|服务员|服务生|接待|领班|管家|师傅|护士|医生|销售|顾问|快递员|骑手|司机|老师|老板|阿姨|保安|技师|理发师|name|NAME|Name"
)

_PLACE = "[^\\W0-9a-zA-Z_我你他她它的了在是这那住去给寄送把被到距离很没叫们址就也还位于近]"
_NUMERAL = "[0-9一二三四五六七八九十百〇零两]"
_ROAD = "(?:大街|大道|胡同|路|街|道|巷|里)"
_ESTATE = "(?:小区|花园|家园|公寓|大厦|广场|新村|苑|院|园|府|城|村|组|屯|庄)"
_REGION = f"(?:{_PLACE}{{1,8}}?(?:省|自治区|市|自治州|盟|区|县|旗|镇|乡|街道|村))*"
_INSIDE = (
    r"(?:[ \t,，]*(?:" + _PLACE + r"{1,8}?" + _ESTATE + r")?[ \t]*[0-9一二三四五六七八九十]{1,5}(?:-[0-9]{1,5})*[ \t]*"
    r"(?:号院|号楼|号|弄|栋|幢|座|单元|室|楼|层|房(?!间)|户|(?=$|[^0-9年月日元块米分点人天次间房晚个])))*"
)
_ADDRESS = [
    re.compile(
        rf"{_REGION}{_PLACE}{{1,8}}?{_ROAD}[ \t]*{_NUMERAL}{{1,6}}(?:[-之]{_NUMERAL}{{1,4}})*[ \t]*(?:号院|号|弄|#){_INSIDE}"
    ),
    re.compile(
        rf"{_REGION}{_PLACE}{{1,8}}?{_ESTATE}[ \t]*{_NUMERAL}{{1,4}}[ \t]*(?:号楼|栋|幢|座|组|单元|室|号){_INSIDE}"
    ),
    re.compile(
        r"[0-9]{1,4}[ \t]*(?:号楼|栋|幢|座|弄)[ \t]*(?:[0-9一二三四五六]{1,3}[ \t]*单元[ \t]*[0-9]{1,5}[ \t]*(?:室|号|户)?|[0-9]{1,5}[ \t]*(?:室|户))"
        r"|(?<![0-9])[0-9]{1,3}(?:栋|幢)[0-9]{3,4}(?![0-9间房元])"
    ),
    re.compile(
        r"(?:(?:收货|收件|邮寄|通讯|联系|家庭|现|常住|详细|快递)(?:地址|住址)|住址|地址|家住|我住在?|我家在|寄到|送到|寄往|邮寄到)[ \t]*(?:[:：]|是|为|在)?[ \t]*"
        r"(?P<address>(?=[^，。；;,!！?？\n\r]{0,40}(?:省|市|区|县|镇|乡|村|路|街|花园|家园|苑))(?=[^，。；;,!！?？\n\r]{2,50}[0-9])[^，。；;,!！?？\n\r]{2,50}?"
        r"(?:小区|花园|家园|公寓|大厦|新村|苑|单元|室|栋|幢|号楼|号院|号|弄)(?:[ \t]*[A-Za-z]?[0-9一二三四五六七八九十][-0-9A-Za-z一二三四五六七八九十号楼栋幢座单元室层户]{0,20})?)"
    ),
]

_SEP = "[ \t-]?"
_ID = re.compile(
    rf"(?<![0-9])[1-9][0-9]{{5}}{_SEP}(?:19|20)[0-9]{{2}}{_SEP}[0-9]{{2}}{_SEP}[0-9]{{2}}{_SEP}[0-9]{{3}}{_SEP}[0-9Xx](?![0-9A-Za-z])"
)
_ID_OLD = re.compile(r"(?<![0-9])[1-9][0-9]{14}(?![0-9])")
_TRAVEL = re.compile(
    r"(?:护照|通行证|回乡证|台胞证|港澳证|passport|证件)(?:号码|号)?[ \t]*(?:[:：]|是|为|no\.?)?[ \t]*(?P<id>[A-Za-z]{1,2}[0-9]{7,9}|[0-9]{8}(?![0-9]))",
    re.IGNORECASE,
)
_CARD = re.compile(r"(?<![0-9])[2-69](?:[ -]?[0-9]){12,18}(?![0-9])")
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}[ ]?@[ ]?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+|[A-Za-z0-9._%+-]{2,64}@(?:163|126|qq|139|189|sina|sohu|gmail|yahoo|hotmail|outlook|foxmail)\b",
    re.IGNORECASE | re.ASCII,
)
_WECHAT = re.compile(
    r"(?P<wxid>wxid_[a-z0-9]{6,20})|(?:(?:微信|薇信|威信|徽信|卫星号|weixin|wechat|(?<![a-z])(?:wx|vx)|[v➕]信)[ \t]*(?:同?号码?|id|账号|帐号)?[ \t]*(?:[:：=]|是|为|加)*[ \t]*|(?<![a-z])(?:加|我的?)[ \t]*[vV➕][ \t]*[:：]?[ \t]*)"
    r"(?P<id>[a-z][a-z0-9_-]{5,19}|[1-9][0-9]{4,11})(?![a-z0-9])",
    re.IGNORECASE | re.ASCII,
)
_WECHAT_STRONG = re.compile(r"号|id|账|帐|[:：=]|是|为|加", re.IGNORECASE)
_WECHAT_WORDS = re.compile(
    r"(?:wechat|weixin|alipay|iphone|android|ipad|huawei|xiaomi|windows|youtube|taobao)", re.IGNORECASE
)
_QQ = re.compile(
    r"(?:(?<![a-z])q{1,2}|扣扣|扣群|企鹅|秋秋)[ \t]*(?:群|号码?|账号|帐号|id)*[ \t]*(?:[:：=]|是|为|加)*[ \t]*(?P<id>[1-9][0-9]{4,10})(?![0-9]|[人元块个万分])",
    re.IGNORECASE | re.ASCII,
)
_ORDER = re.compile(
    r"(?:(?:订单|定单|快递|运单|物流|快件|包裹|流水|工单|投诉单|受理|预订|预定|确认|交易|发票|保单|合同|机票|客票|票|会员|会员卡|积分卡|银行卡|信用卡|储蓄卡|取件|挂号|就诊|病历|学号|工|priority)[ \t]*(?:编号|单号|号码|卡号|帐号|账号|号|码|单)?|单号|卡号|账号|帐号|编号|order|no\.)"
    r"[ \t]*(?:分别)?(?:[:：=#]|是|为|no\.?|尾号)*[ \t]*(?P<id>(?:[0-9]{4} ){3}[0-9]{3,7}(?![0-9])|(?:[a-z]{1,6}-?)?[0-9](?:[0-9a-z-]{4,30}[0-9a-z])(?![0-9a-z]))",
    re.IGNORECASE | re.ASCII,
)
_ORDER_AFTER = re.compile(
    r"(?P<id>[A-Za-z]{0,4}[0-9]{6,24})(?=[ \t]*(?:是|为)?(?:我的|这个|的)?(?:订单|定单|单号|快递单|运单|会员号))"
)
_COURIER = re.compile(
    r"(?<![A-Za-z0-9])(?:SF|YT|ZT|STO|JD[A-Z]{0,2}|JT|EMS|DPK|KF|[A-Z]{2})[0-9]{10,18}(?![0-9])", re.IGNORECASE
)
_MOBILE = re.compile(
    rf"(?<![0-9])(?:\+?(?:00)?86[ -]?)?1[3-9][0-9](?:{_SEP}[0-9]{{4}}{_SEP}[0-9]{{4}}|{_SEP}[0-9]{{3}}{_SEP}[0-9]{{5}}|{_SEP}[0-9]{{5}}{_SEP}[0-9]{{3}}|{_SEP}[0-9]{{2}}{_SEP}[0-9]{{3}}{_SEP}[0-9]{{3}})(?![0-9])"
    r"|(?<![0-9])1[ ][3-9](?:[ ][0-9]){9}(?![0-9])|(?<![0-9])1[ -][3-9][0-9]{2}[ -][0-9]{3}[ -][0-9]{4}(?![0-9])"
    r"|(?<![0-9])1[3-9](?:[ .·-]?[0-9]){4,7}[*xX]{2,4}(?:[0-9]{0,4})(?![0-9])"
)
_LANDLINE = re.compile(
    r"(?<![0-9])(?:\+?86[ -]?)?\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ -]{0,2}[2-8][0-9]{2,3}[ -]?[0-9]{4}(?:[ ]?(?:转|ext\.?|-)[ ]?[0-9]{1,6})?(?![0-9])"
    r"|(?<![0-9])[48]00[ -]?[0-9]{3}[ -]?[0-9]{4}(?![0-9])|(?<![0-9])[48]00[ -][0-9]{4}[ -][0-9]{3}(?![0-9])"
    r"|(?<![0-9])(?:\+|00)(?!86)[1-9][0-9]{0,2}[ -]?(?:\([0-9]{1,4}\)[ -]?)?[0-9](?:[ -]?[0-9]){6,11}(?![0-9])",
    re.IGNORECASE,
)
_LOCAL = re.compile(
    r"(?:电话|手机|座机|联系方式|固话|热线|致电|拨打|打给|联系我|传真|回电|tel|phone|call)[^0-9\n]{0,8}(?P<id>[2-9][0-9]{2,3}[ -]?[0-9]{4}|[1-9][0-9]{6,11})(?![0-9])",
    re.IGNORECASE,
)
_SPOKEN_PHONE = re.compile("(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][ ·.-]?(?P<tail>[A-HJ-NP-Za-hj-np-z0-9]{5,6}|[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳领])(?![A-Za-z0-9])"
)
_LONG = re.compile(r"(?<![0-9.])[0-9]{14,}(?![0-9])")
_TRIGGER = re.compile("[0-9@〇零一二三四五六七八九幺壹]|[微薇威徽v➕]信|weixin|wechat|[vw]x|加[v➕]", re.IGNORECASE)
_ISBN = re.compile(r"97[89][0-9]{10}\Z")


def find(text):
    """Every span of `text` that must not be seen.

    Parameters
    ----------
    text : str
        Any text; half and full width, and zero-width characters between digits, are read alike.

    Returns
    -------
    list of (str, int, int)
        Kind (one of `KINDS`), start and end in characters of `text`; in order, never overlapping.

    Raises
    ------
    TypeError
        `text` is not a string.

    Notes
    -----
    Resident ids pass the check digit of GB 11643-1999 or carry a possible birthday; bank cards pass Luhn (ISO/IEC 7812).
    A long number that passes neither is still masked, as ``number``. Names are found after cues only ("联系人", "我是"):
    a name without a cue stays, so texts are never anonymous by this alone. Names that are words too (金卡, 常客) are left.

    Examples
    --------
    >>> find("电话13800138000")
    [('phone', 2, 13)]
    """
    if not isinstance(text, str):
        raise TypeError(
            f"find: text must be a str, not {type(text).__name__}; drop missing comments or use mask_series."
        )
    folded = text.translate(_FOLD)
    spans = []
    if _TRIGGER.search(folded):
        for kind, start, end in _numbers(folded):
            _keep(spans, kind, start, end)
    if _NAME_CUE.search(folded) or _SPOKEN_PHONE.search(folded):
        for start, end in _names(folded):
            _keep(spans, "name", start, end)
    return sorted(spans, key=lambda span: span[1])


def mask(text):
    """The text with every span that `find` reports replaced by the label of its kind.

    Parameters
    ----------
    text : str

    Returns
    -------
    str
        Masking a masked text changes nothing.

    Raises
    ------
    TypeError
        `text` is not a string.

    Examples
    --------
    >>> mask("请打13800138000，找我")
    '请打[电话]，找我'
    """
    for _ in range(3):  # a label can bring two cues together; a second pass settles it
        spans = find(text)
        if not spans:
            break
        edges = [0, *(edge for _, start, end in spans for edge in (start, end)), len(text)]
        plain = [text[a:b] for a, b in list(pairwise(edges))[::2]]
        text = plain[0] + "".join(LABELS[kind] + rest for (kind, _, _), rest in zip(spans, plain[1:], strict=True))
    return text


def mask_series(series):
    """`mask` over a pandas or polars series; missing comments stay missing, the name and the index stay.

    Raises
    ------
    TypeError
        Not a pandas or polars series, or one that holds anything but text.
    """
    if type(series).__module__.startswith("polars"):
        import polars as pl

        if series.dtype == pl.Null:
            return series
        if series.dtype not in (pl.String, pl.Categorical):
            raise TypeError(f"mask_series: series {series.name!r} holds {series.dtype}, not text; cast it first.")
        return pl.Series(series.name, [None if text is None else mask(text) for text in series], dtype=pl.String)
    if not hasattr(series, "map") or not hasattr(series, "isna"):
        raise TypeError(f"mask_series: expected a pandas or polars series, not {type(series).__name__}.")
    return series.map(mask, na_action="ignore")


def _numbers(folded):
    for match in _EMAIL.finditer(folded):
        yield "email", *match.span()
    for match in _ID.finditer(folded):
        digits = re.sub(r"[ \t-]", "", match.group())
        if _id_checks(digits) or _birthday(digits[6:14]):
            yield "id_card", *match.span()
    for match in _ID_OLD.finditer(folded):
        if _birthday("19" + match.group()[6:12]) and not _luhn(match.group()):
            yield "id_card", *match.span()
    for match in _TRAVEL.finditer(folded):
        yield "id_card", *match.span("id")
    for match in _CARD.finditer(folded):
        digits = re.sub("[ -]", "", match.group())
        if len(set(digits)) > 1 and _luhn(digits) and not _ISBN.match(digits):
            yield "bank_card", *match.span()
    for match in _MOBILE.finditer(folded):
        if not _ORDER_NEAR.search(folded, max(0, match.start() - 12), match.start()):
            yield "phone", *match.span()
    for match in _WECHAT.finditer(folded):
        if match["wxid"]:
            yield "wechat", *match.span("wxid")
        elif _wechat_id(folded[match.start() : match.start("id")], match["id"]):
            yield "wechat", *match.span("id")
    for match in _QQ.finditer(folded):
        yield "qq", *match.span("id")
    for pattern in (_ORDER, _ORDER_AFTER):
        for match in pattern.finditer(folded):
            if sum(c.isdigit() for c in match["id"]) >= 6 and not _dated(match["id"]):
                yield "order", *match.span("id")
    for match in _COURIER.finditer(folded):
        yield "order", *match.span()
    for match in _LANDLINE.finditer(folded):
        yield "phone", *match.span()
    for match in _LOCAL.finditer(folded):
        if not _dated(match["id"]) and len(set(match["id"])) > 2:
            yield "phone", *match.span("id")
    for match in _SPOKEN_PHONE.finditer(folded.translate(_SPOKEN)):
        yield "phone", *match.span()
    for match in _PLATE.finditer(folded):
        if sum(c.isdigit() for c in match["tail"]) >= 3:
            yield "plate", *match.span()
    for pattern in _ADDRESS:
        for match in pattern.finditer(folded):
            yield "address", *match.span("address" if "address" in pattern.groupindex else 0)
    for match in _LONG.finditer(folded):
        if len(set(match.group())) > 2:
            yield "number", *match.span()


_ORDER_NEAR = re.compile(r"(?:订单|定单|单号|运单|流水|工单|编号)[^0-9，。；,;]{0,6}\Z")


def _names(folded):
    for pattern, doubtful in _RULES_NAME:
        at = 0
        while match := pattern.search(folded, at):
            start, end = match.span("name")
            at = max(end, match.start() + 1)
            if not match["name"].isascii():
                end = start + _name_length(folded, match, doubtful)
            if end > start:
                yield start, end
            else:
                at = match.start("name")


def _name_length(folded, match, doubtful):
    """Characters of the match that the segmenter, reading on, calls a person's name; 0 where it is another word."""
    import rjieba

    name, start = match["name"], match.start("name")
    if len(name) == 1 or (len(name) == 2 and name[0] in "小老阿"):
        return len(name)
    if name in _NO_NAME or name[:2] in _NO_NAME:
        return 0
    if name[:2] in _COMPOUND.split("|"):
        return len(name)
    words = rjieba.tag(folded[start : start + 8])
    if len(words) > 1 and len(words[0][0]) == 1 and len(words[1][0]) <= 2 and words[0][1] == words[1][1] == "nr":
        return 1 + len(words[1][0])
    if words[0][1].startswith("nr") and 2 <= len(words[0][0]) <= 3:
        found = words[0][0]
        if doubtful and (found in _NO_NAME or found[-1] in _NO_LAST or found[0] in _FUNCTION and len(found) == 2):
            return 0
        return len(found)
    if doubtful or name[0] in _FUNCTION or len(words[0][0]) > 1:
        return 0
    return len(name)


def _keep(spans, kind, start, end):
    if all(end <= a or start >= b for _, a, b in spans):
        spans.append((kind, start, end))


def _id_checks(digits):
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(d) * w for d, w in zip(digits[:17], weights, strict=True))
    return digits[17].upper() == "10X98765432"[total % 11]


def _birthday(digits):
    try:
        return date(1900, 1, 1) <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])) <= date.today()
    except ValueError:
        return False


def _luhn(digits):
    doubled = (int(d) * (1 + at % 2) for at, d in enumerate(reversed(digits)))
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def _dated(digits):
    """2008-08-08 or 20080808 after a cue such as 电话预订 is a date, not a number to hide."""
    plain = re.sub("[ -]", "", digits)
    return len(plain) == 8 and plain.isdigit() and _birthday(plain)


def _wechat_id(cue, given):
    if _WECHAT_WORDS.match(given):
        return False
    if _WECHAT_STRONG.search(re.sub("(?i)^(微信|weixin|wechat)", "", cue)):
        return True
    return any(c.isdigit() or c in "_-" for c in given)
