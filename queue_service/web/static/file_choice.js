// A file's field in the page's language: the browser's own words are the browser's, which may speak another.

for (const field of document.querySelectorAll("input[type=file][data-choose]")) {
  const frame = document.createElement("span");
  const key = document.createElement("span");
  const chosen = document.createElement("span");
  frame.className = "file-choice";
  key.className = "file-choice__key";
  key.textContent = field.dataset.choose;
  chosen.className = "file-choice__chosen";
  // Readers and the keyboard have the field itself, which lies over both: a file can be dropped on it, too.
  key.ariaHidden = chosen.ariaHidden = "true";
  field.replaceWith(frame);
  frame.append(field, key, chosen);
  const tell = () => {
    chosen.textContent = field.files[0]?.name ?? field.dataset.none;
  };
  field.addEventListener("change", tell);
  // Gone back to, a page may have its file again.
  addEventListener("pageshow", tell);
  tell();
}
