// Kiosks and displays of this office that somebody should see to.

import { gettext } from "../texts.js";
import { read } from "../desk/api.js";
import { element, reconcile, setText } from "../desk/elements.js";

const byId = (id) => document.getElementById(id);

const TROUBLES = {
  silent: gettext("meldet sich nicht mehr"),
  printer_offline: gettext("Drucker nicht erreichbar"),
  printer_cover_open: gettext("Druckerklappe offen"),
  printer_paper_out: gettext("Papier leer"),
  printer_failed: gettext("Drucker gestört"),
  printer_paper_low: gettext("Papier geht zur Neige"),
  sound_blocked: gettext("Ton vom Browser gesperrt"),
  page_closed: gettext("Seite nicht geöffnet"),
  disk_low: gettext("Speicher fast voll"),
  help_unanswered: gettext("Jemand wartet dort auf Hilfe"),
};

export class DevicesView {
  constructor(office) {
    this.office = office;
  }

  async read() {
    let listed;
    try {
      listed = await read(`/devices?office=${encodeURIComponent(this.office)}`);
    } catch {
      return; // the stream says in words when the service is away; devices are read again later
    }
    const troubled = listed.items.filter(({ troubles }) => troubles.length);
    byId("devices").hidden = troubled.length === 0;
    reconcile(
      byId("devices-list"),
      troubled,
      ({ id }) => id,
      () => element("li", { class: "line" }, element("span", { class: "line__words" })),
      (line, { name, troubles }) =>
        setText(line.firstElementChild, `${name}: ${troubles.map((trouble) => TROUBLES[trouble]).join(", ")}`),
    );
  }
}
