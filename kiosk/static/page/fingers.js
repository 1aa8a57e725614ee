// Nothing may move between a finger's coming and its going, or it would press something else.

/** A click follows a finger's going at once, a little later on slow devices. */
const CLICK_WITHIN = 300;

/** A finger whose going was missed does not stop the page for longer. */
const LONGEST_HOLD = 3_000;

/** `onTouch` is called at each touch, `onRelease` when the page may move again. */
export function watchFingers(onTouch, onRelease) {
  let since = null;

  function hold() {
    onTouch();
    since = Date.now();
  }

  function release() {
    if (since !== null) {
      since = null;
      onRelease();
    }
  }

  document.addEventListener("pointerdown", hold, { capture: true });
  document.addEventListener("pointerup", () => setTimeout(release, CLICK_WITHIN));
  document.addEventListener("pointercancel", release);
  document.addEventListener("click", release);
  // A finger that rests must not open the browser's own menu.
  document.addEventListener("contextmenu", (event) => event.preventDefault());

  return {
    get rests() {
      return since !== null;
    },
    /** Let go of a finger that has rested too long. */
    tire() {
      if (since !== null && Date.now() - since > LONGEST_HOLD) {
        release();
      }
    },
    /** What was to be pressed is gone. */
    forget() {
      since = null;
    },
  };
}
