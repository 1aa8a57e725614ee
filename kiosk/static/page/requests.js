// What is asked for a visitor, and what becomes of each answer: a number, a problem, somebody who comes.

import { ask, help, lookUp } from "./device.js";
import { isCalled } from "./steps/help.js";
import { backToCode, goTo, newVisit, replaceBy } from "./visit.js";
import { codeProblemWords, numberProblemWords } from "./words.js";

/** `page` as `newPage` gives it; `draw` shows what has changed without a touch. */
export function visitRequests(page, draw) {
  /** Ask for a number; a second touch while it is under way can't ask for another. */
  async function send(request) {
    if (page.visit.step === "asking") {
      return;
    }
    page.show(page.visit.step === "failed" ? replaceBy(page.visit, "asking", { problem: null }) : goTo(page.visit, "asking", { request }));
    const { ticket, problem } = await ask(request.path, request.body, page.visit.language);
    if (page.visit.request?.id !== request.id) {
      return;
    }
    if (ticket) {
      showTicket(ticket);
    } else {
      showProblem(request, problem);
    }
  }

  /** From here on nothing that was typed is needed any more. */
  function showTicket(ticket) {
    const { language, spoken, request } = page.visit;
    page.show({ ...newVisit(), step: "ticket", language, spoken, request: { id: request.id }, ticket });
  }

  function showProblem(request, problem) {
    const wrongCode = request.path === "/api/check-ins" && codeProblemWords(problem);
    if (wrongCode) {
      page.show(backToCode(page.visit, wrongCode));
    } else if (problem.code === "walk_ins_closed") {
      page.show({ ...page.visit, before: ["start"], step: "closed", problem: problem.reason ? problem : null });
    } else {
      page.show(replaceBy(page.visit, "failed", { problem }));
    }
  }

  async function reprint() {
    const { id } = page.visit.ticket;
    page.show({ ...page.visit, reprinting: true });
    const { ticket, problem } = await ask(`/api/tickets/${id}/reprint`, null, page.visit.language);
    if (page.visit.ticket?.id === id) {
      const failed = { ...page.visit.ticket, printed: false, print_reason: problem?.code };
      page.show({ ...page.visit, reprinting: false, ticket: ticket ?? failed });
    }
  }

  /** How it stands with the number that was typed. */
  async function showStanding() {
    const typed = page.visit.code;
    const { standing, problem } = await lookUp(typed);
    if (page.visit.step !== "number" || page.visit.code !== typed) {
      return;
    }
    if (standing) {
      const { language, spoken } = page.visit;
      page.show({ ...newVisit(), step: "standing", language, spoken, standing });
    } else {
      page.show({ ...page.visit, codeProblem: numberProblemWords(problem) });
    }
  }

  /** Somebody who stood here before may have called, and gone on; whoever looks now sees that, too. */
  function openHelp() {
    page.show({ ...goTo(page.visit, "help"), help: "none" });
    lookForHelp();
  }

  async function askForHelp(method) {
    page.show({ ...page.visit, help: method === "POST" ? "calling" : page.visit.help });
    setHelp(await help(method));
  }

  async function lookForHelp() {
    const known = page.visit.help;
    const found = await help("GET");
    // Not reached while nobody was called is no news to a visitor.
    if (found !== "unreachable" || isCalled(known)) {
      setHelp(found);
    }
  }

  /** Not a touch: the time of the visitor runs on. */
  function setHelp(state) {
    if (page.visit.step === "help" && page.visit.help !== state) {
      page.visit = { ...page.visit, help: state };
      draw();
    }
  }

  return { send, showTicket, reprint, showStanding, openHelp, askForHelp, lookForHelp };
}
