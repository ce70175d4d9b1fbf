"""English and Chinese words of the lines that the commands of experiments print around their tables."""

from __future__ import annotations

from typing import Final

from sim.labels import Lang

WORDS: Final[dict[str, tuple[str, str]]] = {
    "points": ("{n} points", "{n}个设计点"),
    "policies": ("{n} policies", "{n}个政策方案"),
    "futures": ("{n} futures", "{n}个情景"),
    "parameter_sets": ("{n} parameter sets", "{n}组参数"),
    "seeds": ("{n} seeds", "{n}个随机种子"),
    "one_run": ("1 run", "1次"),
    "left_out": (", less {n} that `when` leaves out", "，减去 `when` 排除的{n}次"),
    "plan": (
        "{n} runs: {product}{left_out}; outcomes of {cities} from {since} on",
        "共{n}次模拟：{product}{left_out}；统计{cities}自{since}起的结果",
    ),
    "study": ("{name}: {points} of {keys}, {n} runs", "{name}：{keys}，{points}，共{n}次模拟"),
    "point": ("{n} point", "{n}个设计点"),
    "key": ("{n} key", "{n}个参数"),
    "keys": ("{n} keys", "{n}个参数"),
    "other_seeds": (
        (
            "{folder} also has runs of {name} with other seeds ({others}): they stay, and are not used. "
            "Seeds asked for: {seeds}"
        ),
        "{folder} 中还有 {name} 用其他随机种子（{others}）的模拟：予以保留，但不使用。本次所用随机种子：{seeds}",
    ),
    "other_seeds_last": (
        (
            "{folder} also has runs of {name} with other seeds ({others}), which are not used. "
            "Seeds asked for last: {seeds}"
        ),
        "{folder} 中还有 {name} 用其他随机种子（{others}）的模拟，未使用。最近一次所用随机种子：{seeds}",
    ),
    "go_on": (
        " Go on with: talentsim sweep {file} --seeds {n}",
        "可继续执行：talentsim sweep {file} --seeds {n}",
    ),
    "dry.head": ("dry run", "预估"),
    "dry.runs": ("runs", "模拟次数"),
    "dry.there": ("in the store", "结果库中已有"),
    "dry.missing": ("to be simulated", "尚需模拟"),
    "dry.from_store": ("a simulation (as runs in the store took)", "单次模拟耗时（按库中已有模拟估计）"),
    "dry.drawn_out": ("a simulation (drawn out from a short run)", "单次模拟耗时（由短时试跑推算）"),
    "dry.time": ("time with {n} workers", "{n}个工作进程预计用时"),
    "dry.disk": ("disk", "占用磁盘"),
    "report.runs": (
        "{there} runs were there, {copied} copied from runs alike, {simulated} simulated",
        "{there}次已在库中，{copied}次由相同的模拟复制，{simulated}次新模拟",
    ),
    "report.deaths": (", {n} dead workers replaced", "，替换异常退出的工作进程{n}个"),
    "report.time": (
        "{time} with {workers} workers: {each:.3f} s a simulation, {around:.0f} ms around it",
        "{workers}个工作进程用时{time}：单次模拟{each:.3f}秒，模拟之外的开销每次{around:.0f}毫秒",
    ),
    "report.store": ("store: {store}, sweep {name}, {n} runs", "结果库：{store}，批量模拟 {name}，共{n}次"),
    "hours": ("{n:.1f} h", "{n:.1f}小时"),
    "minutes": ("{n:.1f} min", "{n:.1f}分钟"),
    "seconds": ("{n:.1f} s", "{n:.1f}秒"),
    "seconds_each": ("{n:.2f} s", "{n:.2f}秒"),
    "progress.conditions": ("conditions", "查找条件"),
}


def say(key: str, lang: Lang, **facts: object) -> str:
    """The words for `key` in `lang`, with `facts` filled in."""
    english, chinese = WORDS[key]
    return (chinese if lang == "zh" else english).format(**facts)
