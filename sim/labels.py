"""English and Chinese words for every code and quantity that a figure or a printed table shows.

A key names its vocabulary and its code, `education.bachelor`, because one code may stand in several vocabularies:
`other` is a field, an industry and a kind of job. Places carry their names in the world file; `label_place` takes them
from there.
Terms in Chinese follow the usage of the published figures that the model is built on.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final, Literal

from sim.commandwords import COMMAND_WORDS
from sim.figurewords import FIGURE_WORDS

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


def label_scenario(name: str, lang: Lang, own: PlaceLabels | None = None) -> str:
    """The words for a scenario, or a policy or future of a sweep: those that a file gives it (`own`, as of places)."""
    named = (own or {}).get(name, {})
    return named[lang] if lang in named else label_code("scenario", name, lang)


def join_words(words: Iterable[str], lang: Lang) -> str:
    """Words that are listed one after the other."""
    return ("、" if lang == "zh" else ", ").join(words)


def in_brackets(words: str, inner: str, lang: Lang) -> str:
    """Words with what stands in brackets behind them."""
    return f"{words}（{inner}）" if lang == "zh" else f"{words} ({inner})"


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
    "housing.subsidised": ("Subsidised rental", "保障性租赁住房"),
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
    "place.all": ("All places", "全部地区"),
    "place.rest": ("Other places", "其他地区"),
    "scenario.baseline": ("Baseline", "基准情景"),
    "scenario.beijing_affordable_rental": ("Beijing: affordable rental", "北京平价租赁住房"),
    "scenario.beijing_hukou_young_talent": ("Beijing: hukou for young talent", "北京青年人才落户"),
    "scenario.fangshan_settling_support": ("Fangshan: settling support", "房山人才安居支持"),
    "scenario.curriculum_and_association": ("Curriculum and association", "课程改革与行业协会"),
    "scenario.ai_boom": ("AI boom", "AI热潮"),
    "scenario.ai_winter": ("AI winter", "AI寒冬"),
    "scenario.falling_model_prices": ("Falling model prices", "大模型价格下降"),
    "scenario.leading_talent_award": ("Leading-talent award", "领军人才奖励"),
    "scenario.central_firm_hukou": ("Hukou places of central firms", "央企落户指标"),
    "scenario.school_places": ("School places", "子女入学学位"),
    "scenario.talent_apartments": ("Talent apartments", "人才公寓"),
    "scenario.landing_support": ("Landing support", "毕业生落脚支持"),
    "scenario.regional_cooperation": ("Regional cooperation", "京津冀人才协同"),
    "scenario.policy_seeks_people": ("Policy seeks people", "政策找人"),
    "scenario.job_fairs": ("Job fairs", "招聘会与校园招聘"),
    "scenario.flexible_experts": ("Flexible experts", "科技副总与柔性专家"),
    "scenario.tax_refund": ("Tax refund", "个税返还"),
    "scenario.talent_war": ("Talent war", "抢人大战"),
    "scenario.equal_budget_supply": ("Equal budget: supply", "等额预算：供给型"),
    "scenario.equal_budget_environment": ("Equal budget: environment", "等额预算：环境型"),
    "scenario.equal_budget_demand": ("Equal budget: demand", "等额预算：需求型"),
    "scenario.certification_credit_exchange": ("Exchange of credits", "学分银行与证书互认"),
    "scenario.digital_training_bases": ("Training bases for digital talent", "数字人才培训基地"),
    "scenario.districts_baseline": ("Baseline: districts of Beijing", "北京分区基准情景"),
    "scenario.districts_fangshan_support": ("Districts: settling support in Fangshan", "分区：房山人才安居支持"),
    "scenario.districts_hukou_tilt": ("Districts: hukou tilted to university towns", "分区：落户指标向昌平、房山倾斜"),
    "scenario.districts_rental_far_from_jobs": ("Districts: rental far from jobs", "分区：远离就业地的平价租赁住房"),
    "scenario.districts_rental_near_jobs": ("Districts: rental near jobs", "分区：靠近就业地的平价租赁住房"),
    "scenario.dual_teachers": ("Dual teachers", "双师型教师队伍"),
    "scenario.eight_grade_skilled_workers": ("Eight grades of skilled workers", "新八级工制度"),
    "scenario.enterprise_association_education": ("Enterprise, association, education", "企业、协会、院校联动"),
    "scenario.four_chain_integration": ("Four chains integrated", "四链融合"),
    "scenario.industry_college": ("Industry colleges", "现代产业学院"),
    "scenario.path_application_scenarios": ("Path: application scenarios", "路径一：开放应用场景"),
    "scenario.path_innovation_source": ("Path: source of innovation", "路径三：创新策源"),
    "scenario.path_leading_firm": ("Path: leading firm", "路径二：链主企业带动"),
    "scenario.production_study_evaluation_use": ("Production, study, evaluation, use", "产学评用一体化"),
    "scenario.research_time_evaluation": ("Research time and evaluation", "长周期资助与科研评价改革"),
    "scenario.retrain_clerks": ("Retraining of clerks", "事务性岗位人员转岗培训"),
    "scenario.talent_pool_small_firms": ("Talent pool of small firms", "中小企业数字人才池"),
    "scenario.targeted_vocational_training": ("Targeted vocational training", "订单式职业培训"),
    "scenario.title_evaluation_reform": ("Reform of titles and evaluation", "职称与人才评价改革"),
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
    "policy.association_platform": ("Association platform", "行业协会平台"),
    "policy.dual_teachers": ("Dual teachers", "双师型教师"),
    "policy.internship": ("Internships", "实习实训"),
    "policy.cooperation_deepening": ("Deeper cooperation", "深化校企合作"),
    "policy.certification": ("Certification", "职业认证"),
    "policy.training_subsidy": ("Training subsidy", "企业培训补贴"),
    "policy.firm_attraction": ("Firm attraction", "企业引进"),
    "policy.startup_space": ("Start-up space", "创业空间"),
    "policy.talent_pool": ("Talent pool for small firms", "中小企业数字人才池"),
    "policy.pay_link": ("Pay linked to performance", "薪酬与绩效挂钩"),
    "policy.flexible_talent": ("Flexible talent", "柔性引才"),
    "policy.job_fairs": ("Job fairs", "招聘会与校园招聘"),
    "policy.information_platform": ("Information platform", "政策找人信息平台"),
    "policy.evaluation_reform": ("Evaluation reform", "人才评价改革"),
    "policy.application_scenarios": ("Application scenarios", "应用场景开放"),
    "policy.research_funding": ("Research funding", "科研岗位资助"),
    "policy.ai_price_fall": ("AI price fall", "AI价格下降"),
    "policy.demand_recession": ("Demand recession", "用工需求下滑"),
    "policy.ai_demand_shock": ("AI demand shock", "AI需求冲击"),
    "payer.national": ("National government", "中央财政"),
    "payer.city": ("City government", "市级财政"),
    "payer.employers": ("Employers", "用人单位"),
    "payer.association": ("Association", "行业协会"),
    "group.all": ("All", "全部"),
    "group.new_graduate": ("New graduates", "应届毕业生"),
    "group.experienced": ("Experienced", "往届与在职人才"),
    "group.percentile_10": ("10th percentile of pay", "薪酬第10百分位"),
    "group.percentile_25": ("25th percentile of pay", "薪酬第25百分位"),
    "group.percentile_50": ("Median of pay", "薪酬中位数"),
    "group.percentile_75": ("75th percentile of pay", "薪酬第75百分位"),
    "group.percentile_90": ("90th percentile of pay", "薪酬第90百分位"),
}

_OUTCOMES: Final[dict[str, tuple[str, str]]] = {
    "outcome.stay_share_12m": ("Share of local graduates who stay 12 months", "本地毕业生12个月留存率"),
    "outcome.stayed_12m": ("Local graduates who stay 12 months", "本地毕业生12个月留存人数"),
    "outcome.arrivals": ("Arrivals", "流入人数"),
    "outcome.departures": ("Departures", "流出人数"),
    "outcome.rent": ("Market rent", "市场租金"),
    "outcome.rent_burden": ("Rent share of income", "租金收入比"),
    "outcome.wage": ("Mean wage", "平均工资"),
    "outcome.wage_other_cities": ("Mean wage: other places", "其他地区平均工资"),
    "outcome.employment_rate": ("Employment rate", "就业率"),
    "outcome.talent": ("Talent", "人才数量"),
    "outcome.talent_other_cities": ("Talent in other places", "其他地区人才数量"),
    "outcome.stay_share_12m_other_cities": ("Share who stay 12 months: other places", "其他地区毕业生12个月留存率"),
    "outcome.first_job_share_6m": ("Local graduates with a job after 6 months", "本地毕业生6个月就业率"),
    "outcome.qualified_share": ("Share with the skills that jobs ask", "技能达标人才比例"),
    "outcome.ai_share": ("AI share of new postings", "新增岗位中AI岗位占比"),
    "outcome.talent_all_cities": ("Talent in all places", "全国人才数量"),
    "outcome.employed": ("People in work", "就业人数"),
    "outcome.employed_other_cities": ("People in work: other places", "其他地区就业人数"),
    "outcome.employed_all_cities": ("People in work: all places", "全国就业人数"),
    "outcome.displacement": ("Lost in other places per gain here", "本地每增一人，其他地区减少"),
    "outcome.leakage_persons": (
        "Persons reached who would be there anyway, at least",
        "惠及者中原本就会留下者的比例（至少）",
    ),
    "outcome.leakage_money": (
        "Money to those who would be there anyway, at least",
        "付给原本就会留下者的资金比例（至少）",
    ),
    "outcome.cost": ("Cost, all payers", "总成本（各出资方）"),
    "outcome.cost_all_cities": ("Cost in all places, all payers", "各地总成本（各出资方）"),
    "outcome.public_cost": ("Public cost", "财政成本"),
    "outcome.public_cost_all_cities": ("Public cost in all places", "各地财政成本"),
    "outcome.hukou_granted": ("Hukou granted", "落户人数"),
    "outcome.subsidised_units_used": ("Subsidised units in use", "已入住保障房套数"),
    "outcome.commuters_in": ("People who work here and live elsewhere", "住在外区、在此上班的人数"),
    "outcome.commuters_out": ("People who live here and work elsewhere", "住在本区、去外区上班的人数"),
    "outcome.commute_minutes": ("Way to work of residents, one way", "居民单程通勤时间"),
    "outcome.filled_share": ("Share of openings that are filled", "空缺岗位填补率"),
    "outcome.hires": ("Hires", "录用人数"),
    "outcome.firms": ("Firms", "企业数量"),
    "outcome.firms_entered": ("Firms founded", "新设企业数"),
    "outcome.turnover": ("Staff who leave or lose a job, per quarter", "员工季度离职率"),
    "outcome.headcount": ("Staff of firms", "企业在岗人数"),
    "outcome.curriculum_age": ("Age of curricula behind the frontier", "课程落后前沿的年数"),
    "outcome.qualified_graduates": ("Graduates with the skills that jobs ask", "毕业生技能达标比例"),
    "outcome.reached": ("Persons reached", "惠及人数"),
    "outcome.paid": ("Money paid to or for persons", "支付给个人或用于个人的资金"),
    "outcome.cost_per_additional_stayer": ("Cost per additional person who stays", "每多留一人的成本"),
    "unit.share": ("share", "比例"),
    "unit.persons": ("persons", "人"),
    "unit.CNY": ("CNY", "元"),
    "unit.CNY/month": ("CNY a month", "元/月"),
    "unit.CNY/person": ("CNY a person", "元/人"),
    "unit.firms": ("firms", "家"),
    "unit.years": ("years", "年"),
    "unit.units": ("units", "套"),
    "unit.minutes": ("minutes", "分钟"),
    "unit.logit": ("logit", "对数几率"),
    "unit.1/year": ("1/year", "每年"),
    "unit.share/quarter": ("share/quarter", "比例/季度"),
    "unit.factor": ("factor", "倍数"),
    "unit.utility": ("utility", "效用"),
    "unit.utility/1000 km": ("utility/1000 km", "效用/千公里"),
    "unit.skill": ("skill", "技能分"),
    "unit.1/quarter": ("1/quarter", "每季度"),
    "unit.elasticity": ("elasticity", "弹性"),
    "sign.up": ("rises", "上升"),
    "sign.down": ("falls", "下降"),
    "sign.none": ("stays", "不变"),
    "verdict.held": ("held", "符合预期"),
    "verdict.no_change": ("no change seen", "未见变化"),
    "verdict.against": ("against", "与预期相反"),
    "verdict.not_determined": ("not determined", "无法确定"),
}

LABELS: Final[dict[str, tuple[str, str]]] = {**_CODES, **_NAMES, **_OUTCOMES, **FIGURE_WORDS, **COMMAND_WORDS}
"""All keys with their (English, Chinese) words."""
