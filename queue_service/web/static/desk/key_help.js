// The list of keys, and the switch that turns them off.

import { keysAreOn, switchKeys } from "./keys.js";

const byId = (id) => document.getElementById(id);

export class KeyHelp {
  constructor() {
    this.dialog = byId("key-help");
    const box = byId("keys-on");
    box.checked = keysAreOn();
    this.#show();
    box.addEventListener("change", () => {
      switchKeys(box.checked);
      this.#show();
    });
    for (const button of this.dialog.querySelectorAll("[data-close]")) {
      button.addEventListener("click", () => this.dialog.close());
    }
    byId("show-keys").addEventListener("click", () => this.open());
  }

  open() {
    this.dialog.showModal();
  }

  #show() {
    document.body.classList.toggle("keys-off", !keysAreOn());
  }
}
