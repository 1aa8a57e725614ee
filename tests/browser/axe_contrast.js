// Contrast of what the page shows now, in every theme that it has, of what hasn't passed before:
// {found: [[theme, the text's element, what axe says]], passed: [key of what passed]}.
//
// Contrast is most of axe's time, and a button of the same classes in the same place has the same
// colours in every language and at every width. What axe couldn't judge, because something lay over
// it, hasn't passed and is looked at again.

async (passedBefore) => {
  const AS_IT_IS = { name: "as it is", rule: "color-contrast" }; // 4.5:1
  const THEMES = [
    { ...AS_IT_IS, name: "light", dark: "not all", contrast: "not all" },
    { ...AS_IT_IS, name: "dark", dark: "all", contrast: "not all" },
    { name: "dark, high contrast", dark: "all", contrast: "all", rule: "color-contrast-enhanced" }, // 7:1
    { name: "light, high contrast", dark: "not all", contrast: "all", rule: "color-contrast-enhanced" },
  ];
  const WORDS = new Set(["aria-label", "aria-labelledby", "aria-describedby", "aria-valuenow", "aria-valuetext"]);
  const COLOURED_BY = /^(class|disabled|hidden|open|readonly|aria-.*|data-.*|type)$/;

  const looks = new Map();
  const look = (element) => {
    if (!element) return [...document.styleSheets].map(({ href }) => href && new URL(href).pathname).join();
    if (!looks.has(element)) {
      const own = [...element.attributes]
        .filter(({ name }) => COLOURED_BY.test(name) && !WORDS.has(name))
        .map(({ name, value }) => `${name}=${value}`)
        .sort();
      looks.set(element, `${look(element.parentElement)}>${element.localName} ${own}`);
    }
    return looks.get(element);
  };
  const key = (element) => [...look(element)].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) | 0, 7);
  const hasWords = (element) =>
    element.matches("input, select, textarea") ||
    [...element.childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim());

  const known = new Set(passedBefore);
  const fresh = [...document.querySelectorAll("body, body *")].filter(
    (element) =>
      hasWords(element) &&
      element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) &&
      !known.has(key(element)),
  );
  if (fresh.length === 0) return { found: [], passed: [] };

  const [dark, contrast] = ["dark-sheet", "contrast-sheet"].map((id) => document.getElementById(id));
  const before = dark && [dark.media, contrast.media];
  const still = new CSSStyleSheet(); // colours on their way are neither the one nor the other
  still.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets.push(still);
  const found = [];
  const failed = new Set();
  let passed = new Set(fresh);
  for (const theme of dark ? THEMES : [AS_IT_IS]) {
    if (dark) {
      [dark.media, contrast.media] = [theme.dark, theme.contrast];
      await new Promise(requestAnimationFrame);
    }
    const result = await axe.run({ include: fresh }, { runOnly: [theme.rule], elementRef: true });
    const elements = (rules) => rules.flatMap(({ nodes }) => nodes.map(({ element }) => element));
    for (const { nodes } of result.violations) {
      for (const { html, any } of nodes) found.push([theme.name, html.slice(0, 200), any[0].message]);
    }
    elements(result.violations).forEach((element) => failed.add(element));
    const now = new Set(elements(result.passes));
    passed = new Set([...passed].filter((element) => now.has(element)));
  }
  if (dark) [dark.media, contrast.media] = before;
  document.adoptedStyleSheets.pop();
  return { found, passed: [...passed].filter((element) => !failed.has(element)).map(key) };
};
