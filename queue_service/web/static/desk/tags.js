// Short words about a ticket, one beside the other.

import { element, reconcile, setText } from "./elements.js";

/** Make a list show tags of the form {kind, text}. */
export function showTags(list, tags) {
  reconcile(
    list,
    tags,
    (tag) => tag.kind + tag.text.replace(/\d+/g, ""),
    (tag) => element("li", { class: `tag tag--${tag.kind}` }),
    (item, tag) => setText(item, tag.text),
  );
  list.hidden = tags.length === 0;
}
