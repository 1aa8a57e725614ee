// What lies over the page for a moment. The browser closes a dialog by Esc, keeps the focus in it while
// it is open and gives it back to where it was; a call beneath it stays as it is.

/** Let every button that is meant to close its dialog do so. */
export function closeButtons() {
  for (const button of document.querySelectorAll("dialog [data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}
