// Requests to the service, and what can come back: an answer, a Refusal, or nothing (Unreachable).

const ANSWER_WITHIN_MS = 10_000;
const TOKEN = 'meta[name="csrf-token"]';

let csrfToken = document.querySelector(TOKEN).content;
let ahead = 0; // ms by which the service's clock is ahead of this computer's

/** The service's own time, for countdowns: a computer's clock may be minutes off. */
export function serviceNow() {
  return Date.now() + ahead;
}

export class Refusal extends Error {
  /** code and body of the problem, as RFC 9457 has it. */
  constructor(status, body) {
    super(body.code ?? String(status));
    this.status = status;
    this.code = body.code ?? "unknown";
    this.body = body;
  }
}

export class Unreachable extends Error {}

async function answerOf(path, options, signal) {
  const patience = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    return await fetch(path, { ...options, signal: signal ? AbortSignal.any([signal, patience]) : patience });
  } catch (failure) {
    if (signal?.aborted) throw failure;
    throw new Unreachable(String(failure));
  }
}

async function bodyOf(answer, signal) {
  try {
    return await answer.json();
  } catch (failure) {
    if (failure instanceof SyntaxError) return {}; // a proxy's page instead of a problem
    if (signal?.aborted) throw failure;
    throw new Unreachable(String(failure));
  }
}

async function send(path, options, signal) {
  const answer = await answerOf(path, options, signal);
  const date = Date.parse(answer.headers.get("Date"));
  // The header has whole seconds: on average it is half a second old.
  if (date) ahead = date + 500 - Date.now();
  const body = answer.status === 204 ? null : await bodyOf(answer, signal);
  if (!answer.ok) throw new Refusal(answer.status, body ?? {});
  return body;
}

/** Read something; an aborted request throws AbortError. */
export function read(path, signal) {
  return send(path, { headers: { Accept: "application/json" } }, signal);
}

/** Have something looked at that changes nothing. */
export function ask(path, body) {
  return post(path, body);
}

async function post(path, body, headers = {}) {
  const request = () =>
    send(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken, ...headers },
      body: JSON.stringify(body),
    });
  try {
    return await request();
  } catch (failure) {
    if (failure.code !== "csrf_failed") throw failure;
    await renewToken();
    return request();
  }
}

/** The token belongs to the session; whoever has logged in anew in another window needs a new one. */
async function renewToken() {
  const answer = await answerOf(location.pathname, { headers: { Accept: "text/html" } });
  const renewed = new DOMParser().parseFromString(await answer.text(), "text/html");
  csrfToken = renewed.querySelector(TOKEN).content;
}

const unanswered = new Map(); // what was asked → its key

function newKey() {
  // crypto.randomUUID exists on https alone; an office's own network may have plain http.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Have something done. When the answer is lost and the agent asks for the same again, it is still
 * done once: until an answer comes, the same request keeps its key.
 */
export async function carryOut(path, body = {}) {
  const wish = `${path} ${JSON.stringify(body)}`;
  const key = unanswered.get(wish) ?? newKey();
  unanswered.set(wish, key);
  try {
    const answer = await post(path, body, { "Idempotency-Key": key });
    unanswered.delete(wish);
    return answer;
  } catch (failure) {
    if (failure instanceof Refusal && failure.code !== "in_progress") unanswered.delete(wish);
    throw failure;
  }
}

/** Whether the service answers at all. */
export async function isReachable() {
  try {
    return (await answerOf("/livez", { cache: "no-store" })).ok;
  } catch (failure) {
    if (failure instanceof Unreachable) return false;
    throw failure;
  }
}
