// Draws a view of the page: the step, the frame around it, and what language, comfort and office make of them.

import { applyComfort } from "./comfort.js";
import { draw } from "./elements.js";
import { newFocus } from "./focus.js";
import { frame } from "./frame.js";
import { fitRegions } from "./parts.js";
import { checkInStep } from "./steps/check_in.js";
import { helpStep } from "./steps/help.js";
import { leaveStep } from "./steps/leave.js";
import { needsStep, quantityStep } from "./steps/needs.js";
import { closedStep, failedStep } from "./steps/no_number.js";
import { numberStep, standingStep } from "./steps/number.js";
import { pairingStep } from "./steps/pairing.js";
import { searchStep } from "./steps/search.js";
import { servicesStep } from "./steps/services.js";
import { startStep } from "./steps/start.js";
import { askingStep, ticketStep } from "./steps/ticket.js";
import { sceneOf } from "./spoken/scenes.js";
import { showCurrent, spokenStep } from "./spoken/step.js";
import { direction, useLanguage } from "./texts.js";

const STEPS = {
  start: startStep,
  services: servicesStep,
  search: searchStep,
  check_in: checkInStep,
  quantity: quantityStep,
  needs: needsStep,
  asking: askingStep,
  ticket: ticketStep,
  closed: closedStep,
  failed: failedStep,
  help: helpStep,
  leave: leaveStep,
  pairing: pairingStep,
  number: numberStep,
  standing: standingStep,
};

/** Draws into `root`, whatever is there already staying where it is the same. */
export function newScreen(root) {
  let drawn = [];
  const moveFocus = newFocus(root);

  return {
    draw(view) {
      const { visit, comfort, device } = view;
      useLanguage(visit.language);
      document.documentElement.lang = visit.language;
      document.documentElement.dir = direction();
      applyComfort(document.documentElement, comfort);
      setAccent(device.state?.office?.accent);
      const wanted = frame(view, visit.spoken && sceneOf(view) ? spokenStep(view) : STEPS[visit.step](view));
      draw(root, wanted, drawn);
      drawn = wanted;
      document.title = root.querySelector("h1").textContent;
      fitRegions();
      moveFocus();
      showCurrent(root);
    },
  };
}

function setAccent(accent) {
  if (/^#[0-9a-f]{6}$/i.test(accent ?? "")) {
    document.documentElement.style.setProperty("--accent", accent);
  }
}
