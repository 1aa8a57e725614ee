// Contrast on the page as it is now, in every other theme: [[theme, the text's element, what axe says]].
// A page without themes, the kiosk's or the display's, has nothing to find.

async () => {
  const THEMES = [
    { name: "dark", dark: "all", contrast: "not all", rule: "color-contrast" }, // 4.5:1
    { name: "dark, high contrast", dark: "all", contrast: "all", rule: "color-contrast-enhanced" }, // 7:1
    { name: "light, high contrast", dark: "not all", contrast: "all", rule: "color-contrast-enhanced" },
  ];
  const [dark, contrast] = ["dark-sheet", "contrast-sheet"].map((id) => document.getElementById(id));
  if (!dark) return [];
  const before = [dark.media, contrast.media];
  const still = new CSSStyleSheet(); // colours on their way are neither the one nor the other
  still.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets.push(still);
  const found = [];
  for (const theme of THEMES) {
    [dark.media, contrast.media] = [theme.dark, theme.contrast];
    await new Promise(requestAnimationFrame);
    const { violations } = await axe.run(document, { runOnly: [theme.rule] });
    for (const { nodes } of violations) {
      for (const { html, any } of nodes) found.push([theme.name, html.slice(0, 200), any[0].message]);
    }
  }
  [dark.media, contrast.media] = before;
  document.adoptedStyleSheets.pop();
  return found;
};
