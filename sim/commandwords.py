"""English and Chinese words of the lines that commands print around their tables: where results are, notes, cautions.

`sim.labels` reads them out together with the words for codes. Braces name what is filled in.
"""

from __future__ import annotations

from typing import Final

COMMAND_WORDS: Final[dict[str, tuple[str, str]]] = {
    "line.results": ("results: {folder}", "结果：{folder}"),
    "line.figures": ("figures: {folder}", "图：{folder}"),
    "line.warning": ("warning: {text}", "注意：{text}"),
    "line.interrupted": ("interrupted; {kept}", "已中断；{kept}"),
    "line.nothing_kept": ("nothing was written", "未写入任何结果"),
    "line.runs_kept": (
        "the runs that ended are kept: the same command goes on from there",
        "已完成的模拟均已保存：再次执行同一命令即可继续",
    ),
    "line.written": ("written: {path}", "已写入：{path}"),
    "line.other_code": (
        "note: the fit {name} was made with other code of the model; its parameters are used",
        "说明：拟合 {name} 由另一版本的模型代码得出；仍采用其参数",
    ),
    "line.colon": (": ", "："),
    "line.question": ("{name}: {question}", "{name}：{question}"),
    "line.checked": (
        "ok: {start} to {end}, {places} places, {contents}",
        "无误：{start}至{end}，{places}个地点，{contents}",
    ),
    "contents.counts": (
        "{own}, {standing}, scale {scale}, {values}",
        "本方案政策{own}，既有政策{standing}，1个主体代表{scale:,}人，数值{values}",
    ),
    "contents.policies": ("{n:,} policies", "{n:,}项"),
    "contents.policy": ("{n:,} policy", "{n:,}项"),
    "contents.standing_policies": ("{n:,} standing policies", "{n:,}项"),
    "contents.standing_policy": ("{n:,} standing policy", "{n:,}项"),
    "contents.values": ("{n:,} values", "{n:,}个"),
    "contents.value": ("{n:,} value", "{n:,}个"),
    "contents.plain": (", of which {n} stated without a source", "，其中{n}个未注明出处"),
    "contents.sourced": (", each with its source", "，均注明出处"),
    "amount.each": (
        "{policy}: {name}: {value} in each of {places} places = {total} {unit}",
        "{policy}：{name}：{places}地各{value}，合计{total} {unit}",
    ),
    "explain.key": ("key: {text}", "键：{text}"),
    "explain.meaning": ("meaning: {text}", "含义：{text}"),
    "explain.value": ("value: {text}", "取值：{text}"),
    "explain.unit": ("unit: {text}", "单位：{text}"),
    "explain.source": ("source: {text}", "出处：{text}"),
    "explain.limits": ("limits: {low} to {high}", "允许范围：{low}至{high}"),
    "explain.at_least": ("limits: {low} to none", "允许范围：不低于{low}"),
    "explain.at_most": ("limits: none to {high}", "允许范围：不高于{high}"),
    "explain.set": ("set in: {text}", "设定位置：{text}"),
    "explain.declared": ("declared in: {text}", "声明位置：{text}"),
    "explain.kept": ("; the value before the fit is kept", "；保留拟合前的取值"),
    "explain.reading": ("reading: {text}", "解读：{text}"),
    "explain.before": ("value before the fit: {text}", "拟合前取值：{text}"),
    "explain.interval": (
        "the published figures place it in this interval with 90 % probability; {verdict}",
        "公布值表明其有90%的概率位于该区间；{verdict}",
    ),
    "explain.identified": ("trials with a known value found it again", "用已知取值检验，能够重新找回"),
    "explain.weak": (
        "trials with a known value found it again, but only roughly",
        "用已知取值检验，只能大致找回",
    ),
    "explain.not_identified": (
        "trials with a known value did not find it again: little more is known than before the fit",
        "用已知取值检验，未能重新找回：所知比拟合前多不了多少",
    ),
    "explain.not_judged": ("no trial with a known value was made", "未用已知取值检验"),
    "progress.runs": ("runs", "模拟"),
    "progress.runs_of": ("{name}: runs", "{name}：模拟"),
    "progress.quarters_of": ("{name}: quarters", "{name}：季度"),
    "caution.small": (
        (
            "too small for scale {scale}, so that chance decides: {shown}. Use --scale {enough} or less for {least} "
            "agents in a place"
        ),
        (
            "以下规模相对于 --scale {scale} 过小，结果由随机性决定：{shown}。"
            "要使一地至少有{least}个主体，请用 --scale {enough} 或更小"
        ),
    ),
    "caution.size": ("{policy} ({text})", "{policy}的 {text}"),
    "caution.agents": ("{field} {amount}: {agents} agents", "{field} {amount}，相当于{agents}个主体"),
    "caution.one_agent": ("{field} {amount}: {agents} agent", "{field} {amount}，相当于{agents}个主体"),
    "caution.to": (" to ", "至"),
    "caution.comma": (", ", "，"),
    "caution.semicolon": ("; ", "；"),
    "caution.at": ("{policy} in {places}", "{policy}（实施地：{places}）"),
    "caution.number": ("{policy}, number {number}", "{policy}（第{number}项）"),
    "caution.where": ("in {names}", "见于{names}"),
    "caution.early": (
        (
            "{policy} begins in {from_}, before the run ({start}): it acts from {start} on, and its steps and terms "
            "count from {from_}. Write {start} if this is not meant"
        ),
        (
            "{policy}自{from_}开始，早于模拟起点（{start}）：政策自{start}起生效，但分期与期限仍从{from_}算起。"
            "如非本意，请改写为 {start}"
        ),
    ),
}
