"""Templates of a case: 背景-方法-发现-行动-成效, and 道-法-术-器-用-势."""

HEAD_ZH = """---
title: TITLE
subtitle: 一句话说明这个案例讲什么
lang: zh
author: 研究团队
reports:
  本期: REPORT
anonymise:
  企业全称: 某企业
min_n: 100
---

<!-- 每个数字都写成引用：双花括号内写 报告#指标:题目(群体) | 选项；选项有 base interval change size previous digits=0 n nounit。 -->
<!-- 报告以外的数字写成：双方括号内写 文字 | 来源。 -->
"""
HEAD_EN = """---
title: TITLE
subtitle: One sentence on what this case tells
lang: en
author: The research team
reports:
  now: REPORT
anonymise:
  Full Company Name: a company
min_n: 100
---

<!-- Every number is a reference in double braces: report#metric:item(group) | options; base interval change size previous digits=0 n nounit. -->
<!-- A number from outside stands in double brackets: text | its source. -->
"""
FIVE_ZH = """
## 背景

企业遇到了什么问题，为什么是现在。

## 方法

问了谁、怎么问、什么时候问。本期共回收有效评价 {{ 本期#nps(all) | n }} 份。

## 发现

净推荐值 NPS 为 {{ 本期#nps(all) | base, interval }}，{{ 本期#nps(all) | change }}。

{{ figure: 本期#nps(_wave=*) | title=净推荐值 NPS，各期 }}

## 行动

企业据此做了什么，由谁负责。

## 成效

下一期的结果如何；没有检验成立的变化，就写“未见显著变化”。
"""
SIX_ZH = """
## 道：为什么要做

企业相信什么，要为谁创造什么体验。

## 法：按什么规则做

研究与管理遵循的规则。本期共回收有效评价 {{ 本期#nps(all) | n }} 份。

## 术：用什么方法发现问题

净推荐值 NPS 为 {{ 本期#nps(all) | base, interval }}，{{ 本期#nps(all) | change }}。

{{ figure: 本期#nps(_wave=*) | title=净推荐值 NPS，各期 }}

## 器：靠什么工具落地

数据、流程与系统。

## 用：做了哪些行动

由谁负责，何时完成。

## 势：带来了什么，接下来往哪里去

下一期的结果如何；没有检验成立的变化，就写“未见显著变化”。
"""
FIVE_EN = """
## Background

What the company faced, and why now.

## Approach

Who was asked, how and when: {{ now#nps(all) | n }} valid answers.

## Findings

The Net Promoter Score is {{ now#nps(all) | base, interval }}: {{ now#nps(all) | change }}.

{{ figure: now#nps(_wave=*) | title=Net Promoter Score by wave }}

## Actions

What the company did, and who was responsible.

## Effect

How the next wave came out; without a tested change, say that there is no evidence of change.
"""
SIX_EN = """
## Way: why

What the company believes in.

## Rules: by what

The rules of research and management: {{ now#nps(all) | n }} valid answers.

## Methods and findings

The Net Promoter Score is {{ now#nps(all) | base, interval }}: {{ now#nps(all) | change }}.

{{ figure: now#nps(_wave=*) | title=Net Promoter Score by wave }}

## Tools: with what

Data, processes, systems.

## Use: what was done

Who was responsible, and by when.

## Momentum: effect and what comes next

How the next wave came out; without a tested change, say that there is no evidence of change.
"""
FRAMES = {
    ("five", "zh"): HEAD_ZH + FIVE_ZH,
    ("six", "zh"): HEAD_ZH + SIX_ZH,
    ("five", "en"): HEAD_EN + FIVE_EN,
    ("six", "en"): HEAD_EN + SIX_EN,
}
