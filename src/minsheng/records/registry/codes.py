"""Codes of the registry with their labels; other rooms take them from `types`. Pure."""

from enum import StrEnum


class SubjectKind(StrEnum):
    """What a statement is about."""

    PERSON = "person"
    HOUSEHOLD = "household"
    THING = "thing"


class LabelReason(StrEnum):
    """Why a person's records are labelled, or no longer so."""

    PROTECTION_ORDER = "protection_order"
    VIOLENCE = "violence"
    CHILD = "child"
    ADOPTION = "adoption"
    OTHER = "other"
    OVER = "over"
    MISTAKEN = "mistaken"

    @property
    def label(self) -> str:
        return {
            "protection_order": "法院发了人身安全保护令",
            "violence": "在躲避家庭暴力（反家庭暴力法第五条）",
            "child": "受侵害、案件里的未成年人（未成年人保护法第一百零三条）",
            "adoption": "收养当事人要求保密（民法典第一千一百一十条）",
            "other": "其他，写在说明里",
            "over": "当初的情形已经没有了",
            "mistaken": "当初设错了",
        }[self.value]

    @property
    def lowers(self) -> bool:
        return self in (LabelReason.OVER, LabelReason.MISTAKEN)


class LabellingState(StrEnum):
    """Where a change of a label stands."""

    IN_FORCE = "in_force"
    PROPOSED = "proposed"
    REFUSED = "refused"

    @property
    def label(self) -> str:
        return {"in_force": "已生效", "proposed": "等另一个人同意", "refused": "没有同意"}[self.value]


class Sex(StrEnum):
    """Sex as registered (GB/T 2261.1)."""

    MALE = "male"
    FEMALE = "female"

    @property
    def label(self) -> str:
        return {"male": "男", "female": "女"}[self.value]


class IdKind(StrEnum):
    """By which certificate a person is identified; somebody without one is registered all the same."""

    RESIDENT_ID = "resident_id"
    PASSPORT = "passport"
    FOREIGN_PERMANENT = "foreign_permanent"
    NONE = "none"
    UNKNOWN = "unknown"

    @property
    def label(self) -> str:
        return {
            "resident_id": "居民身份证",
            "passport": "护照",
            "foreign_permanent": "外国人永久居留身份证",
            "none": "没有证件",
            "unknown": "证件不详",
        }[self.value]


class HouseholdKind(StrEnum):
    """A family, or people who live together for another reason (dormitory, institution: 集体户)."""

    FAMILY = "family"
    COLLECTIVE = "collective"

    @property
    def label(self) -> str:
        return {"family": "家庭户", "collective": "集体户"}[self.value]


class MembershipKind(StrEnum):
    """A person lives in a household, or is only registered there (人户分离)."""

    RESIDENCE = "residence"
    HUKOU = "hukou"

    @property
    def label(self) -> str:
        return {"residence": "居住", "hukou": "户籍"}[self.value]


class HouseholdPurpose(StrEnum):
    """For which question a household is looked at; who counts differs, the graph of relations is one."""

    RESIDENCE = "residence"
    HUKOU = "hukou"
    ASSISTANCE = "assistance"

    @property
    def label(self) -> str:
        return {"residence": "居住在一起的人", "hukou": "户口簿上的人", "assistance": "共同生活家庭成员（救助）"}[
            self.value
        ]


class RelationKind(StrEnum):
    """What the relative is to the person; the mirrored relation is derived, never stored twice."""

    SPOUSE = "spouse"
    CHILD = "child"
    PARENT = "parent"
    GRANDCHILD = "grandchild"
    GRANDPARENT = "grandparent"
    SIBLING = "sibling"
    GUARDIAN = "guardian"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "spouse": "配偶",
            "child": "子女",
            "parent": "父母",
            "grandchild": "孙子女",
            "grandparent": "祖父母",
            "sibling": "兄弟姐妹",
            "guardian": "监护人",
            "other": "其他亲属",
        }[self.value]

    @property
    def mirrored(self) -> "RelationKind":
        pairs = {"child": "parent", "parent": "child", "grandchild": "grandparent", "grandparent": "grandchild"}
        return RelationKind(pairs.get(self.value, self.value if self.value != "guardian" else "other"))


class OrganisationKind(StrEnum):
    """What sort of organisation works in the district."""

    NURSING_HOME = "nursing_home"
    DAY_CARE_CENTRE = "day_care_centre"
    CANTEEN = "canteen"
    HOME_CARE_PROVIDER = "home_care_provider"
    ASSOCIATION = "association"
    SOCIAL_SERVICE = "social_service"
    FOUNDATION = "foundation"
    PRIMARY_SCHOOL = "primary_school"
    MIDDLE_SCHOOL = "middle_school"
    HEALTH_CENTRE = "health_centre"
    CHILD_WELFARE_HOME = "child_welfare_home"
    COMPANY = "company"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "nursing_home": "养老机构",
            "day_care_centre": "日间照料中心",
            "canteen": "助餐点",
            "home_care_provider": "居家养老服务机构",
            "association": "社会团体",
            "social_service": "社会服务机构",
            "foundation": "基金会",
            "primary_school": "小学",
            "middle_school": "中学",
            "health_centre": "社区卫生服务中心",
            "child_welfare_home": "儿童福利机构",
            "company": "企业",
            "other": "其他",
        }[self.value]


class ThingKind(StrEnum):
    """Things and happenings that facts are stated about (人房物事组织)."""

    FACILITY = "facility"
    EQUIPMENT = "equipment"
    HAPPENING = "happening"

    @property
    def label(self) -> str:
        return {"facility": "设施", "equipment": "设备", "happening": "事件"}[self.value]


class LookPurpose(StrEnum):
    """Why somebody opens a person's page; asked once per person and day."""

    CASE = "case"
    VISIT = "visit"
    ENQUIRY = "enquiry"
    CORRECTION = "correction"
    SUPERVISION = "supervision"

    @property
    def label(self) -> str:
        return {
            "case": "办理申请或复核",
            "visit": "走访、探访",
            "enquiry": "本人或家属来问",
            "correction": "核对、更正资料",
            "supervision": "监督、审计",
        }[self.value]
