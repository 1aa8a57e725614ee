// Texts of scripts. What stands in a script is German; other languages come from the catalog.

const address = document.querySelector('meta[name="texts"]').content;
const catalog = document.documentElement.lang === "de" ? {} : await read(address);

async function read(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`texts: ${answer.status}`);
  return answer.json();
}

function filled(text, values) {
  return text.replace(/%\((\w+)\)s/g, (_, name) => values[name]);
}

/** The text in the page's language; %(name)s is replaced by values.name. */
export function gettext(german, values = {}) {
  return filled(catalog[german] ?? german, values);
}

/** The same for a number of things; %(count)s is the number. */
export function ngettext(one, many, count, values = {}) {
  const forms = catalog[one] ?? [one, many];
  return filled(count === 1 ? forms[0] : forms[1], { count, ...values });
}
