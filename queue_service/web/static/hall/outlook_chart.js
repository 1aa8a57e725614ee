// How many will wait, drawn: a line for the middle, a band for eight of ten cases, half hour by half hour.

const SVG = "http://www.w3.org/2000/svg";
const HEIGHT = 176; // CSS pixels, and below them the hours
const LEFT = 40; // for the number of people
const RIGHT = 24; // for half of the last hour's name
const TOP = 12;
const BOTTOM = 28; // for the hours
const HOUR_WIDTH = 44; // an hour's name needs so much
const FEWEST_PEOPLE = 4; // the scale of a hall that is nearly empty
const STEPS = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const MOST_STEPS = 4;
const HOUR = 3_600_000; // ms

function shape(tag, attributes, ...children) {
  const made = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** Draw into `picture`, an svg element `width` pixels wide; hourName names an instant's hour. */
export function drawOutlook(picture, width, { items, closes_at: closes }, hourName) {
  const times = items.map(({ at }) => Date.parse(at));
  const end = closes ? Date.parse(closes) : times.at(-1);
  const most = Math.max(FEWEST_PEOPLE, ...items.map(({ waiting }) => waiting.high));
  const step = STEPS.find((one) => most / one <= MOST_STEPS) ?? most;
  const top = Math.ceil(most / step) * step;
  const x = (at) => LEFT + ((at - times[0]) / Math.max(end - times[0], 1)) * (width - LEFT - RIGHT);
  const y = (people) => TOP + (1 - people / top) * (HEIGHT - TOP - BOTTOM);
  picture.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
  picture.replaceChildren(
    ...heights(top, step, y, width),
    ...hours(times[0], end, x, hourName, (width - LEFT - RIGHT) / Math.max((end - times[0]) / HOUR, 1)),
    band(items, times, x, y),
    shape("polyline", { class: "outlook__line", points: items.map(({ waiting }, nth) => `${x(times[nth])},${y(waiting.middle)}`).join(" ") }),
    ...items.map(({ waiting }, nth) => shape("circle", { class: "outlook__dot", cx: x(times[nth]), cy: y(waiting.middle), r: 3.5 })),
  );
}

function heights(top, step, y, width) {
  return Array.from({ length: top / step + 1 }, (_, nth) => nth * step).flatMap((people) => [
    shape("line", { class: "outlook__grid", x1: LEFT, x2: width - RIGHT, y1: y(people), y2: y(people) }),
    shape("text", { class: "outlook__number", x: LEFT - 8, y: y(people) + 5 }, String(people)),
  ]);
}

function hours(begin, end, x, hourName, hourWidth) {
  const every = HOUR * Math.ceil(HOUR_WIDTH / hourWidth);
  const drawn = [];
  for (let at = Math.ceil(begin / HOUR) * HOUR; at <= end; at += every) {
    drawn.push(
      shape("line", { class: "outlook__tick", x1: x(at), x2: x(at), y1: HEIGHT - BOTTOM, y2: HEIGHT - BOTTOM + 5 }),
      shape("text", { class: "outlook__hour", x: x(at), y: HEIGHT - 6 }, hourName(at)),
    );
  }
  return drawn;
}

function band(items, times, x, y) {
  const upper = items.map(({ waiting }, nth) => `${x(times[nth])},${y(waiting.high)}`);
  const lower = items.map(({ waiting }, nth) => `${x(times[nth])},${y(waiting.low)}`);
  return shape("polygon", { class: "outlook__band", points: [...upper, ...lower.reverse()].join(" ") });
}
