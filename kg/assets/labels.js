// Where the words of the network stand: the most important first, none on top of another or of a node.

const FONT = "system-ui, 'Noto Sans CJK SC', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', sans-serif";
const CLOSING = "”’》）」』，。、；：,.;:!?！？)%"; // never first on a line
const CELL = 64; // pixels: boxes are looked up by the cells of a grid that they touch
const MOST_LABELS = 200; // in a large network; more are not read, and cost time in every frame
const LARGE = 300; // shown nodes: from here on labels are found anew only when the picture rests

/** Boxes that nothing may be put on, found by place. */
class Boxes {
  constructor() {
    this.cells = new Map();
  }

  add(box) {
    for (const key of this.keys(box)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push(box);
    }
  }

  /** Whether `box` touches one that is not that of `own`. */
  clash(box, own) {
    for (const key of this.keys(box)) {
      for (const other of this.cells.get(key) ?? []) {
        if ((own === undefined || other.id !== own) && box.left < other.right && other.left < box.right && box.top < other.bottom && other.top < box.bottom) return true;
      }
    }
    return false;
  }

  * keys({ left, right, top, bottom }) {
    for (let x = Math.floor(left / CELL); x <= Math.floor(right / CELL); x += 1) {
      for (let y = Math.floor(top / CELL); y <= Math.floor(bottom / CELL); y += 1) yield x * 10007 + y;
    }
  }
}

const measuring = document.createElement("canvas").getContext("2d");
const widths = new Map();

function textWidth(font, text) {
  const key = `${font}\n${text}`;
  if (!widths.has(key)) {
    measuring.font = font;
    widths.set(key, measuring.measureText(text).width);
  }
  return widths.get(key);
}

/** Even lines of at most `perLine` Chinese characters (Latin ones count half); the rest becomes an ellipsis. */
function wrap(text, perLine, most) {
  const breadth = (char) => (char.codePointAt(0) < 0x2e80 ? 0.55 : 1);
  const whole = [...text].reduce((sum, char) => sum + breadth(char), 0);
  const fits = whole <= perLine * most;
  const width = fits ? Math.min(perLine, Math.ceil(whole / Math.ceil(whole / perLine)) + 0.5) : perLine;
  const lines = [""];
  let used = 0;
  for (const char of text) {
    if (used + breadth(char) > width && !CLOSING.includes(char)) {
      if (lines.length === most) {
        lines[most - 1] = `${[...lines[most - 1]].slice(0, -1).join("")}…`;
        return lines;
      }
      lines.push("");
      used = 0;
    }
    lines[lines.length - 1] += char;
    used += breadth(char);
  }
  return lines;
}

/** A text at a middle point, as the drawing functions take it. */
function textBox(lines, font, size, x, y, more) {
  const half = Math.max(...lines.map((line) => textWidth(font, line))) / 2 + 2;
  const high = (lines.length * size * 1.25) / 2;
  return { lines, font, size, x, y, left: x - half, right: x + half, top: y - high, bottom: y + high, ...more };
}

/** One label beside its node where there is room; a leading one (selected, pointed at, issuer) in any case. */
function nodeLabel(frame, id, name, leading, chief) {
  const { x, y, radius } = frame.places.get(id);
  const size = chief ? 15 : leading ? 13 : Math.min(13, Math.max(11, 9 + frame.scale * 4));
  const font = `${leading || chief ? "600 " : ""}${size}px ${FONT}`;
  const fits = (box) => box.left >= 0 && box.top >= 0 && box.right <= frame.width && box.bottom <= frame.height && !frame.taken.clash(box, id);
  for (const perLine of leading || chief ? [16] : [9, 6]) {
    const lines = wrap(name, perLine, leading ? 6 : 2);
    const { right, bottom } = textBox(lines, font, size, 0, 0);
    const inside = typeof id === "string" && radius > right * 0.8 ? [[x, y]] : []; // a folded group is wide enough for its name
    const spots = [...inside, [x, y + radius + 3 + bottom], [x + radius + 4 + right, y], [x - radius - 4 - right, y], [x, y - radius - 3 - bottom]];
    const boxes = spots.map(([cx, cy]) => textBox(lines, font, size, cx, cy, { node: id, leading, tone: "ink" }));
    const box = boxes.find(fits) ?? (leading ? boxes[0] : undefined);
    if (box) return box;
  }
  return undefined;
}

/** The words of relations on a line, nearer to the object than to the subject. */
function edgeLabel(frame, from, to, text, wanted) {
  const font = `12px ${FONT}`;
  const boxes = [0.6, 0.5, 0.7, 0.4, 0.8, 0.3].map((share) =>
    textBox([text], font, 12, from.x + (to.x - from.x) * share, from.y + (to.y - from.y) * share, { leading: true, tone: "strong" }));
  return boxes.find((box) => !frame.taken.clash(box)) ?? (wanted ? boxes[0] : undefined);
}

/** Paint text boxes on a canvas; in a large network on a plain ground, which is cheaper than an outline. */
function paintTexts(context, boxes, colours, large) {
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.direction = "ltr";
  context.lineJoin = "round";
  context.lineWidth = 4;
  for (const box of boxes) {
    context.font = box.font;
    if (box.leading || large) {
      context.fillStyle = colours.paper;
      context.globalAlpha = 0.86;
      context.fillRect(box.left, box.top, box.right - box.left, box.bottom - box.top);
      context.globalAlpha = 1;
    }
    box.lines.forEach((line, index) => {
      const y = box.top + box.size * 1.25 * (index + 0.5);
      if (!large) {
        context.strokeStyle = colours.paper;
        context.strokeText(line, box.x, y);
      }
      context.fillStyle = colours[box.tone];
      context.fillText(line, box.x, y);
    });
  }
}
