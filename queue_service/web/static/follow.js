// Keeps the follow page true: reads the page again and shows what the service says now.

const EVERY = 15_000; // ms
const GONE = 404;
const ENDED = new Set(["finished", "cancelled"]);
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
  const called = fresh.dataset.state === "called" && follow.dataset.state !== "called";
  follow.dataset.state = fresh.dataset.state;
  document.title = page.title;
  for (const part of ["number", "headline", "range", "advice", "time"]) put(part, fresh);
  if (called) navigator.vibrate?.([400, 200, 400]);
}

// Only what changed is written, so that a reader hears news and nothing else.
function put(part, fresh) {
  const [now, then] = [fresh, follow].map((root) => root.querySelector(`[data-part="${part}"]`));
  if (now.textContent !== then.textContent) then.textContent = now.textContent;
  then.hidden = now.hidden;
}

setInterval(() => {
  if (!document.hidden && !ENDED.has(follow.dataset.state)) refresh();
}, EVERY);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) refresh();
});
