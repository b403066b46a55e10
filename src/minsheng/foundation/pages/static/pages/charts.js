/* Draws every [data-chart] from its JSON block. The table below holds the same numbers. */
(function () {
  "use strict";
  const COLOURS = ["#0f5cab", "#9a3412", "#1a7f4b", "#8a5a00", "#5b3b8c", "#5b6675"];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const font = getComputedStyle(document.body).fontFamily;
  /* Each name gets its share of the width and as many lines as it needs; many names on little room are thinned out. */
  function names(place, count) {
    const room = Math.floor((place.clientWidth - 72) / count) - 6;
    return room >= 48 ? { interval: 0, width: room, overflow: "break", hideOverlap: false } : { hideOverlap: true };
  }
  function draw(place) {
    const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
    const chart = window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption({
      color: COLOURS,
      animation: !still,
      textStyle: { fontFamily: font, fontSize: 13 },
      aria: { enabled: true, decal: { show: data.series.length > 1 } },
      grid: { left: 8, right: 16, top: data.series.length > 1 ? 56 : 32, bottom: 8, containLabel: true },
      legend: data.series.length > 1 ? { top: 0, left: 0 } : { show: false },
      /* richText: the HTML tooltip sets style attributes, which the content security policy refuses. */
      tooltip: { trigger: "axis", renderMode: "richText", confine: true, valueFormatter: (v) => (v === null || v === undefined ? "未知" : v.toLocaleString("zh-CN") + (data.unit || "")) },
      xAxis: { type: "category", data: data.categories, axisLabel: names(place, data.categories.length) },
      yAxis: { type: "value", name: data.unit, nameTextStyle: { align: "left" }, splitLine: { lineStyle: { color: "#e3e8ee" } } },
      series: data.series.map((s) => ({ name: s.name, type: data.kind, data: s.values, connectNulls: false, barMaxWidth: 36, symbolSize: 7 })),
    });
    new ResizeObserver(() => {
      chart.resize();
      chart.setOption({ xAxis: { axisLabel: names(place, data.categories.length) } });
    }).observe(place);
  }
  const begin = (root) => Array.from((root || document).querySelectorAll("[data-chart]")).forEach((p) => { if (!window.echarts.getInstanceByDom(p)) draw(p); });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => begin()); else begin();
  document.addEventListener("htmx:afterSwap", (event) => begin(event.target));
})();
