// Single-letter keys: quiet while somebody types, and off when a clerk wants them off (WCAG 2.1.4).

const SWITCHED_OFF = "desk-keys-off";
const TYPING = 'input:not([type="checkbox"]), textarea, select, [contenteditable]';

export function keysAreOn() {
  return localStorage.getItem(SWITCHED_OFF) === null;
}

export function switchKeys(on) {
  if (on) localStorage.removeItem(SWITCHED_OFF);
  else localStorage.setItem(SWITCHED_OFF, "yes");
}

/** Call actions[key] when the key is pressed alone; keys are lower-case letters or "?". */
export function listen(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.isComposing) return;
    if (event.target.closest(TYPING) || document.querySelector("dialog[open]") || !keysAreOn()) return;
    const action = actions[event.key.toLowerCase()];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
