"""Tables of the exchange. No resident has a column here: what a message asks or says is sealed, and erased when done.

Which people a partner sees is decided by row-level security on the tables of the registry, through the grants of the
partner's account.
"""

from django.db import models
from django.db.models import F, Q

from minsheng.insight.exchange.types import Action, EventCode, OutboundState, Status


class Partner(models.Model):
    """An organisation that may ask, and the agreement that says what. It is in force once a second officer approved."""

    sender_id = models.CharField(
        "发送方编号", max_length=99, unique=True, help_text="对方系统在消息里写明自己是谁的编号"
    )
    title = models.CharField("单位名称", max_length=40)
    account = models.OneToOneField("accounts.Account", models.PROTECT, related_name="+", verbose_name="数据库里的身份")
    purpose = models.CharField("用途", max_length=30, help_text="写进每次查看的留痕，居民看得到")
    legal_basis = models.CharField("法律依据", max_length=200)
    attributes = models.JSONField("可以知道的项目", default=list)
    query_types = models.JSONField("可以用的查询方式", default=list)
    events = models.JSONField("可以订阅的事件", default=list)
    smallest_answer = models.PositiveSmallIntegerField("最少人数", default=5, help_text="条件查询少于这个数不答")
    per_minute = models.PositiveSmallIntegerField("每分钟消息数上限", default=60)
    callback_url = models.URLField("回信地址", max_length=300, blank=True, help_text="异步答复和通知只寄到这里")
    valid_from = models.DateField("约定开始日")
    valid_to = models.DateField("约定结束日")
    grant_ids = models.JSONField("辖区授权", default=list, help_text="“账号和授权”里的授权编号")
    proposed_by = models.BigIntegerField("提出人")
    proposed_at = models.DateTimeField("提出时间")
    approved_by = models.BigIntegerField("批准人", null=True)
    approved_at = models.DateTimeField("批准时间", null=True)
    ended_at = models.DateTimeField("停用时间", null=True)

    class Meta:
        db_table = "exchange_partner"
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="exchange_partner_span"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="exchange_partner_four_eyes",
            ),
        ]


class PartnerKey(models.Model):
    """One public key of a partner; two may be valid at once, so that keys can be changed without a gap."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="keys", verbose_name="单位")
    kid = models.CharField("密钥编号", max_length=99)
    jwk = models.JSONField("公钥", help_text="只有公开部分")
    valid_from = models.DateTimeField("启用时间")
    valid_to = models.DateTimeField("停用时间", null=True)

    class Meta:
        db_table = "exchange_partner_key"
        constraints = [models.UniqueConstraint(fields=["partner", "kid"], name="exchange_partner_key_once")]


class Message(models.Model):
    """One message of a partner and what became of it; `request` is there only until it is answered."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name="单位")
    message_id = models.CharField("消息编号", max_length=99)
    transaction_id = models.CharField("对方业务号", max_length=99)
    correlation_id = models.CharField("本方业务号", max_length=40, unique=True)
    action = models.CharField("要求", max_length=12)
    sync = models.BooleanField("当场答复")
    digest = models.CharField("消息正文的摘要", max_length=64, help_text="用来认出重复的消息")
    received_at = models.DateTimeField("收到时间")
    status = models.CharField("状态", max_length=4)
    items = models.JSONField("逐项结果", default=list, help_text="对方的编号、状态、拒绝代码")
    people = models.PositiveIntegerField("给出人数", default=0)
    request_sealed = models.BinaryField("请求（封存）", null=True)
    answered_at = models.DateTimeField("答复时间", null=True)

    class Meta:
        db_table = "exchange_message"
        constraints = [
            models.UniqueConstraint(fields=["partner", "message_id"], name="exchange_message_once"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="exchange_message_status"),
            models.CheckConstraint(condition=Q(action__in=[a.value for a in Action]), name="exchange_message_action"),
        ]
        indexes = [
            models.Index(fields=["partner", "received_at"], name="exchange_message_when"),
            models.Index(fields=["partner", "transaction_id"], name="exchange_message_transaction"),
        ]


class Subscription(models.Model):
    """News of one kind that a partner wants, about whomever the sealed filter says."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name="单位")
    code = models.CharField("订阅号", max_length=40, unique=True)
    event = models.CharField("事件", max_length=20)
    entity = models.CharField("通知的单位", max_length=6)
    filter_type = models.CharField("条件的写法", max_length=12)
    filter_sealed = models.BinaryField("条件（封存）")
    filter_digest = models.CharField("条件的摘要", max_length=64)
    starts_at = models.DateTimeField("开始时间")
    ends_at = models.DateTimeField("结束时间", null=True)
    made_at = models.DateTimeField("订阅时间")
    ended_at = models.DateTimeField("退订时间", null=True)

    class Meta:
        db_table = "exchange_subscription"
        constraints = [
            models.CheckConstraint(
                condition=Q(event__in=[e.value for e in EventCode]), name="exchange_subscription_event"
            ),
            models.UniqueConstraint(
                fields=["partner", "event", "entity", "filter_digest"],
                name="exchange_subscription_once_open",
                condition=Q(ended_at__isnull=True),
            ),
        ]


class Outbound(models.Model):
    """One message to a partner's registered address: tried again with growing pauses, under the same message id."""

    partner = models.ForeignKey(Partner, models.PROTECT, related_name="+", verbose_name="单位")
    message_id = models.CharField("消息编号", max_length=40, unique=True)
    kind = models.CharField("内容", max_length=16, help_text="答复、通知等，用数据交换标准里的词")
    path = models.CharField("地址的后半段", max_length=60)
    body_sealed = models.BinaryField("消息（封存）", null=True, help_text="送达或停送后抹去")
    state = models.CharField("状态", max_length=8, default=OutboundState.WAITING)
    attempts = models.PositiveSmallIntegerField("已试次数", default=0)
    next_at = models.DateTimeField("下次送出")
    made_at = models.DateTimeField("生成时间")
    settled_at = models.DateTimeField("送达或停送时间", null=True)
    last_error = models.CharField("最近一次没送到的原因", max_length=100, blank=True)

    class Meta:
        db_table = "exchange_outbound"
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=[s.value for s in OutboundState]), name="exchange_outbound_state"
            )
        ]
        indexes = [
            models.Index(fields=["next_at"], name="exchange_outbound_due", condition=Q(state="waiting")),
        ]
