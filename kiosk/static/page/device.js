// The link to the program on this device: live state by WebSocket, requests by fetch.

const FIRST_PAUSE = 300;
const LONGEST_PAUSE = 3_000;

/** Keep `onMessage` fed; `onLost` is called when the program is away, and again at each failure. */
export function follow(onMessage, onLost) {
  let pause = FIRST_PAUSE;
  const open = () => {
    const socket = new WebSocket(`ws://${location.host}/api/events`);
    socket.onmessage = (message) => {
      pause = FIRST_PAUSE;
      onMessage(JSON.parse(message.data));
    };
    socket.onclose = () => {
      onLost();
      setTimeout(open, pause);
      pause = Math.min(pause * 2, LONGEST_PAUSE);
    };
  };
  open();
}

/** Ask how it stands with a number: `{ standing }` or `{ problem }`, never an exception. */
export async function lookUp(number) {
  try {
    const answer = await fetch(`/api/numbers/${encodeURIComponent(number)}`);
    const content = await answer.json();
    return answer.ok ? { standing: content } : { problem: content };
  } catch {
    return { problem: { code: "device_not_ready" } };
  }
}

/** Ask whether somebody comes ("GET"), for somebody ("POST"), or for nobody ("DELETE"): the state, or "unreachable". */
export async function help(method) {
  try {
    const answer = await fetch("/api/help", { method });
    return answer.ok ? (await answer.json()).state : "unreachable";
  } catch {
    return "unreachable";
  }
}

/** Send a request of a visit: `{ ticket }` or `{ problem }`, never an exception. */
export async function ask(path, body, language) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Language": language },
      body: JSON.stringify(body ?? {}),
    });
    const content = await answer.json();
    return answer.ok ? { ticket: content } : { problem: content };
  } catch {
    return { problem: { code: "device_not_ready" } };
  }
}
