// Which key means what for somebody who does not see the screen, and how a scanner's keys differ from a
// person's. The 5 of a keypad has a mark that fingers find; everything lies around it.

/** Meanings: up, down, back, choose, repeat, louder, softer, leave. */
const BY_DIGIT = { 8: "up", 2: "down", 4: "back", 5: "choose", 6: "choose", 0: "repeat" };

/** Keys of keypads, keyboards and headsets; a keypad without its digits says Clear and Insert for 5 and 0. */
const BY_KEY = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "back",
  ArrowRight: "choose",
  Enter: "choose",
  Backspace: "back",
  Escape: "leave",
  Clear: "choose",
  Insert: "repeat",
  "+": "louder",
  "-": "softer",
  "*": "leave",
  MediaPlayPause: "choose",
  MediaTrackNext: "down",
  MediaTrackPrevious: "up",
};

/** The meaning of a key, null for one that has none. */
export function meaning({ key }) {
  return BY_DIGIT[key] ?? BY_KEY[key] ?? null;
}

/** Whether a key begins the mode where nothing is typed: all of the above but the one that only leaves. */
export function begins(event) {
  return event.key !== "Escape" && meaning(event) !== null;
}

/** Whether a key can only come from a keypad or a headset where nothing is typed: digits and media keys. */
export function isOfKeypad(event) {
  return event.key in BY_DIGIT || event.key.startsWith("Media");
}

/** Scanners send a key every few milliseconds; the fastest typists need some 60. */
const SCANNER_GAP = 35;

/** A code has 8 characters and perhaps a hyphen. */
const SHORTEST_SCAN = 8;

/**
 * Tells people's keys from a scanner's: `onKey` gets a key that stays alone for a moment, `onScan` the
 * characters of a scan, which ends with Enter or by itself. Keys without a character pass at once.
 */
export function sorter(onKey, onScan) {
  let waiting = [];
  let timer = null;
  const settle = () => {
    const events = waiting;
    waiting = [];
    timer = null;
    const characters = events.filter(({ key }) => key.length === 1).map(({ key }) => key);
    if (characters.length >= SHORTEST_SCAN) {
      onScan(characters.join(""));
    } else {
      events.forEach(onKey);
    }
  };
  return ({ key }) => {
    const isCharacter = key.length === 1;
    if (!isCharacter && waiting.length === 0) {
      onKey({ key });
      return;
    }
    clearTimeout(timer);
    waiting.push({ key });
    timer = setTimeout(settle, SCANNER_GAP);
  };
}
