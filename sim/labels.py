"""English and Chinese words for every code and quantity that a figure or a printed table shows.

A key names its vocabulary and its code, `education.bachelor`, because one code may stand in several vocabularies:
`other` is a field, an industry and a kind of job. Places carry their names in the world file; `label_place` takes them
from there.
Terms in Chinese follow the usage of the published figures that the model is built on.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

Lang = Literal["en", "zh"]
PlaceLabels = Mapping[str, Mapping[str, str]]

LANGUAGES: Final[tuple[Lang, ...]] = ("en", "zh")


def label(key: str, lang: Lang) -> str:
    """The words for `key` (`education.bachelor`, `axis.rent`) in `lang`. Raises KeyError on an unknown key."""
    english, chinese = LABELS[key]
    return chinese if lang == "zh" else english


def label_code(vocabulary: str, code: str, lang: Lang) -> str:
    """The words for a code that may be new, as a user's scenario is; the code itself, spaced, where none are known."""
    key = f"{vocabulary}.{code}"
    return label(key, lang) if key in LABELS else code.replace("_", " ")


def label_place(place: str, lang: Lang, places: PlaceLabels | None = None) -> str:
    """The name of a place from the world's labels `{place: {"en": .., "zh": ..}}`; its code, spaced, without one."""
    named = (places or {}).get(place, {})
    if lang in named:
        return named[lang]
    return label_code("place", place, lang)


_CODES: Final[dict[str, tuple[str, str]]] = {
    "education.below_bachelor": ("Below bachelor", "专科及以下"),
    "education.bachelor": ("Bachelor", "本科"),
    "education.master": ("Master", "硕士"),
    "education.phd": ("PhD", "博士"),
    "field.ai_computing": ("AI and computing", "人工智能与计算机"),
    "field.engineering": ("Engineering", "工科"),
    "field.science": ("Science", "理科"),
    "field.other": ("Other fields", "其他学科"),
    "industry.computer_internet": ("Computer and internet", "计算机/互联网"),
    "industry.electronics": ("Electronics", "电子"),
    "industry.human_resources": ("Human resources", "人力资源"),
    "industry.manufacturing": ("Manufacturing", "生产制造"),
    "industry.consulting": ("Consulting", "咨询"),
    "industry.pharma_bio": ("Pharma and biotech", "医药生物"),
    "industry.machinery": ("Machinery", "机械"),
    "industry.telecom": ("Telecom", "通信"),
    "industry.new_energy": ("New energy", "新能源"),
    "industry.automotive": ("Automotive", "汽车"),
    "industry.nonbank_finance": ("Non-bank finance", "非银行金融"),
    "industry.other": ("Other industries", "其他行业"),
    "firm_size.<100": ("Under 100 staff", "100人以下"),
    "firm_size.100-500": ("100-500 staff", "100-500人"),
    "firm_size.500-10000": ("500-10,000 staff", "500-10000人"),
    "firm_size.>10000": ("Over 10,000 staff", "10000人以上"),
    "ownership.state": ("State-owned", "国有"),
    "ownership.private": ("Private", "民营"),
    "experience.none": ("None asked", "经验不限"),
    "experience.<1y": ("Under 1 year", "1年以下"),
    "experience.1-3y": ("1-3 years", "1-3年"),
    "experience.3-5y": ("3-5 years", "3-5年"),
    "experience.5-10y": ("5-10 years", "5-10年"),
    "experience.>10y": ("Over 10 years", "10年以上"),
    "skill.professional_knowledge": ("Professional knowledge", "专业知识"),
    "skill.technical_skill": ("Technical skill", "技术能力"),
    "skill.engineering_practice": ("Engineering practice", "工程实践"),
    "skill.soft": ("Soft skills", "软技能"),
    "region.north": ("North China", "华北"),
    "region.northeast": ("Northeast China", "东北"),
    "region.east": ("East China", "华东"),
    "region.central": ("Central China", "华中"),
    "region.south": ("South China", "华南"),
    "region.southwest": ("Southwest China", "西南"),
    "region.northwest": ("Northwest China", "西北"),
    "tier.first": ("First-tier", "一线城市"),
    "tier.new_first": ("New first-tier", "新一线城市"),
    "tier.second": ("Second-tier", "二线城市"),
    "tier.rest": ("Other places", "其他地区"),
    "institution.elite_university": ("Leading university", "重点高校"),
    "institution.university": ("University", "普通本科院校"),
    "institution.vocational_college": ("Vocational college", "高职院校"),
    "institution.training_provider": ("Training provider", "培训机构"),
    "cooperation.none": ("No cooperation", "无合作"),
    "cooperation.internship": ("Internships", "实习合作"),
    "cooperation.co_design": ("Co-designed courses", "共建课程"),
    "cooperation.joint_lab": ("Joint laboratory", "联合实验室"),
    "state.studying": ("Studying", "在读"),
    "state.preparing": ("Preparing (slow employment)", "备考备业（慢就业）"),
    "state.searching": ("Searching", "求职中"),
    "state.employed": ("Employed", "就业"),
    "state.out": ("Out of the labour market", "退出劳动力市场"),
    "housing.unhoused": ("Not housed", "未安居"),
    "housing.shared": ("Shared rental", "合租"),
    "housing.whole": ("Whole flat", "整租"),
    "housing.subsidised": ("Subsidised rental", "保障性租赁"),
    "housing.family": ("With family", "家庭住房"),
    "housing.crowded": ("Crowded room", "拥挤合租"),
    "life_node.citizen": ("Citizen", "市民身份"),
    "life_node.job": ("Job", "就业"),
    "life_node.nest": ("Home", "安居"),
    "life_node.family": ("Family", "成家"),
    "life_node.local": ("Belonging", "融入"),
    "life_node.higher": ("Advancement", "发展提升"),
    "reason.first_job": ("First job", "首次就业"),
    "reason.job_move": ("Move for a job", "换工作迁移"),
    "reason.return_home": ("Return home", "返乡"),
    "reason.leave_hukou": ("Left: no hukou", "因户口离开"),
    "reason.leave_housing": ("Left: housing", "因住房离开"),
    "reason.leave_family": ("Left: family", "因家庭离开"),
    "reason.leave_career": ("Left: career", "因职业发展离开"),
    "hukou.none": ("Without local hukou", "无本地户口"),
    "hukou.local": ("With local hukou", "有本地户口"),
    "ai.all": ("All postings", "全部岗位"),
    "ai.other": ("Other jobs", "非AI岗位"),
    "ai.ai": ("AI jobs", "AI岗位"),
    "home.local": ("From here", "本地生源"),
    "home.north": ("From North China", "华北生源"),
    "home.northeast": ("From Northeast China", "东北生源"),
    "home.east": ("From East China", "华东生源"),
    "home.central": ("From Central China", "华中生源"),
    "home.south": ("From South China", "华南生源"),
    "home.southwest": ("From Southwest China", "西南生源"),
    "home.northwest": ("From Northwest China", "西北生源"),
    "dimension.economy": ("Economic base", "经济基础"),
    "dimension.innovation": ("Innovation potential", "创新潜力"),
    "dimension.openness": ("Cultural openness", "文化开放"),
    "dimension.ecology": ("Ecological health", "生态健康"),
    "dimension.welfare": ("Social welfare", "社会福利"),
    "dimension.public_life": ("Public life", "公共生活"),
    "indicator.night_light": ("Light at night", "夜间灯光"),
    "indicator.labour_productivity": ("Labour productivity", "劳动生产率"),
    "indicator.firms": ("Firms", "企业数量"),
    "indicator.broadband": ("Broadband speed", "网络速度"),
    "indicator.papers": ("Papers", "论文数量"),
    "indicator.patents": ("Patents", "专利数量"),
    "indicator.top_scientists": ("Highly cited scientists", "高被引科学家"),
    "indicator.research_institutions": ("Leading research institutions", "一流科研机构"),
    "indicator.unicorn_value": ("Value of unicorns", "独角兽企业估值"),
    "indicator.connectivity": ("Links to other cities", "城市联通度"),
    "indicator.research_collaboration": ("Research with partners abroad", "国际科研合作"),
    "indicator.international_students": ("International students", "国际学生比例"),
    "indicator.travel_freedom": ("Freedom to travel", "旅行自由度"),
    "indicator.climate": ("Climate", "气候指数"),
    "indicator.air_pollution": ("Air pollution", "空气污染"),
    "indicator.life_expectancy": ("Life expectancy", "预期寿命"),
    "indicator.income": ("Monthly income", "月收入"),
    "indicator.universities": ("Renowned universities", "知名大学"),
    "indicator.schooling": ("Years of schooling", "受教育年限"),
    "indicator.physicians": ("Physicians", "医生密度"),
    "indicator.housing_burden": ("Housing burden", "住房负担"),
    "indicator.living_cost": ("Cost of living", "生活成本"),
    "indicator.commute": ("Commute", "通勤时间"),
    "indicator.safety": ("Public safety", "公共安全"),
}

_NAMES: Final[dict[str, tuple[str, str]]] = {
    "place.all": ("All cities", "全部城市"),
    "place.rest": ("Other places", "其他地区"),
    "scenario.baseline": ("Baseline", "基准情景"),
    "scenario.beijing_affordable_rental": ("Beijing: affordable rental", "北京平价租赁住房"),
    "scenario.beijing_hukou_young_talent": ("Beijing: hukou for young talent", "北京青年人才落户"),
    "scenario.fangshan_settling_support": ("Fangshan: settling support", "房山人才安居支持"),
    "scenario.curriculum_and_association": ("Curriculum and association", "课程改革与行业协会"),
    "scenario.ai_boom": ("AI boom", "AI需求高涨"),
    "policy.living_subsidy": ("Living subsidy", "生活补贴"),
    "policy.rent_subsidy": ("Rent subsidy", "租房补贴"),
    "policy.talent_housing": ("Talent housing", "人才住房"),
    "policy.settling_support": ("Settling support", "安居支持"),
    "policy.hukou_quota": ("Hukou quota", "落户指标"),
    "policy.hukou_relaxation": ("Hukou relaxation", "放宽落户"),
    "policy.tax_refund": ("Tax refund", "个税返还"),
    "policy.award": ("Talent award", "人才奖励"),
    "policy.purchase_subsidy": ("Purchase subsidy", "购房补贴"),
    "policy.hukou_points": ("Hukou points", "积分落户"),
    "policy.school_places": ("School places", "子女入学学位"),
    "policy.regional_cooperation": ("Regional cooperation", "区域人才协同"),
    "policy.migration_barrier": ("Migration barrier", "流动壁垒"),
    "policy.transport_improvement": ("Transport improvement", "交通改善"),
    "policy.hiring_subsidy": ("Hiring subsidy", "用人补贴"),
    "policy.enrolment_change": ("Enrolment change", "招生调整"),
    "policy.curriculum_reform": ("Curriculum reform", "课程改革"),
    "policy.integrated_training": ("Integrated training", "产学评用一体化培训"),
    "policy.association_platform": ("Association platform", "协会平台"),
    "policy.dual_teachers": ("Dual teachers", "双师型教师"),
    "policy.internship": ("Internships", "实习实训"),
    "policy.cooperation_deepening": ("Deeper cooperation", "深化校企合作"),
    "policy.certification": ("Certification", "职业认证"),
    "policy.training_subsidy": ("Training subsidy", "企业培训补贴"),
    "policy.firm_attraction": ("Firm attraction", "企业引进"),
    "policy.startup_space": ("Start-up space", "创业空间"),
    "policy.talent_pool": ("Talent pool for small firms", "中小企业数字人才池"),
    "policy.pay_link": ("Pay linked to performance", "绩效薪酬挂钩"),
    "policy.flexible_talent": ("Flexible talent", "柔性引才"),
    "policy.job_fairs": ("Job fairs", "招聘会与校园招聘"),
    "policy.information_platform": ("Information platform", "政策找人信息平台"),
    "policy.evaluation_reform": ("Evaluation reform", "人才评价改革"),
    "policy.application_scenarios": ("Application scenarios", "应用场景开放"),
    "policy.research_funding": ("Research funding", "科研岗位资助"),
    "policy.ai_price_fall": ("AI price fall", "AI价格下降"),
    "policy.demand_recession": ("Demand recession", "用工需求下行"),
    "policy.ai_demand_shock": ("AI demand shock", "AI需求冲击"),
    "payer.national": ("National government", "中央财政"),
    "payer.city": ("City government", "城市财政"),
    "payer.employers": ("Employers", "用人单位"),
    "payer.association": ("Association", "行业协会"),
    "group.all": ("All", "全部"),
    "group.new_graduate": ("New graduates", "应届毕业生"),
    "group.experienced": ("Experienced", "往届与在职人才"),
}

_OUTCOMES: Final[dict[str, tuple[str, str]]] = {
    "outcome.stay_share_12m": ("Share of local graduates who stay 12 months", "本地毕业生12个月留存率"),
    "outcome.stayed_12m": ("Local graduates who stay 12 months", "本地毕业生12个月留存人数"),
    "outcome.arrivals": ("Arrivals", "流入人数"),
    "outcome.departures": ("Departures", "流出人数"),
    "outcome.rent": ("Market rent", "市场租金"),
    "outcome.rent_burden": ("Rent share of income", "租金收入比"),
    "outcome.wage": ("Mean wage", "平均工资"),
    "outcome.wage_other_cities": ("Mean wage: other cities", "其他城市平均工资"),
    "outcome.employment_rate": ("Employment rate", "就业率"),
    "outcome.talent": ("Talent", "人才数量"),
    "outcome.talent_other_cities": ("Talent in other cities", "其他城市人才数量"),
    "outcome.stay_share_12m_other_cities": ("Share who stay 12 months: other cities", "其他城市毕业生12个月留存率"),
    "outcome.first_job_share_6m": ("Local graduates with a job after 6 months", "本地毕业生6个月就业率"),
    "outcome.qualified_share": ("Share with the skills that jobs ask", "技能达标人才比例"),
    "outcome.ai_share": ("AI share of new postings", "新增岗位中AI岗位占比"),
    "outcome.talent_all_cities": ("Talent in all cities", "全国人才数量"),
    "outcome.employed": ("People in work", "就业人数"),
    "outcome.employed_other_cities": ("People in work: other cities", "其他城市就业人数"),
    "outcome.employed_all_cities": ("People in work: all cities", "全国就业人数"),
    "outcome.displacement": ("Lost in other cities per gain here", "本地每增一人外地减少"),
    "outcome.leakage_persons": ("Persons reached who would be there anyway", "惠及者中本会留下的比例"),
    "outcome.leakage_money": ("Money to those who would be there anyway", "付给本会留下者的资金比例"),
    "outcome.cost": ("Cost, all payers", "总成本（各出资方）"),
    "outcome.public_cost": ("Public cost", "财政成本"),
    "outcome.hukou_granted": ("Hukou granted", "落户人数"),
    "outcome.cost_per_additional_stayer": ("Cost per additional person who stays", "每多留一人的成本"),
    "unit.share": ("share", "比例"),
    "unit.persons": ("persons", "人"),
    "unit.CNY": ("CNY", "元"),
    "unit.CNY/month": ("CNY a month", "元/月"),
    "unit.CNY/person": ("CNY a person", "元/人"),
}

_FIGURES: Final[dict[str, tuple[str, str]]] = {
    "horizon.6m": ("6 months", "6个月"),
    "horizon.12m": ("12 months", "12个月"),
    "horizon.3y": ("3 years", "3年"),
    "horizon.5y": ("5 years", "5年"),
    "horizon.8y": ("8 years", "8年"),
    "title.stay_shares": (
        "{city}: share of local graduates with a job there, by time since graduation",
        "{city}：本地毕业生留城就业率（按毕业后时间）",
    ),
    "title.origin_destination": (
        "{scenario}: moves between cities, {start} to {end} (persons)",
        "{scenario}：城市间人才流动，{start}至{end}（人）",
    ),
    "title.labour_market": (
        "{city}: postings, hires and tightness by quarter",
        "{city}：招聘岗位、录用与市场紧张度（季度）",
    ),
    "title.pay": (
        "{scenario}: pay offered, {start} to {end} (thousand CNY a month)",
        "{scenario}：招聘薪酬，{start}至{end}（千元/月）",
    ),
    "title.rent": ("Rent and rent burden by quarter", "租金与租金负担（季度）"),
    "title.hukou": ("{city}: hukou granted, quota and people waiting", "{city}：落户人数、指标与等待人数"),
    "title.policy_cost": (
        "Cost by quarter, and cost of one more person who stays",
        "政策成本（季度）与每多留一人的成本",
    ),
    "title.spread": ("Effects here, in other cities and in all cities", "本地、其他城市与全国的政策效果"),
    "title.leakage": ("Leakage: who would be there anyway", "本会留下者所占的惠及人数与资金"),
    "scope.here": ("Here", "本地"),
    "scope.elsewhere": ("Other cities", "其他城市"),
    "scope.together": ("All cities", "全国"),
    "axis.leakage": ("Share (%)", "占比（%）"),
    "caption.spread": (
        "Last quarter. Points: mean difference over {seeds} paired seeds. Bars: 95 % Student-t interval.",
        "最后一季度。点：{seeds}组配对随机种子差值的均值；线：95%学生t区间。",
    ),
    "caption.leakage": (
        (
            "Of the persons a policy reached in a city: those who live and work there at the end of the baseline run "
            "with the same seed. Ratio of means over {seeds} seeds; bars: Fieller's 95 % interval."
        ),
        "政策惠及者中，同一种子的基准情景期末仍在该市居住并就业者的占比。{seeds}个种子均值之比；线：Fieller 95%区间。",
    ),
    "title.effects": ("Effects against the baseline", "相对基准情景的政策效果"),
    "panel.pay_education": ("By education", "按学历"),
    "panel.pay_industry": ("By industry", "按行业"),
    "panel.pay_city": ("By city", "按城市"),
    "panel.cost_per_stayer": ("Cost per additional person who stays", "每多留一人的成本"),
    "axis.cohort_year": ("Year of graduation", "毕业年份"),
    "axis.stay_share": ("Share who stay (%)", "留存率（%）"),
    "axis.quarter": ("Quarter", "季度"),
    "axis.from_city": ("From", "流出地"),
    "axis.to_city": ("To", "流入地"),
    "axis.moves": ("Persons (log scale)", "人数（对数刻度）"),
    "axis.new_postings": ("New postings (thousand)", "新增岗位（千个）"),
    "axis.hires": ("Hires (thousand)", "录用人数（千人）"),
    "axis.tightness": ("Openings per application", "岗位数/申请数"),
    "axis.pay": ("Thousand CNY a month", "千元/月"),
    "axis.rent": ("Rent (CNY a month)", "租金（元/月）"),
    "axis.rent_burden": ("Rent share of income (%)", "租金收入比（%）"),
    "axis.granted": ("Granted in the quarter (persons)", "当季落户人数（人）"),
    "axis.waiting": ("Residents without local hukou (thousand)", "无本地户口常住人才（千人）"),
    "axis.cost": ("Million CNY a quarter", "百万元/季度"),
    "axis.cost_per_stayer": ("Thousand CNY a person", "千元/人"),
    "axis.difference": ("Difference ({unit})", "差值（{unit}）"),
    "unit.percentage_points": ("percentage points", "百分点"),
    "unit.million_cny": ("million CNY", "百万元"),
    "unit.thousand_persons": ("thousand persons", "千人"),
    "legend.granted": ("Granted", "已落户"),
    "legend.quota": ("Quota", "指标"),
    "note.no_data": ("No data for this figure.", "本图无可用数据。"),
    "note.not_reached": ("not reached\nin this run", "本次模拟\n尚未达到"),
    "note.no_cost": ("No policy spending in these runs.", "本次模拟无政策支出。"),
    "note.undetermined": ("not determined: the effect's interval includes zero", "无法确定：效果区间包含零"),
    "note.may_be_zero": ("not determined", "无法确定"),
    "note.not_estimated": ("not estimated", "未估计"),
    "caption.band": (
        "Lines: median over {seeds} seeds. Bands: the middle 95 % of the seeds.",
        "实线：{seeds}个随机种子的中位数；色带：种子间中间95%范围。",
    ),
    "caption.one_seed": ("Lines: one seed, so no band is drawn.", "实线：单个随机种子，故不绘色带。"),
    "caption.stay_shares": (
        (
            "Stays: lives and has a job in the city of study, over all who graduated there (further study included). "
            "Cohorts that have not reached the time are left out."
        ),
        "留存：在就读城市居住并就业的人数占当地毕业生总数（含升学）之比；尚未达到该时点的届别不显示。",
    ),
    "caption.origin_destination": (
        (
            "Sums over the period, mean of {seeds} seeds; first jobs of graduates start from the city of study. "
            "Blank cells: no moves."
        ),
        "期内合计，{seeds}个随机种子的均值；毕业生首次就业以就读城市为流出地。空白：无流动。",
    ),
    "caption.labour_market": (
        "Upper row: all postings; lower row: AI postings. Tightness: openings over applications received.",
        "上行：全部岗位；下行：AI岗位。紧张度：岗位数与收到的申请数之比。",
    ),
    "caption.pay": (
        (
            "Wage offered in postings, weighted by openings. Points: median over {seeds} seeds; "
            "bars: the middle 95 % of the seeds."
        ),
        "招聘岗位薪酬，以岗位数加权。点：{seeds}个随机种子的中位数；线：种子间中间95%范围。",
    ),
    "caption.hukou": (
        "Left: solid, granted; dashed, quota. Right: talent living in the city whose hukou is elsewhere.",
        "左：实线为已落户，虚线为指标。右：居住在本市而户口在外地的人才。",
    ),
    "caption.policy_cost": (
        (
            "Bars: mean over {seeds} seeds, by who pays. Cost per person: difference in cost (all payers) over that in "
            "graduates who stay 12 months, with its 95 % interval."
        ),
        "柱：{seeds}个随机种子的均值，按出资方划分。每多留一人的成本：总成本差与12个月留存人数差之比，线为95%区间。",
    ),
    "caption.effects": (
        (
            "Points: mean difference from the baseline over {seeds} paired seeds. "
            "Bars: 95 % Student-t interval of that mean; a single seed has none."
        ),
        "点：{seeds}组配对随机种子下与基准情景差值的均值。线：该均值的95%学生t区间（单个种子无区间）。",
    ),
}

LABELS: Final[dict[str, tuple[str, str]]] = {**_CODES, **_NAMES, **_OUTCOMES, **_FIGURES}
"""All keys with their (English, Chinese) words."""
