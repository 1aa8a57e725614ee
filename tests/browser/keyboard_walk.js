// What a visitor meets who walks through a page by keys: every stop, its ring, and the order in which it comes;
// and what a page looks like where somebody stands: clean for readers, nothing cut off. Gives `window.walk`.

(() => {
  const STOP = "a[href], button, input, select, textarea, summary, [tabindex]";
  const PARTS = ".scroller, .pager, .time-out, .bar";
  const LEAST_RING = 3; // px; thinner ones are not seen from where one stands

  const isShown = (element) => element.checkVisibility({ checkVisibilityCSS: true });
  const middle = ({ top, bottom }) => (top + bottom) / 2;
  const words = (element) => element.textContent.trim().replace(/\s+/g, " ");

  /** What can be reached by keys, in the order in which it is read: by where it stands, not by where it is written. */
  function stops() {
    const all = [...document.querySelectorAll(STOP)].filter((one) => isShown(one) && !one.disabled && one.tabIndex >= 0);
    const ofParts = [...document.querySelectorAll(PARTS)].filter(isShown)
      .map((part) => ({ part, own: asRead(all.filter((one) => one.closest(PARTS) === part)) }))
      .filter(({ own }) => own.length > 0)
      .sort((one, other) => begin(one) - begin(other))
      .flatMap(({ own }) => own);
    return [...ofParts, ...all.filter((one) => !ofParts.includes(one))];
  }

  /** Where a part begins to be read: what is scrolled away above it still stands in it. */
  function begin({ part, own }) {
    return Math.max(part.getBoundingClientRect().top, Math.min(...own.map((one) => one.getBoundingClientRect().top)));
  }

  function asRead(elements) {
    const waiting = elements.map((element) => ({ element, box: element.getBoundingClientRect() }))
      .sort((one, other) => one.box.top - other.box.top);
    const read = [];
    while (waiting.length) {
      const { box } = waiting[0];
      const line = waiting.filter((one) => middle(one.box) < box.bottom && middle(box) > one.box.top);
      const isLeftwards = getComputedStyle(line[0].element.parentElement).direction === "rtl";
      line.sort((one, other) => (isLeftwards ? other.box.right - one.box.right : one.box.left - other.box.left));
      line.forEach((one) => waiting.splice(waiting.indexOf(one), 1));
      read.push(...line.map(({ element }) => element));
    }
    return read;
  }

  let expected = [];
  let met = [];
  let faults = [];

  // Looked at when the next key comes: by then the page has scrolled to where the focus is.
  addEventListener("keydown", ({ key }) => {
    const at = document.activeElement;
    if (key === "Shift" || !at?.matches(STOP) || at.tabIndex < 0) return;
    met.push(at);
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(at);
    const isRing = outlineStyle !== "none" && parseFloat(outlineWidth) >= LEAST_RING && !/, 0\)|transparent/.test(outlineColor);
    if (!isRing) faults.push(`no ring: ${at.outerHTML.slice(0, 120)}`);
    const { left, right, top, bottom } = at.getBoundingClientRect();
    const seen = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!at.contains(seen)) faults.push(`hidden: ${at.outerHTML.slice(0, 120)}`);
  }, { capture: true });

  /** How many stops on (or back, below 0) the one is whose words begin so; from there on each is watched. */
  function way(beginning) {
    const all = stops();
    const from = all.indexOf(document.activeElement);
    const to = all.findIndex((one) => words(one).startsWith(beginning));
    if (to < 0) throw new Error(`nothing can be pressed that says ${beginning}, but: ${all.map(words).join(" | ")}`);
    expected = to > from ? all.slice(from + 1, to + 1) : all.slice(to, from).reverse();
    met = [];
    return to - from;
  }

  /** All of them, from the heading to the last. */
  function wayThroughAll() {
    expected = stops();
    met = [];
    return expected.length;
  }

  /** Faults since the last time, with stops that came out of their order. */
  function walked() {
    const [wanted, found] = [expected, expected.length ? met.slice(-expected.length) : []].map((stop) => stop.map(words).join(" | "));
    const all = wanted === found ? faults : [...faults, `order of reading: ${wanted}; of the keys: ${found}`];
    [expected, met, faults] = [[], [], []];
    return all;
  }

  const CUT_OFF = ({ left, right }) => left < -1 || right > innerWidth + 1;

  function cutOff() {
    return [...document.querySelectorAll("#kiosk *")]
      .filter((one) => one.children.length === 0 && !one.closest(".kern-sr-only") && one.textContent.trim() && isShown(one))
      .filter((one) => CUT_OFF(one.getBoundingClientRect())
        || (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline"))
      .map((one) => one.outerHTML.slice(0, 160));
  }

  /** What is written in the language of the page, each text on its own; no numbers and no keys. */
  function ownTexts() {
    const found = [];
    const walker = document.createTreeWalker(document.getElementById("kiosk"), NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement: parent, data } = walker.currentNode;
      if (parent.closest(".typed")) continue;
      const isOwn = parent.closest("[lang]") === document.documentElement && isShown(parent);
      if (isOwn && /\p{Letter}{3}/u.test(data)) found.push(data.trim());
    }
    return found;
  }

  /** Everything that can be wrong where one stands; `rules` are axe's, beside those of the tags or alone. */
  async function look(options) {
    const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"], preload: false });
    const at = document.activeElement;
    return {
      axe: violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]),
      cutOff: cutOff(),
      sideways: document.documentElement.scrollWidth > innerWidth,
      focus: at !== document.body && isShown(at) && !at.disabled,
      lang: document.documentElement.lang,
      dir: document.documentElement.dir,
      texts: ownTexts(),
    };
  }

  window.walk = { way, wayThroughAll, walked, look, cutOff };
})();
