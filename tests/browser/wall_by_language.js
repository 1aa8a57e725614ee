// What is wrong with a wall as it is now, beside what axe finds: words that are cut off or stand beyond the screen,
// something that keys could reach, words whose language or direction is not said. Gives `window.wall`.

(() => {
  const STOP = "a[href], button, input, select, textarea, summary, video[controls], audio[controls], [tabindex]";
  const LETTERS = { ar: "Arabic", uk: "Cyrillic", ru: "Cyrillic", bg: "Cyrillic" };
  const CODE = /^[A-Z\d-]+$/; // a number, or the code of a device: no words

  const isShown = (element) => element.checkVisibility() && !element.closest(".kern-sr-only");

  function texts() {
    const found = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const { parentElement: parent, data } = walker.currentNode;
      if (/\p{Letter}{2}/u.test(data) && !CODE.test(data.trim()) && isShown(parent) && !parent.closest("template")) {
        found.push({ text: data.trim(), parent, lang: parent.closest("[lang]").lang });
      }
    }
    return found;
  }

  function wrongLanguage({ text, parent, lang }) {
    const script = LETTERS[lang] ?? "Latin";
    const isWritten = new RegExp(`^[\\p{Script=${script}}\\P{Letter}]+$`, "u").test(text);
    const isReadSo = getComputedStyle(parent).direction === (lang === "ar" ? "rtl" : "ltr");
    return !isWritten || !isReadSo;
  }

  function cutOff() {
    return [...document.querySelectorAll(".wall *")]
      .filter((one) => one.children.length === 0 && one.textContent.trim() && isShown(one))
      .filter((one) => {
        const { left, right, top, bottom } = one.getBoundingClientRect();
        const beyond = left < -1 || top < -1 || right > innerWidth + 1 || bottom > innerHeight + 1;
        return beyond || (one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).display !== "inline");
      })
      .map((one) => one.outerHTML.slice(0, 160));
  }

  /** Boxes whose words stand over their edge, and over what stands beside them. */
  function overflowing() {
    return [...document.querySelectorAll(".hall-sign, .pairing, .call, .column-call, .door-card, .panel")]
      .filter(isShown)
      .filter((box) => {
        const { top, bottom } = box.getBoundingClientRect();
        return [...box.querySelectorAll("p, span")].filter(isShown).some((one) => {
          const own = one.getBoundingClientRect();
          return own.height > 0 && (own.top < top - 1 || own.bottom > bottom + 1);
        });
      })
      .map(({ className }) => className);
  }

  /** Letters of another script come with their first word; the page fits itself once more when they are there. */
  async function fitted() {
    await document.fonts.ready;
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }

  /** The same once the page has fitted itself to another screen. */
  async function cutOffHere() {
    await fitted();
    return [...cutOff(), ...overflowing()];
  }

  async function look(options) {
    await fitted();
    const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"], preload: false });
    const all = texts();
    return {
      axe: violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html.slice(0, 160))]),
      cutOff: [...cutOff(), ...overflowing()],
      reached: [...document.querySelectorAll(STOP)].filter((one) => one.tabIndex >= 0).map((one) => one.outerHTML),
      wrongLanguage: all.filter(wrongLanguage).map(({ text, lang, parent }) => `${lang}: ${text} (${parent.className})`),
      house: all.filter(({ parent }) => parent.closest("[lang]") === document.documentElement).map(({ text }) => text),
    };
  }

  window.wall = { look, cutOffHere };
})();
