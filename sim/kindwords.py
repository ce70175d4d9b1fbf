"""What each kind of policy does, in Chinese; the English stands with the kinds themselves (sim/policies)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

SUMMARIES: Final[Mapping[str, str]] = {
    "living_subsidy": "向在本市居住的符合条件者按月发放补贴",
    "rent_subsidy": "向在本市租房的符合条件者补贴部分房租，可设上限",
    "tax_refund": "向在本市工作的符合条件者按月返还部分个人所得税",
    "award": "向在本市居住的符合条件者一次性发放奖金",
    "talent_housing": "以低于市场的租金向符合条件者出租住房，有期限",
    "settling_support": "住房先免租若干月，再低租若干月",
    "purchase_subsidy": "符合条件者在本市购房时一次性补贴一笔款或部分房价",
    "hukou_quota": "在现有指标之外每年增加面向符合条件者的落户指标",
    "hukou_relaxation": "放宽直接落户的学历、居住满若干年可落户、降低积分落户的年限要求",
    "hukou_points": "在积分落户中为符合条件者加分，或改变学历、居住年限与工资的分值",
    "school_places": "为没有本地户口的符合条件者的子女提供学位",
    "regional_cooperation": "在一组城市之间流动时权益随人走：居住年限与享受期限连续计算",
    "migration_barrier": "跨地区或任意两地之间迁移的代价提高",
    "transport_improvement": "所列地点之间迁移代价降低，或其内部通勤时间缩短",
    "hiring_subsidy": "用人单位每录用一名符合条件者即获得补贴",
    "ai_demand_shock": "AI岗位占比或全部用工需求变为原来的若干倍",
    "enrolment_change": "按层次与学科调整院校招生规模",
    "curriculum_reform": "课程更快跟上前沿，实践学时增加",
    "integrated_training": "定向培训：求职者全日制、在职者业余，结业可得证书",
    "association_platform": "行业协会让人看到更多岗位、传播政策信息、减少对应聘者判断的不确定、加快课程更新",
    "dual_teachers": "更多教师有企业实践经历，企业导师进课堂",
    "internship": "学生毕业前在企业实习：首份工作前即有经验与实践",
    "cooperation_deepening": "院校与企业合作更深：共同设计课程、共建实验室",
    "certification": "组织行业证书考试，并使用人单位更认可证书",
    "training_subsidy": "企业培训更多员工，按培训人数获得补贴",
    "firm_attraction": "引进企业给城市带来岗位，其中一部分来自其他地方",
    "startup_space": "在企业退出处更快产生新企业，每新设一家给予资金",
    "talent_pool": "中小企业共享工程师、培训与应聘者测评",
    "pay_link": "更多薪酬与评价的业绩挂钩，辞职减少",
    "flexible_talent": "兼职专家不迁居即提高所在企业员工的产出",
    "job_fairs": "招聘会让求职者看到更多岗位，可限定季度",
    "information_platform": "平台把在施行的各项政策告知居民",
    "evaluation_reform": "用人单位按能力评价应聘者：学历权重下降，判断更准",
    "application_scenarios": "开放AI应用订单：承接方增加岗位，企业更早采用AI",
    "research_funding": "资助硕士与博士岗位，政策持续期间有效",
    "ai_price_fall": "AI价格变为原路径的若干倍，企业更早或更晚采用AI",
    "demand_recession": "用工需求下降、持续低迷、结束后逐步恢复",
}
"""Kind -> what it does."""
