// Charts from json_script data (ui.charts.Chart). Canvas and richText tooltips: both need no inline style.
// The table beneath each chart says the same to those who cannot see it.

const css = getComputedStyle(document.documentElement);
const token = (name) => css.getPropertyValue(`--lg-${name}`).trim();
const COLOURS = {
  primary: "primary",
  second: "primary-3",
  red: "red-g",
  amber: "amber-g",
  green: "green-g",
  pause: "pause-g",
  idle: "idle-g",
};

function series(line) {
  const colour = token(COLOURS[line.colour] || line.colour);
  const common = { name: line.name, data: line.values, itemStyle: { color: colour } };
  if (line.kind === "points") return { ...common, type: "scatter", symbol: "diamond", symbolSize: 10, z: 5 };
  if (line.kind !== "line") return { ...common, type: "bar", barMaxWidth: 14, barGap: "15%" };
  return {
    ...common,
    type: "line",
    symbol: "diamond",
    symbolSize: 9,
    lineStyle: { width: 2.5, color: colour },
    z: 5,
    endLabel: {
      show: true,
      formatter: (point) => point.value.toLocaleString("zh-CN"),
      color: colour,
      fontSize: 12,
      fontWeight: 600,
    },
    itemStyle: { color: colour, borderColor: "#fff", borderWidth: 1 },
  };
}

function draw(place) {
  const source = document.getElementById(place.dataset.lgChart);
  if (!source || !window.echarts) return;
  const data = JSON.parse(source.textContent);
  const font = getComputedStyle(document.body).fontFamily;
  const words = { color: token("ink-2"), fontFamily: font, fontSize: 12 };
  const chart = window.echarts.init(place, null, { renderer: "canvas" });
  chart.setOption({
    animation: false,
    textStyle: words,
    aria: { enabled: false },
    grid: { left: 44, right: 28, top: 36, bottom: 26 },
    legend: { top: 2, right: 8, itemWidth: 14, itemHeight: 9, textStyle: words },
    tooltip: { trigger: "axis", renderMode: "richText" },
    xAxis: {
      type: "category",
      data: data.categories,
      axisTick: { show: false },
      axisLine: { lineStyle: { color: token("line-2") } },
      // Every bar is named while the names have room; the browser leaves out no county by itself.
      axisLabel: { ...words, interval: 0, hideOverlap: true },
    },
    yAxis: {
      type: "value",
      name: data.unit,
      nameTextStyle: words,
      splitNumber: 4,
      splitLine: { lineStyle: { color: token("line") } },
      axisLabel: { ...words, hideOverlap: true },
    },
    series: data.series.map((line) => series(line)),
  });
  new ResizeObserver(() => chart.resize()).observe(place);
}

document.querySelectorAll("[data-lg-chart]").forEach(draw);
document.addEventListener("htmx:afterSettle", (event) => {
  event.detail.elt.querySelectorAll?.("[data-lg-chart]").forEach(draw);
});
