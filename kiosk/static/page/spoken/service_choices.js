// Services as choices that are heard: the name in the language it is written in, then what stands beside it.

import { mostOf } from "../questions.js";
import { t } from "../texts.js";
import { besideClosed } from "../walk_ins.js";
import { noWaitWords } from "../words.js";
import { officePiece, piece } from "./pieces.js";
import { waitAloud } from "./ticket_aloud.js";

export function serviceChoices(services, state, press, now) {
  return services.map((service) => ({
    say: [officePiece(service.name)],
    about: besideAloud(service, state, now),
    choose: () => press.service(service.code),
  }));
}

function besideAloud(service, state, now) {
  if (!state.connected) {
    return "";
  }
  const closed = besideClosed(service.walk_ins, now, state.office?.time_zone);
  return closed ? `${closed.label}: ${closed.figure}` : t("Wartezeit {wait}", { wait: waitAloud(service.wait) || noWaitWords(service.wait_reason) });
}

export function quantityChoices(visit, state, press) {
  const service = state?.services.find(({ code }) => code === visit.service);
  return Array.from({ length: mostOf(service) }, (_, index) => index + 1).map((count) => ({
    say: [piece(count === 1 ? t("Nur einmal") : String(count))],
    choose: () => press.quantity(count),
  }));
}
