// Shows the values under the pointer. Without it the page loses nothing else.
for (const svg of document.querySelectorAll("svg[data-points]")) {
  const series = JSON.parse(svg.dataset.points);
  const cross = svg.querySelector(".cross");
  const output = svg.parentElement.querySelector("output");
  const format = value => value === null ? "not finite" : Number(value.toPrecision(5)).toLocaleString("en", { maximumSignificantDigits: 5 });
  svg.addEventListener("pointermove", event => {
    const box = svg.getBoundingClientRect();
    const x = (event.clientX - box.left) / box.width * svg.viewBox.baseVal.width;
    let at = null;
    const lines = series.map(one => {
      let nearest = one.points[0];
      for (const point of one.points) if (Math.abs(point[0] - x) < Math.abs(nearest[0] - x)) nearest = point;
      at ??= nearest;
      const [, , least, mean, most, bad] = nearest;
      return `${one.name}: ${format(mean)}` + (most > least ? ` (${format(least)} to ${format(most)})` : "") + (bad ? `, ${bad} not finite` : "");
    });
    cross.setAttribute("x1", at[0]);
    cross.setAttribute("x2", at[0]);
    cross.removeAttribute("hidden");
    output.textContent = `${svg.dataset.axis} ${at[1].toLocaleString("en")}\n${lines.join("\n")}`;
  });
  svg.addEventListener("pointerleave", () => { cross.setAttribute("hidden", ""); output.textContent = ""; });
}
