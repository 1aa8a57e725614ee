// A device that nobody has set up: the code for the office's staff, and nothing for visitors.

import { h } from "../elements.js";

export function pairingStep({ device }) {
  const { code, lines } = device.state.pairing;
  const [first, ...others] = lines;
  return {
    title: h("span", { lang: first.lang }, first.title),
    say: [
      h("p", { class: "large", lang: first.lang }, first.text),
      h("p", { class: "pairing-code" }, code),
      ...others.map(({ lang, title, text }) => h("p", { class: "large", lang }, `${title} ${text}`)),
    ],
    act: [],
  };
}
