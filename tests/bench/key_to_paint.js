// From a key to the picture that answers it, seen from inside the 115 console's page.
// What counts as the answer of each step stands here, by the step's name in console_steps.py.

(() => {
  const byId = (id) => document.getElementById(id);
  const isFocused = (selector) => Boolean(document.activeElement?.matches(selector));
  const isOpen = (id) => Boolean(byId(id)?.open);
  const isSearched = () => byId("places-count").textContent !== "wird gesucht …";
  const clocks = () => [...document.querySelectorAll(".offer__clock")].map(({ textContent }) => textContent);
  const answers = {
    listed: () => byId("service").hasAttribute("aria-activedescendant"),
    offered: () => isFocused(".offer__radio") && isSearched(),
    turned: () => isFocused(".offer__radio") && byId("places-count").textContent.includes("Seite 2"),
    "in the morning": () => isFocused(".offer__radio") && isSearched() && byId("filter-half").value === "morning"
      && !byId("places-count").textContent.includes("Seite") && clocks().every((clock) => clock < "12:00"),
    mapped: () => isOpen("map-dialog") && isFocused("#day-map td"),
    "chosen in the map": () => !isOpen("map-dialog") && byId("filter-from").value !== "" && isFocused(".offer__radio") && isSearched(),
    held: () => !byId("hold").hidden && byId("hold-text").textContent !== "" && isFocused("#contact-name"),
    "read back": () => isFocused("#book"),
    booked: () => isFocused("#booked-reference") && byId("booked-spelled").children.length > 0,
    "at a new call": () => isFocused("#service") && byId("booked-reference").textContent === "" && clocks().length === 0,
    "one found": () => isFocused("#found-reference") && byId("found-facts").children.length > 0,
    "hits listed": () => isFocused("#hit-list button"),
    "new places": () => isFocused(".offer__radio") && isSearched() && byId("prompt").textContent.includes("Bisher"),
    "move read back": () => isFocused("#confirm-move"),
    "sure to cancel": () => isFocused("#cancel-for-good"),
    cancelled: () => byId("prompt").textContent.startsWith("Der Termin ist abgesagt"),
    carded: () => isOpen("card-dialog") && isFocused("#card"),
  };

  const PATIENCE_MS = 10_000;

  let wanted = null; // the answer that is waited for
  let pressedAt = null; // when the browser got the key
  let settle = null;
  let painted = null;

  /** Measure from the next key on; refused when the answer stands there already. */
  function arm(name) {
    if (answers[name]()) throw new Error(`already ${name}`);
    [wanted, pressedAt] = [answers[name], null];
    painted = new Promise((resolve, reject) => {
      settle = resolve;
      setTimeout(() => reject(new Error(`not ${name}: ${byId("message-line").textContent.trim()}`)), PATIENCE_MS);
    });
  }

  function look() {
    if (!wanted || pressedAt === null || !wanted()) return;
    wanted = null;
    // A frame's own callback runs before its layout and paint, a message sent from it after them.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => settle(performance.now() - pressedAt);
      port2.postMessage(null);
    });
  }

  addEventListener("keydown", ({ timeStamp }) => {
    if (wanted && pressedAt === null) pressedAt = timeStamp;
  }, true);
  addEventListener("focusin", look);
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });

  window.keyToPaint = { arm, painted: () => painted };
})();
