// Requests to the service. A refusal becomes a Refusal with its code; words are in refusals.js.

const ANSWER_WITHIN = 10_000; // ms
const TRY_AGAIN_AFTER = 800; // ms
const csrfToken = document.querySelector('meta[name="csrf-token"]').content;

export class Refusal extends Error {
  /** code: the problem's stable code, or "unreachable"; body: the whole problem. */
  constructor(code, status, body = {}) {
    super(code);
    this.code = code;
    this.status = status;
    this.body = body;
  }
}

function newKey() {
  // crypto.randomUUID exists on https alone; an office's own network may have plain http.
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function send(path, options) {
  let answer;
  try {
    answer = await fetch(`/api/v1${path}`, { ...options, signal: AbortSignal.timeout(ANSWER_WITHIN) });
  } catch (failure) {
    throw new Refusal("unreachable", 0, { detail: String(failure) });
  }
  if (answer.status === 204) return null;
  const body = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refusal(body.code ?? "unknown", answer.status, body);
  return body;
}

/** Read something. */
export function read(path) {
  return send(path, { headers: { Accept: "application/json" } });
}

function written(method, body, headers = {}) {
  return {
    method,
    headers: { "Content-Type": "application/json", "X-CSRF-Token": csrfToken, ...headers },
    body: JSON.stringify(body),
  };
}

/** Make something as it is said to be; doing it twice does no harm. */
export function describe(path, body) {
  return send(path, written("PATCH", body));
}

/** Put something whole in the place of what was there. */
export function replace(path, body) {
  return send(path, written("PUT", body));
}

/** Carry out a verb; null when the service has nothing to answer. */
export async function act(path, body = {}) {
  // With this key a second try can't do the same thing twice.
  const request = written("POST", body, { "Idempotency-Key": newKey() });
  try {
    return await send(path, request);
  } catch (refusal) {
    if (refusal.code !== "unreachable") throw refusal;
  }
  await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_AFTER));
  return send(path, request);
}
