// Keeps the follow page true: reads the page again and shows what the service says now.

const EVERY = 15_000; // ms
const GONE = 404;
const ENDED = new Set(["finished", "cancelled"]);
const PARTS = ["number", "call", "headline", "place", "range", "advice", "time"];
const follow = document.getElementById("follow");
const lost = document.getElementById("follow-lost");

async function refresh() {
  let answer;
  try {
    answer = await fetch(location.href, { headers: { Accept: "text/html" }, signal: AbortSignal.timeout(EVERY) });
  } catch {
    lost.hidden = false;
    return;
  }
  if (answer.status === GONE) location.reload();
  lost.hidden = answer.ok;
  if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

function show(page) {
  const fresh = page.getElementById("follow");
  const urgent = fresh.dataset.urgent === "yes" && (follow.dataset.urgent !== "yes" || follow.dataset.state !== fresh.dataset.state);
  Object.assign(follow.dataset, fresh.dataset);
  document.title = page.title;
  for (const part of PARTS) put(part, fresh);
  if (urgent) navigator.vibrate?.([400, 200, 400]);
}

// Only what changed is written, so that a reader hears news and nothing else.
function put(part, fresh) {
  const [now, then] = [fresh, follow].map((root) => root.querySelector(`[data-part="${part}"]`));
  if (now.textContent !== then.textContent) then.textContent = now.textContent;
  then.hidden = now.hidden;
  if (now.lang) then.lang = now.lang;
  else then.removeAttribute("lang");
}

setInterval(() => {
  if (!document.hidden && !ENDED.has(follow.dataset.state)) refresh();
}, EVERY);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
