"""The codes that facts may have, each with its word. Pure data; `vocabulary` says which fact has which."""

SEX = {"male": "男", "female": "女"}
RELATION = {
    "head": "户主",
    "spouse": "配偶",
    "child": "子女",
    "parent": "父母",
    "grandchild": "孙子女",
    "grandparent": "祖父母",
    "sibling": "兄弟姐妹",
    "child_in_law": "儿媳、女婿",
    "other": "其他",
}
MARITAL = {"never_married": "未婚", "married": "已婚", "widowed": "丧偶", "divorced": "离婚"}
EMPLOYMENT = {
    "employed": "在职",
    "self_employed": "个体经营",
    "unemployed": "失业",
    "retired": "退休",
    "student": "在校",
    "homemaker": "料理家务",
    "preschool": "学龄前",
    "unable": "无劳动能力",
}
EDUCATION = {
    "none": "未上过学",
    "primary": "小学",
    "junior": "初中",
    "senior": "高中、中专",
    "college": "大专",
    "bachelor": "本科",
    "graduate": "研究生",
}
DISABILITY = {
    "none": "无",
    "vision": "视力",
    "hearing": "听力",
    "speech": "言语",
    "physical": "肢体",
    "intellectual": "智力",
    "mental": "精神",
    "multiple": "多重",
}
ABILITY = {
    "intact": "能力完好",
    "mild": "轻度失能",
    "moderate": "中度失能",
    "severe": "重度失能",
    "complete": "完全失能",
}
PARENT_STATUS = {
    "able": "能抚养",
    "dead": "死亡",
    "declared_missing": "被宣告失踪",
    "not_found": "查找不到",
    "out_of_contact": "失联",
    "in_custody": "服刑在押",
    "in_detox": "强制隔离戒毒",
    "severely_disabled": "重残",
    "severely_ill": "重病",
    "guardianship_revoked": "被撤销监护资格",
    "deported": "被遣送出境",
}
BURIAL = {
    "undecided": "还没有安葬",
    "grave": "墓穴",
    "niche": "格位存放",
    "wall": "壁葬",
    "tree": "树葬",
    "flower": "花坛葬",
    "lawn": "草坪葬",
    "scattered": "撒江、撒海或撒散",
    "deep": "深埋不留坟头",
}
SCHOOL = {
    "none": "不在读",
    "kindergarten": "幼儿园",
    "compulsory": "小学或初中",
    "senior": "高中或中职",
    "college": "高等学校",
}
SUPPORTER = {
    "ordinary": "一般",
    "destitute": "特困人员",
    "assisted_elder": "六十岁以上的低保对象",
    "elder": "七十岁以上",
    "severely_disabled": "重度残疾",
    "absent": "失踪、服刑或无民事行为能力",
}
EMERGENCY = {
    "none": "没有",
    "accident": "火灾、交通事故等意外",
    "sudden_illness": "突发重大疾病",
    "other": "其他特殊困难",
}
SEVERITY = {"none": "没有困难", "light": "一般", "medium": "较重", "grave": "严重"}
SCORES = {
    "score_eating": "B1.1 进食",
    "score_grooming": "B1.2 修饰",
    "score_bathing": "B1.3 洗澡",
    "score_dressing_upper": "B1.4 穿脱上衣",
    "score_dressing_lower": "B1.5 穿脱裤子和鞋袜",
    "score_bladder": "B1.6 小便控制",
    "score_bowel": "B1.7 大便控制",
    "score_toileting": "B1.8 如厕",
    "score_bed_transfer": "B2.1 床上体位转移",
    "score_chair_transfer": "B2.2 床椅转移",
    "score_walking": "B2.3 平地行走",
    "score_stairs": "B2.4 上下楼梯",
    "score_time": "B3.1 时间定向",
    "score_place": "B3.2 空间定向",
    "score_persons": "B3.3 人物定向",
    "score_memory": "B3.4 记忆",
    "score_comprehension": "B3.5 理解能力",
    "score_expression": "B3.6 表达能力",
    "score_aggression": "B3.7 攻击行为",
    "score_depression": "B3.8 抑郁症状",
    "score_consciousness": "B3.9 意识水平",
    "score_sight": "B4.1 视力",
    "score_hearing": "B4.2 听力",
    "score_daily_affairs": "B4.3 执行日常事务",
    "score_transport": "B4.4 使用交通工具外出",
    "score_social": "B4.5 社会交往能力",
}
