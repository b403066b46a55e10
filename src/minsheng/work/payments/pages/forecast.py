from django.http import HttpResponse
from django.shortcuts import render

from minsheng.foundation.pages.charts import Chart, Series
from minsheng.foundation.pages.gate import StaffRequest, staff_page
from minsheng.work.payments.queries.forecast import Forecast, forecast


@staff_page(capability="payments.view_runs")
def index(request: StaffRequest) -> HttpResponse:
    """This function will show what the months ahead cost, how far each fund goes, and the year against its ceiling."""
    view = forecast(viewer=request.viewer, at=request.at)
    context = {
        "view": view,
        "heading": heading_of(view),
        "chart": chart_of(view) if view.schemes else None,
        "year": view.months[0].year,
    }
    return render(request, "payments/forecast.html", context)


def heading_of(view: Forecast) -> str:
    """This function will say the worst that is to come."""
    if not view.schemes:
        return "还没有在发的待遇，没有可以预测的"
    if view.beyond:
        return f"今年有 {len(view.beyond)} 项会超过全年预算"
    if view.short:
        return f"{len(view.short)} 项的专项资金不够 {view.short[0].warn_below} 个月"
    return f"各项专项资金都够发 {min(row.covered for row in view.schemes)} 个月以上"


def chart_of(view: Forecast) -> Chart:
    """This function will draw what each month needs and what is left of all funds after it, in whole yuan."""
    return Chart(
        key="forecast",
        title="今后 12 个月",
        kind="bar",
        axis="月份",
        categories=[f"{month.year}年{month.month}月" for month in view.months],
        series=[
            Series("要发", [fen // 100 for fen in view.totals]),
            Series("发完以后专项资金还剩", [fen // 100 for fen in view.left]),
        ],
        unit="元",
        source="只算已经决定的：在发的待遇和它们各月的金额。负数是还差的钱。",
    )
