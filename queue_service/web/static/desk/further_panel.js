// Something else that was done in the visit, beside what its number was for.

import { element } from "./elements.js";
import { Panel } from "./panel.js";
import { localized } from "./words.js";

export class FurtherPanel extends Panel {
  constructor() {
    super("further");
  }

  setServices(services) {
    for (const { code, name } of services) this.section.service.append(element("option", { value: code }, localized(name)));
  }

  /** {service}, or null. */
  ask(concerns) {
    this.section.reset();
    return this.show(this.section.service, concerns);
  }

  answer() {
    const { service } = this.section;
    if (service.value) return { service: service.value };
    service.focus();
    return null;
  }
}
