// Finds the number that a challenge of GET /api/v1/challenges asks for, without stopping the page.
//
// SHA-256 is written out, because the browser's own answers each question through a promise: for a
// block as short as this one that takes some four times as long, and it is there on https pages only.

const PRIMES = 64;
const BLOCK = 64; // bytes; challenge, full stop and number fit into one with its padding
const LENGTH_AT = 56; // where the length in bits stands, of which the lower half is enough
const CHUNK = 4096; // attempts between two looks at what the page wants: a few milliseconds

const primes = [];
for (let n = 2; primes.length < PRIMES; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
// FIPS 180-4, 4.2.2 and 5.3.3: the first 32 bits behind the point of cube and square roots.
const behindPoint = (x) => Math.floor((x - Math.floor(x)) * 2 ** 32);
const K = Int32Array.from(primes, (prime) => behindPoint(Math.cbrt(prime)) | 0);
const START = Uint32Array.from(primes.slice(0, 8), (prime) => behindPoint(Math.sqrt(prime)));
const schedule = new Int32Array(PRIMES);
const [A, B, C, D, E, F, G, H] = START;

const turned = (x, n) => (x >>> n) | (x << (32 - n));

// The first 32 bits of the SHA-256 of a block that is padded already.
function firstWord(view) {
  for (let i = 0; i < 16; i += 1) schedule[i] = view.getInt32(4 * i);
  for (let i = 16; i < PRIMES; i += 1) {
    const x = schedule[i - 15];
    const y = schedule[i - 2];
    const low = turned(x, 7) ^ turned(x, 18) ^ (x >>> 3);
    const high = turned(y, 17) ^ turned(y, 19) ^ (y >>> 10);
    schedule[i] = schedule[i - 16] + low + schedule[i - 7] + high;
  }
  let [a, b, c, d] = [A | 0, B | 0, C | 0, D | 0];
  let [e, f, g, h] = [E | 0, F | 0, G | 0, H | 0];
  for (let i = 0; i < PRIMES; i += 1) {
    const first = (h + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & f) ^ (~e & g)) + K[i] + schedule[i]) | 0;
    const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  return (a + A) >>> 0;
}

// The first of CHUNK numbers that fits; null when none does.
function solved(block, begin, from, difficulty) {
  const view = new DataView(block.buffer);
  for (let number = from; number < from + CHUNK; number += 1) {
    const digits = String(number);
    block.fill(0, begin);
    for (let i = 0; i < digits.length; i += 1) block[begin + i] = digits.charCodeAt(i);
    block[begin + digits.length] = 0x80;
    view.setUint32(LENGTH_AT + 4, 8 * (begin + digits.length));
    if (Math.clz32(firstWord(view)) >= difficulty) return number;
  }
  return null;
}

/**
 * Give what goes into the header Proof-Of-Work; empty when nothing is asked for.
 * @param {{challenge: string, difficulty: number}} asked as it was answered, of up to 32 bits
 * @returns {Promise<string>}
 */
export async function answer({ challenge, difficulty }) {
  if (!difficulty) return "";
  const block = new Uint8Array(BLOCK);
  const { written } = new TextEncoder().encodeInto(`${challenge}.`, block);
  for (let from = 0; ; from += CHUNK) {
    const number = solved(block, written, from, difficulty);
    if (number !== null) return `${challenge}.${number}`;
    await new Promise((resolve) => setTimeout(resolve));
  }
}
