// Where the keyboard is: a new step begins at its heading, and nobody who presses something that then goes is left
// nowhere.

/** Gives what is to be called after each drawing of `root`. */
export function newFocus(root) {
  let drawnStep = null;
  let last = null;
  root.addEventListener("focusin", ({ target }) => {
    last = target;
  });
  return () => {
    const step = root.querySelector("main");
    const heading = step.querySelector("h1");
    if (step !== drawnStep) {
      if (drawnStep !== null) {
        heading.focus();
      }
      drawnStep = step;
    } else if (last && !isThere(last)) {
      heading.focus({ preventScroll: true });
    }
  };
}

function isThere(element) {
  return element.isConnected && !element.disabled && element.checkVisibility({ visibilityProperty: true });
}
