"""Chinese of the texts that shipped scenarios write in English: their questions, and what they call their policies.

Texts are found as they are written. A text that somebody else wrote stays as it is.
"""

from __future__ import annotations

from typing import Final

from sim.labels import Lang


def translate_text(text: str, lang: Lang) -> str:
    """A question, or what a file calls a policy, in `lang`; as it is written where its Chinese is not known."""
    return (QUESTIONS.get(text) or POLICY_NAMES.get(text) or text) if lang == "zh" else text


QUESTIONS: Final[dict[str, str]] = {
    "Who gains and where if the AI share of postings doubles by 2028?": (
        "若AI岗位占比到2028年翻一番，哪些人、哪些地方受益？"
    ),
    "Who loses and where if the AI share of postings halves by 2027?": (
        "若AI岗位占比到2027年减半，哪些人、哪些地方受损？"
    ),
    "How does the market for graduates develop if no new policy is made?": "不出台新政策，毕业生劳动力市场将如何发展？",
    "Do 20,000 flats at or under 3,000 CNY a month keep more graduates in Beijing?": (
        "2万套月租不超过3000元的住房能否让更多毕业生留在北京？"
    ),
    "How many graduates does Beijing keep for each 10,000 hukou places a year given to the young?": (
        "每年向青年人才增加1万个落户指标，能为北京留住多少毕业生？"
    ),
    "What do 10,000 more hukou places a year for central firms do for staying in Beijing?": (
        "央企每年增加1万个落户指标，对人才留京有何作用？"
    ),
    "Does the exchange of credits between certificates and courses open better work to people without a degree?": (
        "证书与课程学分互认能否让没有学位的人获得更好的工作？"
    ),
    "Do faster curricula and industry associations together close the gap of skills and the time to a first job?": (
        "加快课程更新与行业协会协同，能否缩小技能差距、缩短初次就业时间？"
    ),
    "What do Beijing's 33 training bases for digital talent add to the skills of people in work?": (
        "北京33个数字人才培训基地能为在职者的技能带来多少提升？"
    ),
    "How do the districts of Beijing develop, and who commutes between them, if no new policy is made?": (
        "不出台新政策，北京各区将如何发展，哪些人跨区通勤？"
    ),
    "Does settling support keep graduates in Fangshan, or does it house people who work elsewhere?": (
        "安居支持是把毕业生留在房山，还是为在别处上班的人提供了住房？"
    ),
    "Do 2,000 more hukou places a year in each of Changping and Fangshan bring young talent to live there?": (
        "昌平、房山每年各增加2000个落户指标，能否吸引青年人才前往居住？"
    ),
    "What changes if 20,000 affordable flats stand in Changping, an hour from most jobs?": (
        "若2万套平价住房建在距多数岗位一小时车程的昌平，会有什么变化？"
    ),
    "How many fewer people commute if 20,000 affordable flats stand in Haidian, where the jobs are?": (
        "若2万套平价住房建在岗位集中的海淀，通勤人数会减少多少？"
    ),
    "How far do teachers with practice in firms close the gap between what is taught and what jobs ask?": (
        "有企业实践经历的教师能在多大程度上缩小教学内容与岗位要求的差距？"
    ),
    "What do eight grades with pay that follows them do for skilled workers in manufacturing?": (
        "薪酬随等级走的“新八级工”制度对制造业技能人才有何作用？"
    ),
    "What does the linkage of firms, association and schools bring without a reform of curricula?": (
        "不改革课程，企业、协会、院校联动能带来什么？"
    ),
    "What does a billion CNY a year buy when it is spent on employers who hire?": (
        "每年10亿元用于补贴招人的用人单位，能换来什么？"
    ),
    "What does a billion CNY a year buy when it is spent on the burden of rent?": (
        "每年10亿元用于减轻租金负担，能换来什么？"
    ),
    "What does a billion CNY a year buy when it is spent on the supply of skills?": (
        "每年10亿元用于增加技能供给，能换来什么？"
    ),
    "What happens to jobs when model prices fall once more as they did in 2024?": (
        "若大模型价格再次像2024年那样下降，岗位会怎样变化？"
    ),
    "What does it cost to keep one more graduate by six free months and eighteen cheap ones?": (
        "以6个月免租加18个月低租，每多留一名毕业生需要多少成本？"
    ),
    "What do 20,000 part-time experts do for jobs in Beijing's firms?": "2万名兼职专家对北京企业的岗位有何作用？",
    "What do the four chains bring to Beijing if all are strengthened at once?": (
        "若“四链”同时加强，能为北京带来什么？"
    ),
    "Do industry colleges bring vocational graduates into work sooner, and how long does it take?": (
        "产业学院能否让职业院校毕业生更快就业，需要多长时间见效？"
    ),
    "Do fairs and campus recruitment help graduates of Beijing to a first job?": (
        "招聘会与校园招聘能否帮助北京毕业生找到第一份工作？"
    ),
    "How many graduates does Beijing keep by helping with rent for three years after graduation?": (
        "毕业后三年内给予租房支持，能为北京留住多少毕业生？"
    ),
    "Do an award of 300,000 CNY and as much towards a home bring leading talent to Beijing?": (
        "30万元奖励加同等购房补贴能否为北京引来领军人才？"
    ),
    "What do orders for AI applications that keep 30,000 people busy do to Shanghai's labour market?": (
        "可带动3万人就业的AI应用订单对上海劳动力市场有何影响？"
    ),
    "What do 30,000 funded research positions do to Beijing's labour market?": (
        "3万个资助科研岗位对北京劳动力市场有何影响？"
    ),
    "What do a leading firm and its suppliers with 30,000 jobs do to Hangzhou, and to the cities they leave?": (
        "链主企业及其配套企业带来3万个岗位，对杭州及岗位迁出城市有何影响？"
    ),
    "What does landing support gain when it seeks those it is for?": "落脚支持若主动寻找应享受者，效果能提高多少？",
    "What do 20,000 places a year of production-study-evaluation-use training bring to Beijing?": (
        "每年2万个产学评用一体化培训名额能为北京带来什么？"
    ),
    "Do rights that follow the mover hold those in the region who leave Beijing?": (
        "权益随人走能否把离开北京的人留在区域内？"
    ),
    "Do long funding and formative evaluation keep young researchers in Beijing?": (
        "长周期资助与过程性评价能否把青年科研人员留在北京？"
    ),
    "Do courses for people who have lost a job of routine work bring them back into work?": (
        "面向失去事务性岗位者的培训能否使其重新就业？"
    ),
    "Do 20,000 school places a year hold those in Beijing who found a family?": (
        "每年2万个学位能否把组建家庭的人才留在北京？"
    ),
    "What do another 17,000 talent apartments bring between 2026 and 2030?": (
        "2026至2030年再增加1.7万套人才公寓能带来什么？"
    ),
    "Does a shared pool of engineers help small firms of the Greater Bay to hold their own?": (
        "共享工程师人才池能否帮助大湾区中小企业站稳脚跟？"
    ),
    "Who wins when every place pays graduates 1,500 CNY a month?": "若各地都向毕业生每月发放1500元，谁是赢家？",
    "Do six months of targeted training bring vocational graduates to where firms want them?": (
        "六个月的订单式培训能否使职业院校毕业生达到企业要求？"
    ),
    "Does paying back income tax hold graduates of AI in Suzhou?": "返还个人所得税能否把AI专业毕业生留在苏州？",
    "Who gains in Beijing if employers judge by ability in place of degrees and papers?": (
        "若用人单位以能力代替学历和论文作评价，北京哪些人受益？"
    ),
}
"""Question of a shipped scenario -> its Chinese."""

POLICY_NAMES: Final[dict[str, str]] = {
    "AI boom": "AI热潮",
    "AI winter": "AI寒冬",
    "Talent apartments of the 14th five-year plan": "“十四五”人才公寓",
    "Affordable rental for graduates": "毕业生平价租赁住房",
    "Hukou places for young talent": "青年人才落户指标",
    "Hukou places of central firms": "央企落户指标",
    "Part-time courses with credits for certificates": "证书可抵学分的业余课程",
    "Certificates that count as courses": "证书视同课程学分",
    "Curricula renewed sooner": "加快课程更新",
    "Association platforms": "行业协会平台",
    "Digital training bases": "数字人才培训基地",
    "Settling-in support of Fangshan": "房山安居支持",
    "Hukou places for the university towns": "大学城落户指标",
    "Affordable rental in Changping": "昌平平价租赁住房",
    "Affordable rental in Haidian": "海淀平价租赁住房",
    "Teachers from practice": "有实践经历的教师",
    "Courses renewed by them": "由其更新的课程",
    "Pay by grade": "按等级定薪",
    "Grades awarded by the firm": "企业自主评定等级",
    "Association links firms and schools": "协会联结企业与院校",
    "Internships in member firms": "会员企业实习",
    "One certificate of the association": "协会统一证书",
    "Hiring subsidy for a billion a year": "每年10亿元用人补贴",
    "Rent subsidy for a billion a year": "每年10亿元租房补贴",
    "Training for a billion a year": "每年10亿元培训",
    "Falling model prices": "大模型价格下降",
    "Settling-in support": "安居支持",
    "Technology vice presidents and part-time experts": "科技副总与兼职专家",
    "Innovation chain": "创新链",
    "Industry chain": "产业链",
    "Capital chain": "资金链",
    "Talent chain": "人才链",
    "Industry colleges": "现代产业学院",
    "Half a year in the sponsoring firm": "在合作企业实习半年",
    "Fairs and campus recruitment": "招聘会与校园招聘",
    "Landing support": "落脚支持",
    "Short stays for job seekers": "求职者短期住宿",
    "Leading-talent award": "领军人才奖励",
    "Rent help for leading talent": "领军人才租房补贴",
    "Purchase help for leading talent": "领军人才购房补贴",
    "Orders from the list of scenarios": "应用场景清单订单",
    "Funded research positions": "资助科研岗位",
    "Leading firm and suppliers": "链主企业及配套企业",
    "Policy seeks people": "政策找人",
    "Courses on real projects of firms": "企业真实项目课程",
    "Certificate in place of further tests": "以证书代替重复测评",
    "Rights that follow the mover": "权益随人走",
    "Landing support in the region": "区域落脚支持",
    "Long funding of young researchers": "青年科研人员长周期资助",
    "Formative evaluation tied to pay": "与薪酬挂钩的过程性评价",
    "Fewer counts of papers": "弱化论文数量评价",
    "Retraining of displaced clerks": "事务性岗位人员转岗培训",
    "School places for talent": "人才子女学位",
    "Talent apartments of the next plan": "“十五五”人才公寓",
    "Talent pool of small firms": "中小企业人才池",
    "Living subsidy everywhere": "各地生活补贴",
    "Targeted training of six months": "六个月订单式培训",
    "Tax refund for AI talent": "AI人才个税返还",
    "Titles by ability": "按能力评定职称",
    "Recession": "经济下行",
    "Other large cities pay graduates": "其他大城市发放毕业生补贴",
}
"""What a shipped file calls a policy -> its Chinese."""
