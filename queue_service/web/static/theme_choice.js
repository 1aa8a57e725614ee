// Light, dark or high contrast without leaving the page: what was typed so far stays.

const form = document.getElementById("theme");
const sheets = { dark: document.getElementById("dark-sheet"), contrast: document.getElementById("contrast-sheet") };

function wear(chosen) {
  for (const [name, sheet] of Object.entries(sheets)) sheet.media = chosen.dataset[name];
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", String(button === chosen));
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form, event.submitter));
  wear(event.submitter);
  // The page it would lead back to is this one. Without an answer it is only not remembered.
  fetch(form.action, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => {});
});
