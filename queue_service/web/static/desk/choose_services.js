// Choosing what to serve: all, none or a team's at once, and the count in the heading.

import { gettext, ngettext } from "../texts.js";

const boxes = [...document.querySelectorAll('input[name="service"]')];
const summary = document.getElementById("services-chosen");

function show() {
  const count = boxes.filter((box) => box.checked).length;
  summary.textContent =
    count === boxes.length
      ? gettext("alles, was der Schalter kann")
      : ngettext("%(count)s Dienstleistung", "%(count)s Dienstleistungen", count);
}

for (const [id, checked] of [["all-services", true], ["no-services", false]]) {
  const button = document.getElementById(id);
  button.hidden = false;
  button.addEventListener("click", () => {
    for (const box of boxes) box.checked = checked;
    show();
  });
}
for (const box of boxes) box.addEventListener("change", show);
document.getElementById("team-choice")?.addEventListener("change", ({ target }) => {
  const [team] = target.selectedOptions;
  const codes = team.value ? JSON.parse(team.dataset.services) : boxes.map((box) => box.value);
  for (const box of boxes) box.checked = codes.includes(box.value);
  show();
});
